//! `/v1/erasures`: partners' machines, about what they were given.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Machine;

use super::erasure_id;
use crate::{App, problems, representation};

/// The scope by which a machine reads people. Whoever could read has to say that it erased.
pub(crate) const READ: &str = "fairlead/profile.read";

/// Who calls, if the directory still has them as their token does. A partner without an agreement may
/// still have what it was given while it had one.
async fn caller(app: &App, request: &Request) -> Result<Machine, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let machine = verified.granted_machine(READ)?;
    app.machines.check(machine).await?;
    Ok(machine.clone())
}

/// Answers on a route that changes something, once under each key that the machine sends and within
/// its partner's limit.
pub(crate) async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Machine) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caller = caller(app, request).await?;
    let holder = caller.key_holder();
    let answer = async |request: &Request| route(app, request, &caller).await;
    let answer = async || app.answers.once(request, &holder, answer).await;
    let (tenant, partner) = (&caller.tenant, &caller.partner);
    app.rates.within(tenant, partner, 1, answer).await
}

/// `GET /v1/erasures`: what the partner has not acknowledged yet.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let Machine {
        tenant, partner, ..
    } = caller(app, request).await?;
    let answer = async || {
        let open = app.open.of(&tenant, &partner).await;
        let open = open.map_err(|error| problems::erasure(&error))?;
        Ok(representation::open(&open))
    };
    app.rates.within(&tenant, &partner, 1, answer).await
}

/// `POST /v1/erasures/{erasure_id}/ack`: the partner has erased what it was given.
pub(crate) async fn acknowledge(
    app: &App,
    request: &Request,
    caller: &Machine,
) -> Result<Response, Problem> {
    let id = erasure_id(request)?;
    let (tenant, partner) = (&caller.tenant, &caller.partner);
    let acknowledged = app.acknowledgements.acknowledge(&id, tenant, partner);
    let acknowledged = acknowledged.await;
    acknowledged.map_err(|error| problems::erasure(&error))?;
    Ok(Response::empty(204))
}
