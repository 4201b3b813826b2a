//! Pages for the people in the record and for those who run it. In come requests of browsers; out go
//! pages of HTML, made of what the platform's own HTTP API answers to the token of whoever is signed in.
//!
//! It has no right on any table: every decision, condition and receipt is made where it is made for
//! every other caller, and whoever may not do something by the API may not do it here.

mod api;
mod around;
mod assets;
mod config;
mod failure;
mod form;
mod headers;
mod me;
mod ops;
mod routes;
mod sign_in;
mod visit;
mod words;

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use axum::{Router, body::Body};
use lambda_http::{
    aws_lambda_events::apigw::ApiGatewayV2httpResponse,
    request::{RequestContext, from_str},
};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    log,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use session::Randomness;
use tower::ServiceExt as _;

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    router: Router,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `PORTAL_ORIGIN`, `API_ORIGIN`, `LOGIN_ORIGIN`, `PORTAL_CLIENT_ID`,
    /// `PORTAL_OPERATORS_CLIENT_ID`, `SESSION_KEY_SECRET`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and
    /// `OPERATORS_CLIENT_IDS`.
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
) -> Result<ApiGatewayV2httpResponse, UnreadableRequest> {
    let address: Address = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    if !address.is_one() {
        return Ok(no_address());
    }
    let request = from_str(event.get()).map_err(|_| UnreadableRequest)?;
    if let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get() {
        log::correlate(context.request_id.as_deref().unwrap_or_default());
    }
    let request = request.map(|body| Body::from(body.to_vec()));
    let Ok(response) = Box::pin(app.router.clone().oneshot(request)).await;
    packed(response).await.ok_or(UnreadableRequest)
}

/// What a browser asked for, as API Gateway has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl Address {
    /// Whether it is an address at all: `lambda_http` takes that for granted, and would panic.
    fn is_one(&self) -> bool {
        let host = self.headers.get("host").map_or("localhost", String::as_str);
        let (path, query) = (&self.raw_path, &self.raw_query_string);
        let address = format!("https://{host}{path}?{query}");
        path.starts_with('/') && address.parse::<http::Uri>().is_ok()
    }
}

fn no_address() -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = 400;
    answer.body = Some(lambda_http::Body::Text("This is no address.".to_owned()));
    answer
}

/// A page as API Gateway takes it: its cookies apart from its other headers.
async fn packed(response: axum::response::Response) -> Option<ApiGatewayV2httpResponse> {
    let (mut head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.ok()?;
    let cookies = head.headers.get_all(http::header::SET_COOKIE).into_iter();
    let cookies = cookies.filter_map(|cookie| Some(cookie.to_str().ok()?.to_owned()));
    let cookies = cookies.collect();
    head.headers.remove(http::header::SET_COOKIE);
    let mut packed = ApiGatewayV2httpResponse::default();
    packed.status_code = i64::from(head.status.as_u16());
    packed.headers = head.headers;
    packed.cookies = cookies;
    // All that we send is text.
    let text = String::from_utf8(body.to_vec()).ok()?;
    packed.body = Some(lambda_http::Body::Text(text));
    Some(packed)
}
