//! `/v1/me/consents`

use std::sync::Arc;

use consent::{Decision, Gpc, Language, Ruling, TextVersion};
use event::Surface;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::Deserialize;
use tenancy::{Purpose, PurposeDefinition, Purposes, TenantId};
use token::Person;

use super::{body, cause};
use crate::{App, problems, representation};

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentRequest {
    decision: Ruling,
    text_version: Option<TextVersion>,
    language: Option<Language>,
    #[serde(default)]
    overrides_gpc: bool,
}

/// `GET /v1/me/consents`: where the caller stands on each purpose of the tenant by whose login they
/// came.
pub(crate) async fn list(app: &App, caller: &Person) -> Result<Response, Problem> {
    let tenant = tenant(caller)?;
    let purposes = purposes(app, tenant).await?;
    let consents = app
        .consent_reader
        .all(caller.member, tenant)
        .await
        .map_err(|error| problems::consent(&error))?;
    let now = app.clock.now();
    Ok(representation::consents(tenant, &purposes, &consents, now))
}

/// `GET /v1/me/consents/{purpose}`: where the caller stands on one purpose, and how they came there.
pub(crate) async fn read(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let (tenant, purpose) = (tenant(caller)?, purpose(request)?);
    let after = request.query_parameter("cursor").map(str::parse);
    let after = after.transpose().map_err(|_| problems::no_place())?;
    let purposes = purposes(app, tenant).await?;
    let definition = defined(&purposes, &purpose)?;
    let reader = &app.consent_reader;
    let history = reader.history(caller.member, tenant, &purpose, after).await;
    let history = history.map_err(|error| problems::consent(&error))?;
    let now = app.clock.now();
    Ok(representation::consent_with_history(
        definition, &history, now,
    ))
}

/// `PUT /v1/me/consents/{purpose}`: the caller's decision on a purpose of the tenant by whose login
/// they came.
pub(crate) async fn put(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let purpose = purpose(request)?;
    let decision = decision(request)?;
    let is_signalled = Gpc::is_signalled(request);
    // An app that always sends it would disarm every later signal of the person.
    if decision.overrides_gpc && !is_signalled {
        return Err(problems::no_signal_to_override());
    }
    let purposes = purposes(app, tenant(caller)?).await?;
    let definition = defined(&purposes, &purpose)?;
    let conflicts =
        is_signalled && decision.ruling == Ruling::Granted && definition.sale_or_sharing();
    if conflicts && !decision.overrides_gpc {
        return Err(problems::conflicts_with_gpc());
    }
    let consent = app
        .consent_writer
        .decide(caller.member, definition, &decision, &cause(request))
        .await
        .map_err(|error| problems::consent(&error))?;
    Ok(representation::consent(&consent))
}

fn decision(request: &Request) -> Result<Decision, Problem> {
    let body = body(request, &["application/json"])?;
    let wanted: ConsentRequest = serde_json::from_slice(&body).map_err(|_| {
        problems::malformed(
            r#"Send {"decision": "granted" or "withdrawn", "text_version": "…"}, if you like with "language", and nothing else."#,
        )
    })?;
    Ok(Decision {
        ruling: wanted.decision,
        text_version: wanted.text_version,
        language: wanted.language,
        surface: Surface::SelfService,
        overrides_gpc: wanted.overrides_gpc,
        said_at: None,
    })
}

fn purpose(request: &Request) -> Result<Purpose, Problem> {
    request
        .path_parameter("purpose")
        .and_then(|purpose| purpose.parse().ok())
        .ok_or_else(|| {
            problems::invalid("A purpose is named in lower-case letters, digits and hyphens.")
                .field("purpose")
        })
}

fn tenant(caller: &Person) -> Result<&TenantId, Problem> {
    caller
        .tenant
        .as_ref()
        .ok_or_else(problems::no_tenant_in_token)
}

async fn purposes(app: &App, tenant: &TenantId) -> Result<Arc<Purposes>, Problem> {
    let purposes = app.purposes.all(tenant).await;
    purposes.map_err(|error| problems::directory(&error))
}

fn defined<'a>(
    purposes: &'a Purposes,
    purpose: &Purpose,
) -> Result<&'a PurposeDefinition, Problem> {
    purposes.get(purpose).ok_or_else(problems::unknown_purpose)
}
