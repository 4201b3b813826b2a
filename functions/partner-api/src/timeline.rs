//! What partners of the tenant told of a person, for those who may read it.

use access::ReceiptId;
use identity::ProfileId;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use partner::{Answer, Asking, problems};
use profile::{TimelineEntry, TimelinePlace};
use serde::Serialize;
use tenancy::{FieldGroup, TenantId};

use crate::{App, routes::answer, target};

/// A page of a timeline.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PersonEventsResponse))]
pub(crate) struct Page<'a> {
    /// Their own id, whichever was asked for.
    profile_id: ProfileId,
    /// The newest first.
    events: Vec<TimelineEntry<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Under which receipt.
    receipt_id: ReceiptId,
}

/// `GET /v1/profiles/{profile_id}/events`: decided on as any read, of the group `events` alone. It is
/// read once the receipt is on record.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker_or_operator(request).await?;
    let target = target::in_path(request)?;
    let after = after(request)?;
    let told = async |asking: Asking| {
        let asking = asking.only(FieldGroup::Events);
        let mut answers = answer(app, &asking, &[target]).await?;
        let answer = answers.pop().ok_or_else(problems::no_such_person)?;
        page(app, &asking.machine().tenant, answer, after.as_ref()).await
    };
    app.gate.limited(request, asker, 1, told).await
}

fn after(request: &Request) -> Result<Option<TimelinePlace>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    cursor
        .transpose()
        .map_err(|_| problems::parameter("cursor", "Send next as it came with the page before."))
}

async fn page(
    app: &App,
    tenant: &TenantId,
    answer: Answer,
    after: Option<&TimelinePlace>,
) -> Result<Response, Problem> {
    let Some((profile_id, receipt_id)) = answer.allows(FieldGroup::Events) else {
        return Ok(answer.into_response());
    };
    let members = app.partitions.members(profile_id).await;
    let members = members.map_err(|error| problems::unavailable(&error))?;
    let page = app.timelines.page(&members, tenant, after).await;
    let page = page.map_err(|error| problems::unavailable(&error))?;
    let body = Page {
        profile_id,
        events: page
            .events
            .iter()
            .map(profile::TimelineItem::entry)
            .collect(),
        next: page.next.map(|next| next.to_string()),
        receipt_id,
    };
    let response = Response::json(200, "application/json", &body);
    Ok(response.header("fairlead-receipt", receipt_id.to_string()))
}
