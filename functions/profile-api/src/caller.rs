//! Who calls, by the verified token alone.

use lambda_kit::{http::Request, problem::Problem};
use token::Person;

use crate::App;

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
pub(crate) const WRITE: &str = "fairlead/profile.write";

/// The person behind the request. API Gateway checked the token and its scope; the scope is checked
/// again, so that a route configured too wide opens nothing.
pub(crate) fn caller(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    app.gateway.verified(request)?.person(scope).cloned()
}
