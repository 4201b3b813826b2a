//! Who calls, by the verified token alone.

use identity::ProfileId;
use lambda_kit::{http::Request, problem::Problem};
use tenancy::TenantId;

use crate::problems;

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// A person, and the tenant by whose login they came.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) profile_id: ProfileId,
    pub(crate) tenant: Option<TenantId>,
}

impl Caller {
    /// The person behind the request. API Gateway checked signature, issuer, audience, times and
    /// scope; that it is an access token and not an ID token it does not check, and the scope is
    /// checked again, so that a route configured too wide opens nothing.
    pub(crate) fn of(request: &Request, scope: &str) -> Result<Self, Problem> {
        if request.claim("token_use") != Some("access") {
            return Err(problems::not_an_access_token());
        }
        let scopes = request.claim("scope").unwrap_or_default();
        if !scopes.split(' ').any(|granted| granted == scope) {
            return Err(problems::scope_missing(scope));
        }
        let profile_id = request
            .claim("fairlead:profile")
            .and_then(|claim| claim.parse().ok());
        Ok(Self {
            profile_id: profile_id.ok_or_else(problems::no_profile_in_token)?,
            tenant: request
                .claim("fairlead:tenant")
                .and_then(|claim| claim.parse().ok()),
        })
    }
}
