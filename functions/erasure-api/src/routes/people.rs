//! `/v1/me` and `/v1/me/erasure`: people about themselves.

use erasure::{ErasureState, Requesting, Standing};
use event::Cause;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Person;

use crate::{App, problems, representation};

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// Who calls, if they may. API Gateway checked the token and its scope; the scope is checked again, so
/// that a route configured too wide opens nothing. What their browser says of sale and sharing is done
/// before what they ask.
async fn admit(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    let caller = app.gateway.verified(request)?.person(scope).cloned()?;
    app.gpc.honour(request, &caller).await?;
    Ok(caller)
}

/// Answers on a route that changes something, once under each key that the caller sends.
pub(crate) async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Person) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caller = admit(app, request, WRITE).await?;
    let answer = async |request: &Request| route(app, request, &caller).await;
    app.answers
        .once(request, &caller.key_holder(), answer)
        .await
}

/// `DELETE /v1/me`: begins to erase the caller, or tells of what was begun.
pub(crate) async fn request(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let cause = Cause {
        request_id: request.id().to_owned(),
    };
    let by = Requesting::Person;
    let erasure = app.requester.request(caller.member, by, &cause).await;
    let erasure = erasure.map_err(|error| problems::erasure(&error))?;
    Ok(representation::begun(&erasure))
}

/// `GET /v1/me/erasure`: how far the caller's erasure is.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let caller = admit(app, request, READ).await?;
    let standing = app.requester.standing(caller.member).await;
    match standing.map_err(|error| problems::erasure(&error))? {
        Standing::There(_) => Err(problems::no_such_erasure()),
        Standing::Leaving(id) => super::anybody::status(app, &id).await,
    }
}

/// `DELETE /v1/me/erasure`: the caller stays. Who is not leaving stays anyhow.
pub(crate) async fn withdraw(
    app: &App,
    _request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let standing = app.requester.standing(caller.member).await;
    let Standing::Leaving(id) = standing.map_err(|error| problems::erasure(&error))? else {
        return Ok(Response::empty(204));
    };
    let erasure = app.releaser.release(&id, None).await;
    let erasure = erasure.map_err(|error| problems::erasure(&error))?;
    match erasure.state {
        ErasureState::Withdrawn => Ok(Response::empty(204)),
        _ => Err(problems::too_late()),
    }
}
