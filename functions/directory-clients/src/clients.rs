//! `/v1/directory/{tenant}/partners/{partner}/clients`
//!
//! A row of the directory comes before the app client and goes after it, and the pool knows the
//! client by the row's id. Whoever is cut off leaves a row from which the next run goes on, or from
//! which an operator removes what is there.

use std::collections::BTreeSet;

use identity::aws::AppClient;
use lambda_kit::{
    error::ServiceError,
    http::{Request, Response},
    planted,
    problem::Problem,
};
use tenancy::{
    Agreement, AppClientId, ClientState, Intent, MachineScope, PartnerClientId, PartnerId, Place,
    TenantId,
};
use token::Operator;

use crate::{
    App, problems, representation,
    request::{self, CreateRequest},
};

/// `GET …/clients`: the app clients of a partner, those that are gone, too. No secret is among them.
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = request::partner(request, operator)?;
    let after = request::cursor(request)?;
    let page = app.clients.list(&tenant, &partner, after.as_ref()).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::list(&page))
}

/// `POST …/clients`: makes an app client, and tells its secret.
pub(crate) async fn create(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = request::partner(request, operator)?;
    let CreateRequest { agreement, scopes } = request::body(request)?;
    assert_agreed(
        app,
        &tenant,
        &partner,
        &Place::of_agreement(&tenant, &agreement),
    )
    .await?;
    let id = PartnerClientId::of(&tenant, &partner, request.id());
    let author = request::author(request, operator);
    let whose = (&tenant, &partner);
    let intent = app.clients.intend(whose, &id, &agreement, &scopes, author);
    let made = match intent.await.map_err(|error| problems::directory(&error))? {
        Intent::Over => return Err(problems::client_deleted()),
        Intent::Made(made) => described(app, &made).await?,
        Intent::Taken => made_before(app, &id, &scopes).await?,
        Intent::New => make(app, &id, &scopes).await?,
    };
    let client_id: AppClientId = made.id.parse().map_err(|_| problems::unreadable_id())?;
    let activated = app.clients.activate(whose, (&id, &agreement), &client_id);
    let activated = activated.await;
    if !activated.map_err(|error| problems::directory(&error))? {
        // It is to go, and whoever removes it may have looked before it was there.
        let removed = app.pool.remove(&app.pool_id, &made.id).await;
        removed.map_err(|error| problems::pool(&error))?;
        return Err(problems::client_deleted());
    }
    Ok(representation::made(
        &id,
        &agreement,
        &scopes,
        &client_id,
        &made.secret,
    ))
}

/// `DELETE …/clients/{client}`: removes an app client, whatever an earlier run left of it.
pub(crate) async fn delete(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = request::partner(request, operator)?;
    let id = request::client(request)?;
    let whose = (&tenant, &partner);
    let find = async || {
        let found = app.clients.find(&tenant, &partner, &id).await;
        found.map_err(|error| problems::directory(&error))
    };
    let Some(found) = find().await? else {
        return Ok(Response::empty(204));
    };
    if found.is_being_made(app.clock.now()) {
        return Err(problems::being_made());
    }
    let author = request::author(request, operator);
    let retired = app.clients.retire(whose, &id, author).await;
    retired.map_err(|error| problems::directory(&error))?;
    let found = find().await?.ok_or_else(problems::being_made)?;
    if !matches!(found.state, ClientState::Deleting | ClientState::Deleted) {
        return Err(problems::being_made());
    }
    // By its name: a run that was cut off may have made one of which the row does not know.
    for client in named(app, &id).await? {
        let removed = app.pool.remove(&app.pool_id, &client).await;
        removed.map_err(|error| problems::pool(&error))?;
    }
    let buried = app.clients.bury(whose, &id, found.client_id.as_ref()).await;
    buried.map_err(|error| problems::directory(&error))?;
    Ok(Response::empty(204))
}

/// Whether the agreement is there, and the partner's.
async fn assert_agreed(
    app: &App,
    tenant: &TenantId,
    partner: &PartnerId,
    place: &Place,
) -> Result<(), Problem> {
    let itself = Place::of_partner(tenant, partner);
    let present = app.directory.present(&[itself]).await;
    if present
        .map_err(|error| problems::directory(&error))?
        .is_empty()
    {
        return Err(problems::no_such_definition("partner"));
    }
    let found = app.directory.find::<Agreement>(place).await;
    let found = found.map_err(|error| problems::directory(&error))?;
    match found {
        Some(found) if found.definition.partner() == partner => Ok(()),
        _ => Err(problems::no_such_definition("agreement")),
    }
}

async fn make(
    app: &App,
    id: &PartnerClientId,
    scopes: &BTreeSet<MachineScope>,
) -> Result<AppClient, Problem> {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let made = app.pool.make(&app.pool_id, id.as_str(), &scopes).await;
    made.map_err(|error| problems::pool(&error))
}

/// What an earlier run of the same request made before it was cut off, if it came that far.
async fn made_before(
    app: &App,
    id: &PartnerClientId,
    scopes: &BTreeSet<MachineScope>,
) -> Result<AppClient, Problem> {
    if planted::is_on("partner-client-made-twice") {
        return make(app, id, scopes).await;
    }
    for client in named(app, id).await? {
        if let Some(made) = describe(app, &client).await? {
            return Ok(made);
        }
    }
    make(app, id, scopes).await
}

/// What an earlier run of the same request told before.
async fn described(app: &App, made: &AppClientId) -> Result<AppClient, Problem> {
    let found = describe(app, made.as_str()).await?;
    found.ok_or_else(problems::client_deleted)
}

async fn describe(app: &App, id: &str) -> Result<Option<AppClient>, Problem> {
    let found: Result<_, ServiceError> = app.pool.describe(&app.pool_id, id).await;
    found.map_err(|error| problems::pool(&error))
}

async fn named(app: &App, id: &PartnerClientId) -> Result<Vec<String>, Problem> {
    let named = app.pool.named(&app.pool_id, id.as_str()).await;
    named.map_err(|error| problems::pool(&error))
}
