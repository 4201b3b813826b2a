//! `/v1/directory/{tenant}/partners/{partner}/write-keys`

use lambda_kit::{
    Retry,
    error::ServiceError,
    http::{Request, Response},
    problem::Problem,
};
use tenancy::{PartnerId, TenantId, WriteKeyId};
use token::Operator;

use super::assert_partner;
use crate::{App, problems, representation, request};

/// What the id of a write key takes.
const ID: &str = "A write key is named by wky_ followed by 32 hexadecimal digits.";

/// `GET …/write-keys`: the write keys of a partner, those that were revoked, too. None of them is told.
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = whose(request, operator)?;
    let after: Option<WriteKeyId> = request::cursor(request)?;
    let page = app.write_keys.list(&tenant, &partner, after.as_ref()).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::write_keys(&page))
}

/// `POST …/write-keys`: makes a write key, and tells it.
pub(crate) async fn create(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = whose(request, operator)?;
    assert_partner(app, &tenant, &partner).await?;
    let key = app.new_keys.make();
    let key = key.ok_or_else(|| problems::directory(&no_randomness().into()))?;
    let id = WriteKeyId::of(&tenant, &partner, request.id());
    let author = request::author(request, operator);
    let made = app.write_keys.make((&tenant, &partner), &id, &key, author);
    if made.await.map_err(|error| problems::directory(&error))? {
        Ok(representation::made_write_key(&id, &key))
    } else {
        Err(problems::write_key_revoked())
    }
}

/// `DELETE …/write-keys/{write_key_id}`: nothing comes in by the key any more.
pub(crate) async fn revoke(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, partner) = whose(request, operator)?;
    let id = request.path_parameter("write_key_id");
    let id: WriteKeyId = id
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| problems::invalid_parameter("write_key_id", ID))?;
    let author = request::author(request, operator);
    let revoked = app.write_keys.revoke((&tenant, &partner), &id, author);
    revoked.await.map_err(|error| problems::directory(&error))?;
    Ok(Response::empty(204))
}

fn whose(request: &Request, operator: &Operator) -> Result<(TenantId, PartnerId), Problem> {
    let tenant = request::own_tenant(request, operator)?;
    Ok((tenant, request::name(request, "partner")?))
}

fn no_randomness() -> ServiceError {
    ServiceError {
        operation: "getrandom",
        code: "NoRandomness".to_owned(),
        retry: Retry::MayHelp,
    }
}
