//! Signing in by the hosted login, and signing out everywhere.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use http::{HeaderMap, Request};
use jiff::Timestamp;
use lambda_kit::{clock::later, redact::Redacted};
use serde::Deserialize;
use session::{Attempt, LASTS, LIFETIME, LocalPath, Returned, Role, Session, Use};
use token::Principal;

use crate::{
    api,
    around::{LANGUAGE, add_cookies, cookies},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form, Query},
    visit::Visit,
    words::Words,
};

/// Where the hosted login sends browsers back to.
pub(crate) const PATH_BACK: &str = "/sign-in/callback";

/// How Cognito says that a login was linked to a person just now.
const LINKED: &str = "Already found an entry for username";

/// The page for whoever is not signed in.
#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    v: Visit,
}

/// What the hosted login hands out.
#[derive(Deserialize)]
struct TokensResponse {
    access_token: Redacted<String>,
    /// Only for a code.
    #[serde(default)]
    id_token: Option<Redacted<String>>,
    /// Only for a code.
    #[serde(default)]
    refresh_token: Option<Redacted<String>>,
    /// In seconds.
    expires_in: u32,
}

/// The front door: whoever is signed in goes on to their own pages.
pub(crate) async fn front(visit: Visit) -> Answered {
    match visit.session() {
        Ok(session) => Ok(Redirect::to(home(session.role)).into_response()),
        Err(_) => visit.page(&Front { v: visit.clone() }),
    }
}

/// Speaks another language from now on.
pub(crate) async fn language(State(portal): State<Arc<Portal>>, Query(query): Query) -> Answered {
    let words = Words::named(query.get("to")).ok_or(Failure::BadRequest)?;
    let mut response = Redirect::to(return_to(&query).as_str()).into_response();
    let secure = if portal.origin.as_str().starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{LANGUAGE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}",
        words.code()
    );
    add_cookies(response.headers_mut(), &[cookie]);
    Ok(response)
}

/// Sends a browser to the hosted login.
pub(crate) async fn begin(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
) -> Answered {
    let path = return_to(&query);
    let role = match query.get("as") {
        "operator" => Role::Operator,
        // A page for operators says by its address who has to sign in for it.
        "" if path.as_str().starts_with("/ops") => Role::Operator,
        _ => Role::Person,
    };
    let path = if path.as_str() == "/" {
        home(role).parse()
    } else {
        Ok(path)
    };
    let path = path.map_err(|_| Failure::BadRequest)?;
    let attempt = Attempt::begin(role, path, portal.clock.now(), &portal.random);
    let attempt = attempt.map_err(|error| Failure::unavailable(&error))?;
    let attempt = match query.get("provider") {
        "" => attempt,
        name if portal.providers.iter().any(|known| known == name) => attempt.by(name),
        _ => return Err(Failure::BadRequest),
    };
    send_away(&portal, &visit, &attempt).await
}

/// Sends a browser to the hosted login, for what it keeps until it comes back.
async fn send_away(portal: &Portal, visit: &Visit, attempt: &Attempt) -> Answered {
    let address = attempt.address(
        portal.login.as_str(),
        portal.client(attempt.role),
        &portal.callback(),
        visit.language(),
    );
    let sealed = sealed(portal, Use::SignIn, attempt).await?;
    let kept = portal.sign_in_jar().keep(&sealed, LASTS);
    let mut response = Redirect::to(&address).into_response();
    add_cookies(response.headers_mut(), &kept.ok_or(Failure::Unavailable)?);
    Ok(response)
}

/// A browser comes back from the hosted login.
pub(crate) async fn finish(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
    headers: HeaderMap,
) -> Answered {
    let jar = portal.sign_in_jar();
    let kept = cookies(&headers).find_map(|header| jar.read(header));
    let keys = portal.keys.current().await;
    let keys = keys.map_err(|error| Failure::unavailable(&error))?;
    let attempt: Attempt = kept
        .and_then(|sealed| keys.open(Use::SignIn, &sealed).ok())
        .ok_or(Failure::NotThisSignIn)?;
    let returned = returned(&query);
    let now = portal.clock.now();
    if says_linked(&query) && attempt.is_answered_by(&returned, now) {
        let next = attempt.again(now, &portal.random);
        let next = next.map_err(|error| Failure::unavailable(&error))?;
        return send_away(&portal, &visit, &next.ok_or(Failure::NotThisSignIn)?).await;
    }
    let session = signed_in(&portal, &attempt, &returned).await?;
    let sealed = sealed(&portal, Use::Session, &session).await?;
    let kept = portal.session_jar().keep(&sealed, LIFETIME);
    let kept = kept.ok_or_else(|| {
        tracing::error!("the tokens are too long for a browser to keep");
        Failure::Unavailable
    })?;
    let mut response = Redirect::to(attempt.return_to.as_str()).into_response();
    add_cookies(response.headers_mut(), &kept);
    add_cookies(response.headers_mut(), &jar.forget());
    Ok(response)
}

/// Ends the session here and at the user pool, on every device that was signed in by the same refresh
/// token, and sends the browser to the hosted login to forget it there.
pub(crate) async fn sign_out(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(_): Form,
) -> Answered {
    let session = visit.session()?;
    let client = portal.client(session.role);
    let fields = [
        ("token", session.refresh.expose().as_str()),
        ("client_id", client.id.as_str()),
    ];
    // Whatever becomes of it, this browser forgets its session.
    if let Err(failure) = posted(&portal, "/oauth2/revoke", &fields).await {
        tracing::warn!(failure = failure.name(), "a refresh token was not revoked");
    }
    let home = format!("{}/", portal.origin.as_str());
    let address = api::query(
        "/logout",
        &[("client_id", &client.id), ("logout_uri", &home)],
    );
    let address = format!("{}{address}", portal.login.as_str());
    let mut response = leave(&visit, &address)?;
    add_cookies(response.headers_mut(), &portal.session_jar().forget());
    Ok(response)
}

/// The page after signing out. Browsers hold a form's redirect to the policy's `form-action`, which
/// allows no other host: so it is a page with a way on, and not a redirect.
#[derive(Template)]
#[template(path = "signed-out.html")]
struct SignedOut<'a> {
    v: Visit,
    address: &'a str,
}

fn leave(visit: &Visit, address: &str) -> Answered {
    visit.page(&SignedOut {
        v: visit.gone(),
        address,
    })
}

/// `session` with its next access token. `None` if it is over: it was ended somewhere, or lasted too long.
pub(crate) async fn refreshed(
    portal: &Portal,
    session: &Session,
) -> Result<Option<Session>, Failure> {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", portal.client(session.role).id.as_str()),
        ("refresh_token", session.refresh.expose().as_str()),
    ];
    let tokens = posted(portal, "/oauth2/token", &fields).await?;
    Ok(tokens.map(|tokens| {
        let expires_at = expiry(portal, &tokens);
        session.refreshed(tokens.access_token, expires_at)
    }))
}

/// The session of whoever the hosted login let in.
async fn signed_in(
    portal: &Portal,
    attempt: &Attempt,
    returned: &Returned,
) -> Result<Session, Failure> {
    let client = portal.client(attempt.role);
    let now = portal.clock.now();
    let fields = attempt.exchange(returned, client, &portal.callback(), now);
    let fields = fields.map_err(|_| Failure::NotThisSignIn)?;
    let tokens = ask(portal, "/oauth2/token", fields).await?;
    let tokens = tokens.ok_or(Failure::NotThisSignIn)?;
    let (Some(id_token), Some(refresh)) = (&tokens.id_token, &tokens.refresh_token) else {
        return Err(Failure::NotThisSignIn);
    };
    let verified = portal
        .verifier
        .verify_sign_in(id_token.expose(), &client.id, attempt.nonce());
    verified.await.map_err(|error| not_verified(&error))?;
    let authorization = format!("Bearer {}", tokens.access_token.expose());
    let verified = portal.verifier.verify(Some(&authorization)).await;
    let verified = verified.map_err(|error| not_verified(&error))?;
    let tenant = match (verified.principal(), attempt.role) {
        (Principal::Operator(operator), Role::Operator) => operator.tenant.as_ref(),
        (Principal::Person(_), Role::Person) => None,
        // Whoever is not in the group is no operator, and whoever has no record has no pages.
        _ => return Err(Failure::Forbidden),
    };
    let expires_at = expiry(portal, &tokens);
    let tenant = tenant.map(ToString::to_string);
    let pair = (tokens.access_token.clone(), refresh.clone());
    let session = Session::begin(attempt.role, tenant, pair, expires_at, &portal.random);
    session.map_err(|error| Failure::unavailable(&error))
}

fn not_verified(error: &token::TokenError) -> Failure {
    tracing::warn!(%error, "what the hosted login handed out does not hold");
    Failure::NotThisSignIn
}

fn expiry(portal: &Portal, tokens: &TokensResponse) -> Timestamp {
    let lasts = std::time::Duration::from_secs(u64::from(tokens.expires_in));
    later(portal.clock.now(), lasts)
}

async fn posted(
    portal: &Portal,
    path: &'static str,
    fields: &[(&str, &str)],
) -> Result<Option<TokensResponse>, Failure> {
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    ask(portal, path, fields).await
}

/// What the hosted login answers to a form; `None` if it refuses, or says nothing.
async fn ask(
    portal: &Portal,
    path: &'static str,
    fields: String,
) -> Result<Option<TokensResponse>, Failure> {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(fields);
    let request = request.map_err(|error| Failure::unavailable(&error))?;
    let answer = portal.tokens.send("hosted-login", request).await;
    let answer = answer.map_err(|error| Failure::unavailable(&error))?;
    Ok(serde_json::from_slice(answer.body()).ok())
}

async fn sealed(
    portal: &Portal,
    purpose: Use,
    value: &(impl serde::Serialize + Sync),
) -> Result<String, Failure> {
    let keys = portal.keys.current().await;
    let keys = keys.map_err(|error| Failure::unavailable(&error))?;
    let sealed = keys.seal(purpose, value, &portal.random);
    sealed.map_err(|error| Failure::unavailable(&error))
}

/// Whether a login was linked to its person just now: then Cognito lets nobody in, and the next time it does
/// (docs/flows/sign-up-and-sign-in.md).
fn says_linked(query: &Fields) -> bool {
    query.get("error_description").starts_with(LINKED)
}

fn returned(query: &Fields) -> Returned {
    let secret = |name: &str| Redacted::new(query.get(name).to_owned());
    Returned {
        state: secret("state"),
        code: query.has("code").then(|| secret("code")),
    }
}

/// Where to go on. What might lead elsewhere leads to the front door.
fn return_to(query: &Fields) -> LocalPath {
    let asked = query.get("return_to").parse();
    asked.unwrap_or_else(|_| LocalPath::front())
}

const fn home(role: Role) -> &'static str {
    match role {
        Role::Person => "/me",
        Role::Operator => "/ops/requests",
    }
}
