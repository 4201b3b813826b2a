//! Where a notice may go, by the consent of the person it is for.

use consent::{Consent, State};
use identity::PhoneNumber;
use jiff::Timestamp;
use lambda_kit::planted;
use profile::{FieldName, PROFILE_PART, PartsReader, Profile, ProfileError};
use tenancy::Purpose;

use crate::notice::Notice;

/// The purpose that notices are sent for.
const PURPOSE: &str = "account-notices";

/// Where a notice goes.
#[derive(Debug)]
pub(crate) enum Address {
    /// A telephone, as a text message.
    Phone(PhoneNumber),
    /// The notifications topic, for whoever subscribed.
    Topic,
}

impl Address {
    /// Its name in idempotency keys.
    pub(crate) const fn channel(&self) -> &'static str {
        match self {
            Self::Phone(_) => "sms",
            Self::Topic => "topic",
        }
    }
}

/// Where `notice` may go as things stand at `now`: nowhere if the person is gone or does not agree,
/// or no longer, to a telephone only if they proved that it is theirs.
pub(crate) async fn addresses(
    parts: &PartsReader,
    notice: &Notice,
    now: Timestamp,
) -> Result<Vec<Address>, ProfileError> {
    let purpose: Purpose = PURPOSE.parse().map_err(|_| ProfileError::Malformed)?;
    let consent_part = consent::part(&notice.tenant, &purpose);
    let [profile, consent] = parts
        .parts(notice.profile_id, [PROFILE_PART, &consent_part])
        .await?;
    let consent: Option<Consent> = consent.map(profile::Part::read).transpose()?;
    let agrees =
        State::of(consent.as_ref(), now) == State::Granted || planted::is_on("consent-not-checked");
    let Some(profile) = profile.filter(|_| agrees) else {
        return Ok(Vec::new());
    };
    let profile: Profile = profile.read()?;
    let phone = profile
        .proven(FieldName::PhoneNumber)
        .and_then(|text| text.parse().ok());
    Ok(phone
        .map(Address::Phone)
        .into_iter()
        .chain([Address::Topic])
        .collect())
}
