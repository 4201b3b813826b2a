//! What operators see of their tenant's partners.

use access::{Budget, SummaryCursor};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use tenancy::{PartnerId, TenantId};

use super::PAGE;
use crate::{App, parameters, problems, representation, summary::Summary};

/// The scope that it takes.
pub(crate) const SCOPE: &str = "fairlead/receipts.read";

/// As much as is counted for a page: well within the time that a request has.
const AT_ONCE: Budget = Budget::new(124, 10_000);

/// `GET /v1/receipts`: what a partner asked for, the newest first.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let tenant = tenant(app, request).await?;
    let partner = parameters::partner(request)?;
    let span = parameters::span(request, app.clock.now())?;
    let cursor = parameters::cursor(request)?;
    let page = app
        .receipts
        .by_partner(&tenant, &partner, span, cursor, PAGE);
    let page = page.await.map_err(|error| problems::receipts(&error))?;
    Ok(representation::of_partner(&page))
}

/// `GET /v1/receipts/summary`: how often partners asked, by purpose, day and outcome; partner after
/// partner, as far as a request gets.
pub(crate) async fn summary(app: &App, request: &Request) -> Result<Response, Problem> {
    let tenant = tenant(app, request).await?;
    let named = parameters::one_partner(request)?;
    let cursor = parameters::summary_cursor(request, named.as_ref())?;
    let span = parameters::span(request, app.clock.now())?;
    let span = cursor.as_ref().map_or(span, |cursor| span.until(cursor.to));
    let next = |partner, place| SummaryCursor {
        to: span.to(),
        partner,
        place,
    };
    let (partners, more) = partners(app, &tenant, named, cursor.as_ref()).await?;
    let mut budget = AT_ONCE;
    let mut summary = Summary::default();
    for partner in partners {
        let begun = cursor.as_ref().filter(|cursor| cursor.partner == partner);
        let place = begun.map(|cursor| cursor.place);
        let counted = app
            .receipts
            .count(&tenant, &partner, span, place, &mut budget);
        let counted = counted.await.map_err(|error| problems::receipts(&error))?;
        summary.add(&partner, counted.counts);
        if let Some(place) = counted.next {
            let summary = summary.and_more(&next(partner, place));
            return Ok(representation::summary(&summary));
        }
    }
    if let Some(last) = more {
        summary = summary.and_more(&next(last, span.oldest()));
    }
    Ok(representation::summary(&summary))
}

/// The partner that is named, or partners of `tenant` from that of `cursor` on, and the last of them
/// if there are more.
async fn partners(
    app: &App,
    tenant: &TenantId,
    named: Option<PartnerId>,
    cursor: Option<&SummaryCursor>,
) -> Result<(Vec<PartnerId>, Option<PartnerId>), Problem> {
    if let Some(partner) = named {
        return Ok((vec![partner], None));
    }
    let first = cursor.map(|cursor| &cursor.partner);
    let page = app.partner_names.page(tenant, first).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    let last = page.items.last().filter(|_| page.next.is_some()).cloned();
    Ok((page.items, last))
}

/// The tenant whose operator calls. No gateway looked at the token: it is verified here.
async fn tenant(app: &App, request: &Request) -> Result<TenantId, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let operator = verified.operator(SCOPE)?;
    operator
        .tenant
        .clone()
        .ok_or_else(problems::no_tenant_in_token)
}
