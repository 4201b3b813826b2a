//! `/v1/identifier-rules`: the rules for identifiers, which are of no tenant. The profile is shared by all.

use std::collections::{BTreeMap, BTreeSet};

use identity::IdentifierKind;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use profile::RulesDefinition;
use serde::{Deserialize, Serialize};
use tenancy::Place;
use token::Operator;

use crate::{App, problems, representation, request};

/// As many texts as may be blocked: each identifier is compared with all of them.
const MOST_BLOCKED: usize = 1_000;

/// As many characters as one has: no identifier that is taken on somebody's word is longer.
const LONGEST_BLOCKED: usize = 256;

const BLOCKED: &str = "Up to 1,000 texts are blocked, each of 1 to 256 characters on one line.";

/// What the rules' fields take.
const FIELDS: &[(&str, &str)] = &[
    ("blocked", BLOCKED),
    (
        "limits",
        "Limits are whole numbers by kind of identifiers, such as email, phone, external or anonymous.",
    ),
];

/// What is defined of the rules.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentifierRulesRequest {
    #[serde(default)]
    blocked: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<BTreeMap<IdentifierKind, u32>>,
}

/// `GET /v1/identifier-rules`
pub(crate) async fn show(app: &App) -> Result<Response, Problem> {
    let found = app.keeper.find(&Place::of_identifier_rules()).await;
    let found = found.map_err(|error| problems::directory(&error))?;
    let found = found.ok_or_else(problems::not_defined)?;
    let body = representation::identifier_rules(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/identifier-rules`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let expected = request::expected(request)?;
    let body: IdentifierRulesRequest = request::body(request, FIELDS)?;
    if body.blocked.len() > MOST_BLOCKED || !body.blocked.iter().all(|text| is_text(text)) {
        return Err(problems::invalid_field("blocked", BLOCKED));
    }
    let place = Place::of_identifier_rules();
    let definition: RulesDefinition = request::definition(&place, &body)?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::identifier_rules(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

fn is_text(text: &str) -> bool {
    (1..=LONGEST_BLOCKED).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(char::is_control)
}
