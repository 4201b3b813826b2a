//! Where a notice may go, by the consent of the person it is for.

use consent::Consent;
use jiff::Timestamp;
use notification::{Address, Way};
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

/// Where `notice` may go as things stand at `now`: nowhere if the person is gone, and otherwise by each
/// way that is open to them.
pub(crate) async fn of(
    parts: &PartsReader,
    notice: &Notice,
    now: Timestamp,
) -> Result<Recipient, ProfileError> {
    let consent_part = consent::part(&notice.tenant, &notice.purpose);
    let wanted = [PROFILE_PART, consent_part.as_str()];
    let [profile, consent] = parts.of_person(notice.profile_id, wanted).await?;
    let consent: Option<Consent> = consent.map(profile::Part::read).transpose()?;
    let profile = profile.map(profile::Part::profile).transpose()?.flatten();
    let Some(profile) = profile else {
        return Ok(Recipient::nobody());
    };
    let open = Way::ALL.map(|way| way.to(&profile, consent.as_ref(), now));
    Ok(Recipient {
        addresses: open.into_iter().flatten().collect(),
        language: LanguageCode::of(profile.text(FieldName::Locale)),
    })
}
