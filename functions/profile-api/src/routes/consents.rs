//! `/v1/me/consents`

use consent::{Decision, Ruling, TextVersion};
use event::Surface;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::Deserialize;
use tenancy::Purpose;
use token::Person;

use super::{body, cause};
use crate::{App, problems, representation};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentRequest {
    decision: Ruling,
    text_version: TextVersion,
}

/// `PUT /v1/me/consents/{purpose}`: the caller's decision on a purpose of the tenant by whose login
/// they came.
pub(crate) async fn put(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let purpose: Purpose = request
        .path_parameter("purpose")
        .and_then(|purpose| purpose.parse().ok())
        .ok_or_else(|| {
            problems::invalid("A purpose is named in lower-case letters, digits and hyphens.")
                .field("purpose")
        })?;
    let body = body(request, &["application/json"])?;
    let wanted: ConsentRequest = serde_json::from_slice(&body).map_err(|_| {
        problems::malformed(
            r#"Send {"decision": "granted" or "withdrawn", "text_version": "…"} and nothing else."#,
        )
    })?;
    let decision = Decision {
        profile_id: caller.profile,
        tenant: caller
            .tenant
            .clone()
            .ok_or_else(problems::no_tenant_in_token)?,
        purpose,
        ruling: wanted.decision,
        text_version: wanted.text_version,
        surface: Surface::SelfService,
    };
    let consent = app
        .consents
        .decide(decision, &cause(request))
        .await
        .map_err(|error| problems::consent(&error))?;
    Ok(representation::consent(&consent))
}
