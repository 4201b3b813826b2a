//! One request of somebody's browser: who they are, in which language they are spoken to, and how a page
//! is made for them.

use std::{borrow::Borrow, fmt::Display, sync::Arc};

use askama::Template;
use axum::{extract::FromRequestParts, response::IntoResponse};
use http::{
    Method, StatusCode,
    header::{CONTENT_LANGUAGE, CONTENT_TYPE},
    request::Parts,
};
use jiff::Timestamp;
use session::{LocalPath, Role, Session};

use crate::{
    api::{self, Caller},
    around::language,
    config::Portal,
    failure::{Answered, Failure},
    words::Words,
};

/// A visit. Clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct Visit(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    words: &'static Words,
    path: String,
    path_and_query: String,
    session: Option<Session>,
    gpc: bool,
    now: Timestamp,
    /// What a form of this page is carried out under, once.
    key: String,
}

impl Visit {
    pub(crate) fn new<B>(
        portal: &Portal,
        request: &http::Request<B>,
        session: Option<Session>,
    ) -> Self {
        let path_and_query = request.uri().path_and_query();
        // Where to go on after signing in: a form is not sent again, and what is no plain path of ours
        // might lead elsewhere.
        let path_and_query = path_and_query.filter(|_| request.method() == Method::GET);
        let back = path_and_query.and_then(|path| path.as_str().parse::<LocalPath>().ok());
        let gpc = request.headers().get("sec-gpc");
        Self(Arc::new(Inner {
            words: language(request.headers()),
            path: request.uri().path().to_owned(),
            path_and_query: back.map_or_else(|| "/".to_owned(), |path| path.to_string()),
            session,
            gpc: gpc.is_some_and(|says| says.as_bytes() == b"1"),
            now: portal.clock.now(),
            key: portal.ids.uuid().to_string(),
        }))
    }

    /// The session of whoever is signed in.
    pub(crate) fn session(&self) -> Result<&Session, Failure> {
        self.0.session.as_ref().ok_or(Failure::SignIn)
    }

    /// The API, as whoever is signed in asks it.
    pub(crate) fn api<'a>(&'a self, portal: &'a Portal) -> Result<Caller<'a>, Failure> {
        let session = self.session()?;
        Ok(portal.api.caller(Some(&session.access), self.0.gpc))
    }

    /// The same for an operator. What they may do the API decides; this spares whoever is none a page
    /// that could do nothing.
    pub(crate) fn operators_api<'a>(&'a self, portal: &'a Portal) -> Result<Caller<'a>, Failure> {
        match self.session()?.role {
            Role::Operator => self.api(portal),
            Role::Person => Err(Failure::Forbidden),
        }
    }

    /// The API, as anybody asks it.
    pub(crate) fn open_api<'a>(&self, portal: &'a Portal) -> Caller<'a> {
        portal.api.caller(None, self.0.gpc)
    }

    /// The same visit of somebody who has just signed out.
    pub(crate) fn gone(&self) -> Self {
        Self(Arc::new(Inner {
            session: None,
            ..(*self.0).clone()
        }))
    }

    /// The tenant in whose name an operator works.
    pub(crate) fn tenant(&self) -> Result<&str, Failure> {
        self.session()?.tenant.as_deref().ok_or(Failure::Forbidden)
    }

    /// The address of this page.
    pub(crate) fn path_and_query(&self) -> &str {
        &self.0.path_and_query
    }

    /// The same as a value of a query.
    pub(crate) fn back(&self) -> String {
        let query = api::query("", &[("", &self.0.path_and_query)]);
        query.trim_start_matches(['?', '=']).to_owned()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.now
    }

    /// A page.
    pub(crate) fn page(&self, page: &impl Template) -> Answered {
        self.page_with(StatusCode::OK, page)
    }

    /// A page of another kind than one that is as it should be.
    pub(crate) fn page_with(&self, status: StatusCode, page: &impl Template) -> Answered {
        let html = page.render();
        let html = html.map_err(|error| Failure::unavailable(&error))?;
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_LANGUAGE, self.language()),
        ];
        Ok((status, headers, html).into_response())
    }
}

/// What templates ask.
impl Visit {
    /// The words that are called `id`.
    pub(crate) fn t(&self, id: impl AsRef<str>) -> String {
        self.0.words.say(id.as_ref(), &[])
    }

    /// The same around a value.
    pub(crate) fn t1(&self, id: impl AsRef<str>, name: &str, value: impl Display) -> String {
        self.0.words.say(id.as_ref(), &[(name, value.to_string())])
    }

    /// The same around two values.
    pub(crate) fn t2(
        &self,
        id: impl AsRef<str>,
        name: &str,
        value: impl Display,
        other: &str,
        another: impl Display,
    ) -> String {
        let values = [(name, value.to_string()), (other, another.to_string())];
        self.0.words.say(id.as_ref(), &values)
    }

    /// The words for a word of the platform's own, such as `consent-missing`; the word itself if there
    /// are none.
    pub(crate) fn name(&self, kind: &str, word: impl AsRef<str>) -> String {
        let id = format!("{kind}-{}", word.as_ref().replace('_', "-"));
        let words = self.0.words.find(&id, &[]);
        words.unwrap_or_else(|| word.as_ref().to_owned())
    }

    /// The words for a scope of machines, `fairlead/profile.read`.
    pub(crate) fn scope(&self, scope: impl AsRef<str>) -> String {
        let name = scope.as_ref().trim_start_matches("fairlead/");
        let words = self
            .0
            .words
            .find(&format!("scope-{}", name.replace('.', "-")), &[]);
        words.unwrap_or_else(|| name.to_owned())
    }

    /// The words around how many there are.
    pub(crate) fn count(&self, id: &str, count: impl Borrow<usize>) -> String {
        self.0.words.count(id, *count.borrow())
    }

    /// A figure, or that there is none.
    #[expect(
        clippy::unused_self,
        reason = "templates ask a visit for whatever is shown"
    )]
    pub(crate) fn figure(&self, figure: impl Borrow<Option<u64>>) -> String {
        let figure = figure.borrow().map(|figure| figure.to_string());
        figure.unwrap_or_else(|| "\u{2013}".to_owned())
    }

    /// A moment: the day and the minute.
    pub(crate) fn moment(&self, at: &Timestamp) -> String {
        self.0.words.moment(*at)
    }

    /// Whether this is the page at `path`, or one below it.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let rest = self.0.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(crate) fn language(&self) -> &'static str {
        self.0.words.code()
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.0.session.is_some()
    }

    pub(crate) fn is_operator(&self) -> bool {
        let session = self.0.session.as_ref();
        session.is_some_and(|session| session.role == Role::Operator)
    }

    /// By what a form is known to be ours.
    pub(crate) fn form_token(&self) -> String {
        let session = self.0.session.as_ref();
        session.map_or_else(String::new, |session| {
            session.form_token().as_str().to_owned()
        })
    }

    /// Under what a form is carried out once.
    pub(crate) fn key(&self) -> &str {
        &self.0.key
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or(Failure::Unavailable)
    }
}

/// A page that says why there is none.
#[derive(Template)]
#[template(path = "failure.html")]
pub(crate) struct FailurePage<'a> {
    pub(crate) v: &'a Visit,
    pub(crate) failure: &'a Failure,
}

impl FailurePage<'_> {
    fn title(&self) -> String {
        self.v.t(format!("failure-{}", self.failure.name()))
    }

    fn advice(&self) -> String {
        self.v.t(format!("failure-{}-advice", self.failure.name()))
    }

    /// What the API says about it, in its own words.
    fn detail(&self) -> Option<&str> {
        match self.failure {
            Failure::Refused(problem) => problem.detail.as_deref(),
            _ => None,
        }
    }
}
