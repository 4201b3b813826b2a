//! Whose datasets are asked for, by the verified token alone.

use identity::ProfileId;
use lambda_kit::{http::Request, problem::Problem};
use token::from_gateway;

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// The member by whose login the request came: the person's profile, or, once it was merged, the
/// one that belonged to the login before. Its datasets stay its own.
pub(crate) fn member(request: &Request, scope: &str) -> Result<ProfileId, Problem> {
    Ok(from_gateway(request)?.person(scope)?.member)
}
