//! What a partner asks for.

use std::collections::BTreeSet;

use lambda_kit::{http::Request, problem::Problem, redact::Redacted};
use serde::Deserialize;
use subscription::{Kind, State, Wanted, problems};
use webhook::Reach;

/// The longest body.
const MAX_BODY: usize = 16 * 1024;

/// As many types as a subscription has.
const MOST_TYPES: usize = 64;

/// The body of a request that makes or changes a subscription.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionRequest {
    /// Where to: a URL that begins with https://.
    url: String,
    /// Of which types of events, by their whole names: 1 to 64.
    types: Vec<String>,
    /// What for: a purpose of your agreement.
    purpose: String,
    /// `active`, or `disabled`.
    state: Option<String>,
}

/// What the body of `request` asks for.
pub(crate) fn read(request: &Request, reach: Reach) -> Result<Wanted, Problem> {
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let body = request.body(MAX_BODY).map_err(problems::body)?;
    let asked: SubscriptionRequest = serde_json::from_slice(&body)
        .map_err(|_| problems::malformed("Send an object with url, types and purpose."))?;
    let target = reach.target(&asked.url);
    let target = target.map_err(|error| problems::invalid("url", format!("It {error}.")))?;
    Ok(Wanted {
        url: Redacted::new(target.as_str().to_owned()),
        types: types(&asked.types)?,
        purpose: asked.purpose.parse().map_err(|_| {
            problems::invalid(
                "purpose",
                "Send the name of one of your agreement's purposes.",
            )
        })?,
        state: match asked.state.as_deref() {
            None | Some("active") => State::Active,
            Some("disabled") => State::Disabled,
            Some(_) => return Err(problems::invalid("state", "Send active or disabled.")),
        },
    })
}

fn types(texts: &[String]) -> Result<BTreeSet<Kind>, Problem> {
    if !(1..=MOST_TYPES).contains(&texts.len()) {
        return Err(problems::invalid("types", "Send 1 to 64 types."));
    }
    let types: Result<BTreeSet<Kind>, _> = texts.iter().map(|text| text.parse()).collect();
    types.map_err(|error| problems::invalid("types", format!("Of these, {error}.")))
}
