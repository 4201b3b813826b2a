//! The routes.

use std::time::Duration;

use cloudevent::Limits;
use intake::{RejectedItem, Sender, problems};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};

use crate::{App, again, asking::Asking, representation};

/// For how long fetching what came may begin by a link.
const LINK: Duration = Duration::from_mins(5);

/// `GET /v1/events/rejected`: what was refused of the partner's events, without what came.
pub(crate) async fn list(
    app: &App,
    request: &Request,
    asking: &Asking,
) -> Result<Response, Problem> {
    let after = request.query_parameter("cursor");
    if after.is_some_and(|after| !after.starts_with("rej_")) {
        return Err(problems::no_place());
    }
    let page = app
        .quarantine
        .list(&asking.tenant, &asking.partner, after)
        .await;
    let page = page.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::list(&page))
}

/// `GET /v1/events/rejected/{rejected_id}`: one of them, to its sender as it came.
pub(crate) async fn read(
    app: &App,
    request: &Request,
    asking: &Asking,
) -> Result<Response, Problem> {
    let item = item(app, request, asking).await?;
    // What partners tell of people is no operator's to read: nobody decided on that, and no receipt
    // would tell the person.
    if !asking.is_sender {
        return Ok(representation::summary(&item));
    }
    let link = match &item.raw_key {
        Some(key) => {
            let now = app.clock.now();
            let link = app.linker.link(key, &item.rejected_id, now, LINK).await;
            let link = link.map_err(|error| problems::unavailable(&error))?;
            Some(link.into_inner())
        }
        None => None,
    };
    Ok(representation::one(&item, link))
}

/// `POST /v1/events/rejected/{rejected_id}/resubmit`: takes the event of the body, or the one that
/// came if there is none. Done twice, it is taken once, by the event's own id.
pub(crate) async fn resubmit(
    app: &App,
    request: &Request,
    asking: &Asking,
) -> Result<Response, Problem> {
    let item = item(app, request, asking).await?;
    let limits = Limits::at(app.clock.now());
    let body = request
        .body(limits.event)
        .map_err(|_| problems::undecodable())?;
    if !body.is_empty() && !asking.is_sender {
        return Err(problems::not_the_sender());
    }
    let corrected = Some(body.into_owned()).filter(|body| !body.is_empty());
    let from = Sender {
        tenant: &asking.tenant,
        partner: &asking.partner,
        request_id: request.id(),
        gpc: false,
    };
    Box::pin(again::take(app, from, &item, corrected)).await?;
    let noted = app.quarantine.resubmitted(&item).await;
    noted.map_err(|error| problems::unavailable(&error))?;
    Ok(Response::empty(204))
}

/// The one that the path names, if it is the partner's.
async fn item(app: &App, request: &Request, asking: &Asking) -> Result<RejectedItem, Problem> {
    let id = request.path_parameter("rejected_id").unwrap_or_default();
    if id.is_empty() {
        return Err(problems::no_such_rejected_event());
    }
    let found = app
        .quarantine
        .find(&asking.tenant, &asking.partner, id)
        .await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    found.ok_or_else(problems::no_such_rejected_event)
}
