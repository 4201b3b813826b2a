//! Where a notice may go, by the consent of the person it is for.

use consent::{Consent, State};
use identity::PhoneNumber;
use jiff::Timestamp;
use lambda_kit::planted;
use profile::{FieldName, PROFILE_PART, PartsReader, ProfileError};
use tenancy::LanguageCode;

use crate::notice::Notice;

/// Where a notice may go, and in which language.
#[derive(Debug)]
pub(crate) struct Recipient {
    pub(crate) addresses: Vec<Address>,
    pub(crate) language: LanguageCode,
}

impl Recipient {
    /// Somebody who is not told.
    fn nobody() -> Self {
        Self {
            addresses: Vec::new(),
            language: LanguageCode::english(),
        }
    }
}

/// Where a notice goes.
#[derive(Debug)]
pub(crate) enum Address {
    /// A telephone, as a text message.
    Phone(PhoneNumber),
    /// The notifications topic, for whoever subscribed.
    Topic,
}

impl Address {
    /// What the person says about notices by it.
    const fn preference(&self) -> FieldName {
        match self {
            Self::Phone(_) => FieldName::NoticesBySms,
            Self::Topic => FieldName::NoticesByTopic,
        }
    }

    /// Its name in idempotency keys.
    pub(crate) const fn channel(&self) -> &'static str {
        match self {
            Self::Phone(_) => "sms",
            Self::Topic => "topic",
        }
    }
}

/// Where `notice` may go as things stand at `now`: nowhere if the person is gone or does not agree,
/// or no longer, to a telephone only if they proved that it is theirs, and by no channel that they do
/// not want. What they want never widens what they agreed to.
pub(crate) async fn of(
    parts: &PartsReader,
    notice: &Notice,
    now: Timestamp,
) -> Result<Recipient, ProfileError> {
    let consent_part = consent::part(&notice.tenant, &notice.purpose);
    let wanted = [PROFILE_PART, consent_part.as_str()];
    let [profile, consent] = parts.of_person(notice.profile_id, wanted).await?;
    let consent: Option<Consent> = consent.map(profile::Part::read).transpose()?;
    let agrees =
        State::of(consent.as_ref(), now) == State::Granted || planted::is_on("consent-not-checked");
    let Some(profile) = profile.filter(|_| agrees) else {
        return Ok(Recipient::nobody());
    };
    let Some(profile) = profile.profile()? else {
        return Ok(Recipient::nobody());
    };
    let phone = profile
        .proven(FieldName::PhoneNumber)
        .and_then(|text| text.parse().ok());
    let is_wanted = |address: &Address| {
        !profile.declines(address.preference()) || planted::is_on("preference-not-read")
    };
    let reachable = phone
        .map(Address::Phone)
        .into_iter()
        .chain([Address::Topic]);
    Ok(Recipient {
        addresses: reachable.filter(is_wanted).collect(),
        language: LanguageCode::of(profile.text(FieldName::Locale)),
    })
}
