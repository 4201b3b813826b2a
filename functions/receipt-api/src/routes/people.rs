//! What people see of their own.

use std::collections::BTreeSet;

use access::Receipt;
use futures_util::future::try_join_all;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use tenancy::{PartnerId, TenantId};

use super::PAGE;
use crate::{
    App, parameters, problems,
    representation::{self, Names},
};

/// The scope that it takes.
pub(crate) const SCOPE: &str = "fairlead/profile.read";

/// `GET /v1/me/receipts`: who read what of the caller, the newest first. API Gateway checked the
/// token and its scope; the scope is checked again, so that a route configured too wide opens
/// nothing. What the caller's browser says of sale and sharing is done before.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let verified = app.gateway.verified(request)?;
    let caller = verified.person(SCOPE)?;
    app.gpc.honour(request, caller).await?;
    let cursor = parameters::cursor(request)?;
    // Of the person as they are now: the token may have been made before a merge or split.
    let trail = app.trails.of(caller.member).await;
    let trail = trail.map_err(|error| problems::person(&error))?;
    let page = app.receipts.of_person(&trail, cursor, PAGE).await;
    let page = page.map_err(|error| problems::receipts(&error))?;
    let names = names(app, &page.receipts).await?;
    Ok(representation::own(&page, &names))
}

/// What the partners of `receipts` are called; one that is no longer there has no name.
async fn names(app: &App, receipts: &[Receipt]) -> Result<Names, Problem> {
    let partners: BTreeSet<(TenantId, PartnerId)> = receipts
        .iter()
        .map(|receipt| (receipt.tenant.clone(), receipt.partner.clone()))
        .collect();
    let named = partners.into_iter().map(async |(tenant, partner)| {
        let found = app.partners.find(&tenant, &partner).await;
        let found = found.map_err(|error| problems::directory(&error))?;
        Ok::<_, Problem>(found.map(|found| ((tenant, partner), found.display_name.to_string())))
    });
    Ok(try_join_all(named).await?.into_iter().flatten().collect())
}
