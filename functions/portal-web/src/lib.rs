//! Pages for the people in the record and for those who run it. In come requests of browsers; out go
//! pages of HTML, made of what the platform's own HTTP API answers to the token of whoever is signed in.
//!
//! It has no right on any table: every decision, condition and receipt is made where it is made for
//! every other caller, and whoever may not do something by the API may not do it here.

mod api;
mod around;
mod assets;
mod config;
mod event;
mod failure;
mod form;
mod headers;
mod me;
mod ops;
mod reference;
mod routes;
mod sign_in;
mod visit;
mod words;

use aws_types::SdkConfig;
use axum::Router;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    log,
};
use serde_json::value::RawValue;
use session::Randomness;
use tower::ServiceExt as _;

use crate::event::Asked;
pub use crate::event::{Page, UnreadableRequest};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    router: Router,
}

impl App {
    /// Reads `PORTAL_ORIGIN`, `API_ORIGIN`, `LOGIN_ORIGIN`, `PORTAL_CLIENT_ID`,
    /// `PORTAL_OPERATORS_CLIENT_ID`, `LINKING_PROVIDERS`, `SESSION_KEY_SECRET`, `TOKEN_ISSUER`,
    /// `WEB_CLIENT_IDS` and `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        random: Randomness,
    ) -> Result<Self, ConfigError> {
        let portal = config::Portal::new(environment, sdk, clock, ids, random)?;
        let router = routes::router(portal);
        Ok(Self { router })
    }
}

/// Answers a request with a page. An error is a page too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Page, UnreadableRequest> {
    let asked = Asked::read(event)?;
    log::correlate(&asked.id);
    let Some(request) = asked.request else {
        return Ok(Page::no_address());
    };
    let Ok(response) = Box::pin(app.router.clone().oneshot(request)).await;
    Page::of(response).await
}
