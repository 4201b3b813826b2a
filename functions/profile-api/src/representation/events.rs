//! How a timeline looks to the person.

use lambda_kit::http::Response;
use profile::{TimelineEntry, TimelineItem, TimelinePage};
use serde::Serialize;
use tenancy::TenantId;

/// A page of the timeline.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OwnEventsResponse))]
pub(crate) struct EventsResponse<'a> {
    tenant: &'a TenantId,
    /// The newest first.
    events: Vec<TimelineEntry<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page as an answer.
pub(crate) fn events(tenant: &TenantId, page: &TimelinePage) -> Response {
    let body = EventsResponse {
        tenant,
        events: page.events.iter().map(TimelineItem::entry).collect(),
        next: page.next.as_ref().map(ToString::to_string),
    };
    Response::json(200, "application/json", &body)
}
