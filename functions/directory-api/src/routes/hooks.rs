//! `/v1/directory/{tenant}/hooks`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{DefinitionState, HookDefinition, HookName, Kind, Place};
use token::Operator;

use super::{assert_partner, defined};
use crate::{App, problems, representation, request};

/// What a hook's fields take.
const FIELDS: &[(&str, &str)] = &[
    ("external_id", EXTERNAL_ID),
    ("state", "It is active or disabled."),
];

const EXTERNAL_ID: &str =
    "A JSON pointer begins with / and has at most 256 characters, such as /data/customer.";

/// As long as a pointer is, in characters.
const LONGEST_POINTER: usize = 256;

/// What is defined of a hook.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct HookRequest {
    /// Where in a message the partner's own id for somebody stands, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default)]
    state: DefinitionState,
}

/// `GET /v1/directory/{tenant}/hooks`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<HookName> = request::cursor(request)?;
    let after = after.map(|name| name.to_string());
    let page = app.keeper.list(&tenant, Kind::Hook, after.as_deref()).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::hooks(&page))
}

/// `GET /v1/directory/{tenant}/hooks/{partner}/{source}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let place = Place::of_hook(&tenant, &name(request)?);
    let found = defined(app, &place, "source").await?;
    let body = representation::hook(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/hooks/{partner}/{source}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let name = name(request)?;
    let expected = request::expected(request)?;
    let body: HookRequest = request::body(request, FIELDS)?;
    if body
        .external_id
        .as_deref()
        .is_some_and(|text| !is_pointer(text))
    {
        return Err(problems::invalid_field("external_id", EXTERNAL_ID));
    }
    let place = Place::of_hook(&tenant, &name);
    let definition: HookDefinition = request::definition(&place, &body)?;
    assert_partner(app, &tenant, &name.partner).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::hook(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

fn name(request: &Request) -> Result<HookName, Problem> {
    Ok(HookName {
        partner: request::name(request, "partner")?,
        source: request::name(request, "source")?,
    })
}

/// RFC 6901: what follows a tilde is 0 or 1.
fn is_pointer(text: &str) -> bool {
    let is_escaped = |rest: &str| rest.starts_with(['0', '1']);
    text.starts_with('/')
        && text.chars().count() <= LONGEST_POINTER
        && !text.chars().any(char::is_control)
        && text.split('~').skip(1).all(is_escaped)
}
