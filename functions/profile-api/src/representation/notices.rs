//! How it looks to the person by which ways they are told.

use jiff::Timestamp;
use lambda_kit::http::Response;
use notification::{Obstacle, Way};
use serde::Serialize;
use tenancy::TenantId;

use crate::routes::notices::Notices;

/// By which ways notices of a tenant reach somebody.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct NoticesResponse<'a> {
    tenant: &'a TenantId,
    ways: Vec<WayResponse>,
    /// When the last test was asked for, if that was within the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    tested_at: Option<Timestamp>,
}

/// One way.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NoticeWayResponse))]
pub(crate) struct WayResponse {
    way: NoticeWay,
    /// Whether notices go by it now.
    open: bool,
    /// Why they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<NoticeObstacle>,
    /// What became of the last test.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<NoticeTestState>,
}

/// By text message, or on the topic that other channels subscribe to.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum NoticeWay {
    Sms,
    Topic,
}

/// Why notices do not go by a way.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NoticeObstacle {
    NotConsented,
    NumberNotProven,
    Declined,
}

/// How far a test is.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum NoticeTestState {
    /// It is on its way there.
    Waiting,
    /// It was handed over.
    Sent,
}

/// By which ways somebody is told, as an answer of `status`.
pub(crate) fn notices(status: u16, notices: &Notices) -> Response {
    let ways = notices.ways.map(|(way, obstacle)| WayResponse {
        way: match way {
            Way::Sms => NoticeWay::Sms,
            Way::Topic => NoticeWay::Topic,
        },
        open: obstacle.is_none(),
        reason: obstacle.map(reason),
        test: test(notices, way, obstacle),
    });
    let body = NoticesResponse {
        tenant: &notices.tenant,
        ways: ways.into(),
        tested_at: notices.test.as_ref().map(|(test, _)| test.asked_at),
    };
    Response::json(status, "application/json", &body)
}

const fn reason(obstacle: Obstacle) -> NoticeObstacle {
    match obstacle {
        Obstacle::NotConsented => NoticeObstacle::NotConsented,
        Obstacle::NumberNotProven => NoticeObstacle::NumberNotProven,
        Obstacle::Declined => NoticeObstacle::Declined,
    }
}

/// What became of the last test by `way`. By a way that is closed it went before that was so, or it
/// does not go.
fn test(notices: &Notices, way: Way, obstacle: Option<Obstacle>) -> Option<NoticeTestState> {
    let (test, done) = notices.test.as_ref()?;
    if done.contains(&way.ledger_key(&test.event_id)) {
        return Some(NoticeTestState::Sent);
    }
    obstacle.is_none().then_some(NoticeTestState::Waiting)
}
