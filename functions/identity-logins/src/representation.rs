//! How logins look to the person.

use identity::aws::{Login, LoginKind};
use jiff::Timestamp;
use lambda_kit::http::Response;
use profile::KnownLogin;
use serde::Serialize;

/// All of them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct LoginsResponse<'a> {
    logins: Vec<LoginResponse<'a>>,
}

/// A login; what is not known is absent.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct LoginResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = identity::LoginId))]
    login: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    last_sign_in_at: Option<Timestamp>,
    removable: bool,
}

/// The logins of a person.
pub(crate) fn logins(logins: &[(KnownLogin, Login)]) -> Response {
    let logins = logins.iter().map(|(known, login)| login_of(known, login));
    let body = LoginsResponse {
        logins: logins.collect(),
    };
    Response::json(200, "application/json", &body)
}

/// Cognito tells of a sign-in by which user it was, and not by which login that leads there: so the
/// last one is told of the user's own login.
fn login_of<'a>(known: &KnownLogin, login: &'a Login) -> LoginResponse<'a> {
    let (kind, provider) = match &login.kind {
        LoginKind::Native => ("native", None),
        LoginKind::Linked(login) | LoginKind::Alone(login) => {
            ("provider", Some(login.provider.as_str()))
        }
    };
    let is_linked = matches!(login.kind, LoginKind::Linked(_));
    LoginResponse {
        login: login.id.to_string(),
        kind,
        provider,
        since: login.since.or_else(|| (!is_linked).then_some(known.since)),
        last_sign_in_at: known.last_sign_in_at.filter(|_| !is_linked),
        removable: is_linked,
    }
}
