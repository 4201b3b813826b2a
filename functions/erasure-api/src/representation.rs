//! How erasures look: ids, times and counts, nothing of what was erased.

use erasure::{Erasure, ErasureNotice, ErasureState, Recipient};
use identity::ErasureId;
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ErasureResponse))]
pub(crate) struct Status<'a> {
    erasure_id: &'a ErasureId,
    state: ErasureState,
    /// What happens next, in words.
    next: &'static str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    requested_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    removal_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    logins_removed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    data_removed_at: Option<Timestamp>,
    told: usize,
    acknowledged: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    acknowledge_by: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    ended_at: Option<Timestamp>,
}

impl<'a> Status<'a> {
    fn of(erasure: &'a Erasure, recipients: &[Recipient]) -> Self {
        let acknowledged = recipients
            .iter()
            .filter(|recipient| recipient.acknowledged_at.is_some());
        Self {
            erasure_id: &erasure.erasure_id,
            state: erasure.state,
            next: next(erasure.state),
            requested_at: erasure.requested_at,
            removal_at: erasure.removal_at,
            logins_removed_at: erasure.logins_removed_at,
            data_removed_at: erasure.data_removed_at,
            told: recipients.len(),
            acknowledged: acknowledged.count(),
            acknowledge_by: erasure.acknowledge_by,
            ended_at: erasure.ended_at,
        }
    }
}

const fn next(state: ErasureState) -> &'static str {
    match state {
        ErasureState::Requested | ErasureState::Frozen => {
            "Nobody reads or changes your profile. At removal_at your logins and then your data are \
             removed, and the partners who were given any of it are told. Until then \
             DELETE /v1/me/erasure takes it back. Keep erasure_id: afterwards it is the only way to ask."
        }
        ErasureState::Erasing => {
            "Logins and data are being removed, and partners are told and have until acknowledge_by \
             to say that they have erased what they were given."
        }
        ErasureState::Erased => "Nothing: all is removed, and the certificate is there.",
        ErasureState::Withdrawn => "Nothing: it was taken back, and nothing was removed.",
    }
}

/// What was begun, and where to ask about it.
pub(crate) fn begun(erasure: &Erasure) -> Response {
    let place = format!("/v1/erasures/{}", erasure.erasure_id);
    Response::json(202, "application/json", &Status::of(erasure, &[])).header("location", place)
}

/// How far an erasure is.
pub(crate) fn status(erasure: &Erasure, recipients: &[Recipient]) -> Response {
    Response::json(200, "application/json", &Status::of(erasure, recipients))
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ErasuresResponse))]
pub(crate) struct Open<'a> {
    erasures: Vec<ErasureNotice<'a>>,
}

/// What a partner has not acknowledged yet, with the ids that it was given the data under.
pub(crate) fn open(recipients: &[Recipient]) -> Response {
    let erasures = recipients.iter().map(ErasureNotice::from).collect();
    Response::json(200, "application/json", &Open { erasures })
}
