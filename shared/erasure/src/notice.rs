//! What a partner is told of an erasure: the same whether it asks or hears of it by a webhook.

use identity::{ErasureId, ProfileId};
use jiff::Timestamp;
use serde::Serialize;

use crate::Recipient;

/// An erasure that a partner has to acknowledge, with the ids that it was given the data under.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OpenErasure))]
pub struct ErasureNotice<'a> {
    erasure_id: &'a ErasureId,
    profile_ids: Vec<ProfileId>,
    /// Where an id is that of somebody else who stays: in which time the two were one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shared: Vec<SharedTime>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    told_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    acknowledge_by: Timestamp,
    reminders: u64,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct SharedTime {
    profile_id: ProfileId,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    from: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    until: Timestamp,
}

impl<'a> From<&'a Recipient> for ErasureNotice<'a> {
    fn from(recipient: &'a Recipient) -> Self {
        let shared = recipient.shared.iter().map(|stretch| SharedTime {
            profile_id: stretch.profile_id,
            from: stretch.from,
            until: stretch.until,
        });
        Self {
            erasure_id: &recipient.erasure_id,
            profile_ids: recipient.profiles.iter().copied().collect(),
            shared: shared.collect(),
            told_at: recipient.told_at,
            acknowledge_by: recipient.acknowledge_by,
            reminders: recipient.reminders,
        }
    }
}
