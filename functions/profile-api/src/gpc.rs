//! Global Privacy Control: <https://www.w3.org/TR/gpc/>. Whose browser sends `Sec-GPC: 1` wants no sale
//! and no sharing of their data; docs/decisions/0023-global-privacy-control.md tells what that means.

use lambda_kit::{http::Request, problem::Problem};
use token::Person;

use crate::{App, problems, routes};

/// Whether the person's browser sends the signal. The field has one value, `1`; anything else is none.
pub(crate) fn is_signalled(request: &Request) -> bool {
    request.header("sec-gpc").map(str::trim) == Some("1")
}

/// Withdraws what the signal, if there is one, contradicts. A consent is to a tenant: a caller who
/// comes by none has given none.
pub(crate) async fn honour(app: &App, request: &Request, caller: &Person) -> Result<(), Problem> {
    let Some(tenant) = caller.tenant.as_ref().filter(|_| is_signalled(request)) else {
        return Ok(());
    };
    let purposes = app.purposes.all(tenant).await;
    let purposes = purposes.map_err(|error| problems::directory(&error))?;
    app.consent_writer
        .honour_gpc(caller.profile, &purposes, &routes::cause(request))
        .await
        .map_err(|error| problems::consent(&error))
}
