//! Whose datasets are asked for, by the verified token alone.

use identity::ProfileId;
use lambda_kit::{http::Request, problem::Problem};

use crate::problems;

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// The member by whose login the request came: the person's profile, or, once it was merged, the
/// one that belonged to the login before. Its datasets stay its own.
pub(crate) fn member(request: &Request, scope: &str) -> Result<ProfileId, Problem> {
    if request.claim("token_use") != Some("access") {
        return Err(problems::not_an_access_token());
    }
    let scopes = request.claim("scope").unwrap_or_default();
    if !scopes.split(' ').any(|granted| granted == scope) {
        return Err(problems::scope_missing(scope));
    }
    let claim = request
        .claim("fairlead:member")
        .or_else(|| request.claim("fairlead:profile"));
    claim
        .and_then(|claim| claim.parse().ok())
        .ok_or_else(problems::no_profile_in_token)
}
