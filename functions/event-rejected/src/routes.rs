//! The routes.

use cloudevent::{Headers, Incoming, Limits};
use intake::{AcceptError, RejectedItem, Sender, Surface, problems};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};

use crate::{App, asking::Asking, representation};

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
    Ok(representation::one(&item, asking))
}

/// `POST /v1/events/rejected/{rejected_id}/resubmit`: takes the event of the body, or the one that
/// came if there is none. Done twice, it is taken once, by the event's own id.
pub(crate) async fn resubmit(
    app: &App,
    request: &Request,
    asking: &Asking,
) -> Result<Response, Problem> {
    let item = item(app, request, asking).await?;
    if item.surface != Surface::Events {
        return Err(problems::sent_elsewhere());
    }
    let limits = Limits::at(app.clock.now());
    let body = request
        .body(limits.event)
        .map_err(|_| problems::undecodable())?;
    if !body.is_empty() && !asking.is_sender {
        return Err(problems::not_the_sender());
    }
    let raw = if body.is_empty() {
        item.bytes().ok_or_else(problems::not_kept)?
    } else {
        body.into_owned()
    };
    let event = event(&raw, &limits)?;
    let kind = app.types.find(&asking.tenant, &event.kind).await;
    let kind = kind.map_err(|error| problems::unavailable(&error))?;
    let kind = kind.ok_or_else(problems::unknown_type)?;
    let checked = kind.schema.check(&event);
    checked.map_err(|violation| problems::schema_violation(&violation))?;
    let from = Sender {
        tenant: &asking.tenant,
        partner: &asking.partner,
        request_id: request.id(),
        gpc: false,
    };
    let accepted = Box::pin(app.store.accept(&event, from)).await;
    accepted.map_err(|error| match error {
        AcceptError::Taken => problems::id_taken(),
        error => problems::unavailable(&error),
    })?;
    let noted = app.quarantine.resubmitted(&item).await;
    noted.map_err(|error| problems::unavailable(&error))?;
    Ok(Response::empty(204))
}

/// The event in structured mode.
fn event(raw: &[u8], limits: &Limits) -> Result<Incoming, Problem> {
    let headers = Headers::new([("content-type", "application/cloudevents+json")]);
    let read = cloudevent::read(&headers, raw, limits);
    let read = read.map_err(|error| problems::unreadable(&error))?;
    let one = read.into_iter().next().ok_or_else(problems::not_kept)?;
    one.map_err(|refused| problems::refused(&refused))
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
