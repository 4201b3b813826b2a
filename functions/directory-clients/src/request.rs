//! What a request says.

use std::{collections::BTreeSet, str::FromStr};

use lambda_kit::{http::Request, problem::Problem};
use serde::Deserialize;
use tenancy::{AgreementId, Author, MachineScope, PartnerClientId, PartnerId, TenantId};
use token::Operator;

use crate::problems;

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 4 * 1024;

/// What a name takes.
const NAME: &str = "A name has 1 to 64 characters out of a-z, 0-9 and -, and begins with a letter.";

/// What is asked of an app client.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRequest {
    /// What the partner may ask for by it.
    pub(crate) agreement: AgreementId,
    /// What its tokens may be granted.
    pub(crate) scopes: BTreeSet<MachineScope>,
}

/// The partner in the path, of the operator's own tenant. Nothing is read before that, so that
/// nobody is told what other tenants have.
pub(crate) fn partner(
    request: &Request,
    operator: &Operator,
) -> Result<(TenantId, PartnerId), Problem> {
    let named: TenantId = name(request, "tenant")?;
    match &operator.tenant {
        Some(own) if *own == named => Ok((named, name(request, "partner")?)),
        Some(_) => Err(problems::another_tenant()),
        None => Err(problems::no_tenant_in_token()),
    }
}

/// The app client in the path.
pub(crate) fn client(request: &Request) -> Result<PartnerClientId, Problem> {
    parameter(
        request.path_parameter("client"),
        "client",
        "A client is named by pcl_ followed by 32 hexadecimal digits.",
    )
}

/// Behind which app client the page begins, if it is not the first one.
pub(crate) fn cursor(request: &Request) -> Result<Option<PartnerClientId>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    cursor.transpose().map_err(|_| {
        problems::invalid_parameter("cursor", "Send `next` of the page before as it is.")
    })
}

/// Who asks, by which request.
pub(crate) fn author<'a>(request: &'a Request, operator: &'a Operator) -> Author<'a> {
    Author {
        sub: operator.sub.as_str(),
        request: request.id(),
    }
}

/// The body.
pub(crate) fn body(request: &Request) -> Result<CreateRequest, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let bytes = request.body(MAX_BODY).map_err(problems::body)?;
    let body: CreateRequest = serde_json::from_slice(&bytes).map_err(|_| {
        problems::malformed(
            r#"Send {"agreement": "…", "scopes": ["fairlead/profile.read", …]} and nothing else, with scopes of machines."#,
        )
    })?;
    if body.scopes.is_empty() {
        return Err(problems::no_scope());
    }
    Ok(body)
}

fn name<T: FromStr>(request: &Request, of: &'static str) -> Result<T, Problem> {
    parameter(request.path_parameter(of), of, NAME)
}

fn parameter<T: FromStr>(
    value: Option<&str>,
    name: &'static str,
    takes: &str,
) -> Result<T, Problem> {
    value
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| problems::invalid_parameter(name, takes))
}
