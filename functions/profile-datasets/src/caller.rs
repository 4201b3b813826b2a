//! Whose datasets are asked for, by the verified token alone.

use lambda_kit::{http::Request, problem::Problem};
use token::Person;

use crate::App;

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// The person behind the request. What they keep is kept for the member by whose login they came:
/// their profile, or, once it was merged, the one that belonged to the login before.
pub(crate) fn caller(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    app.gateway.verified(request)?.person(scope).cloned()
}
