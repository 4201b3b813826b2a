//! What happens around every page: whose session it is, whether another site sent it, and what browsers
//! are told about the answer.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, header};
use session::{LIFETIME, Session, Unopened, Use};

use crate::{
    api,
    config::Portal,
    failure::Failure,
    headers,
    sign_in::refreshed,
    visit::{FailurePage, Visit},
    words::Words,
};

/// By which language people want to be spoken to, if they chose one.
pub(crate) const LANGUAGE: &str = "fairlead-language";

/// Answers a request, whatever page it is for.
pub(crate) async fn around(
    State(portal): State<Arc<Portal>>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = if request.uri().path().starts_with("/assets/") {
        next.run(request).await
    } else {
        let found = session_of(&portal, request.headers()).await;
        let is_unknown = found.is_err();
        let (session, cookies) = found.unwrap_or_default();
        let visit = Visit::new(&portal, &request, session);
        let mut response = if is_unknown {
            // Nobody is taken for somebody who is not signed in because that can't be seen now.
            Failure::Unavailable.into_response()
        } else if is_from_elsewhere(&portal, &request) {
            Failure::Forged.into_response()
        } else {
            request.extensions_mut().insert(visit.clone());
            next.run(request).await
        };
        // A page that says something about the session itself has the last word.
        if !response.headers().contains_key(header::SET_COOKIE) {
            add_cookies(response.headers_mut(), &cookies);
        }
        told(&visit, response)
    };
    headers::add(response.headers_mut(), &portal);
    response
}

/// Lets the browser keep these.
pub(crate) fn add_cookies(headers: &mut HeaderMap, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The session that the browser keeps, if it keeps one, and the cookies by which it keeps what changed.
type Found = (Option<Session>, Vec<String>);

/// The session that the browser keeps, with a token that is good for a while yet.
async fn session_of(portal: &Portal, headers: &HeaderMap) -> Result<Found, Failure> {
    let jar = portal.session_jar();
    let Some(sealed) = cookies(headers).find_map(|header| jar.read(header)) else {
        return Ok((None, Vec::new()));
    };
    let keys = portal.keys.current().await;
    let keys = keys.map_err(|error| Failure::unavailable(&error))?;
    let session: Session = match keys.open(Use::Session, &sealed) {
        Ok(session) => session,
        Err(Unopened) => return Ok((None, jar.forget())),
    };
    if !session.is_ending(portal.clock.now()) {
        return Ok((Some(session), Vec::new()));
    }
    let Some(session) = refreshed(portal, &session).await? else {
        return Ok((None, jar.forget()));
    };
    let sealed = keys.seal(Use::Session, &session, &portal.random).ok();
    let cookies = sealed.and_then(|sealed| jar.keep(&sealed, LIFETIME));
    Ok((Some(session), cookies.unwrap_or_default()))
}

/// All `Cookie` headers: HTTP/2 may part them.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::COOKIE).into_iter();
    all.filter_map(|header| header.to_str().ok())
}

/// Whether another site made the browser send a form. Its token would not be right either; this is the
/// second lock. Browsers say where a form comes from, by one of these headers at least.
fn is_from_elsewhere(portal: &Portal, request: &Request) -> bool {
    if [Method::GET, Method::HEAD].contains(request.method()) {
        return false;
    }
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let is_ours = match (header("sec-fetch-site"), header("origin")) {
        (Some(site), Some(origin)) => site == "same-origin" && origin == portal.origin.as_str(),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origin == portal.origin.as_str(),
        (None, None) => false,
    };
    !is_ours
}

/// The answer, in which a failure is a page.
fn told(visit: &Visit, mut response: Response) -> Response {
    let Some(failure) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    let cookies = response.headers().clone();
    let mut page = match &failure {
        Failure::SignIn => {
            let back = visit.path_and_query();
            Redirect::to(&api::query("/sign-in", &[("return_to", back)])).into_response()
        }
        failure => visit
            .page_with(failure.status(), &FailurePage { v: visit, failure })
            .unwrap_or_else(|failure| failure.status().into_response()),
    };
    for cookie in cookies.get_all(header::SET_COOKIE) {
        page.headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    page
}

/// In which language whoever asks wants to be spoken to: the one that they chose here, or the first of
/// their browser's that there is.
pub(crate) fn language(headers: &HeaderMap) -> &'static Words {
    let chosen = cookies(headers).find_map(|header| {
        let mut pairs = header.split(';').map(str::trim);
        pairs.find_map(|pair| Words::named(pair.strip_prefix(LANGUAGE)?.strip_prefix('=')?))
    });
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    chosen.unwrap_or_else(|| Words::accepted(accepted.unwrap_or_default()))
}
