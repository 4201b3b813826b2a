//! In come messages from the SDKs of Segment and `RudderStack`, by write key, one or many in a request;
//! out goes, as those SDKs take it, that they are kept for good or which of them are not. `POST
//! /v1/identify` is profile-identify's, which goes by the same door where a write key comes along.

#[cfg(feature = "openapi")]
mod description;

use aws_types::SdkConfig;
use intake::{SegmentDoor, problems};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    metric::Metrics,
};
use segment::{Call, Kind};
use serde_json::value::RawValue;
use tenancy::RateLimiter;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    door: SegmentDoor,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET` and
    /// `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let rates = RateLimiter::new(sdk, directory, ledger, clock.clone(), ids, metrics);
        let door = SegmentDoor::new(environment, sdk, rates, clock)?;
        Ok(Self { door })
    }
}

/// Answers a request. An error is an answer too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Response, UnreadableRequest> {
    let request: Request = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    log::correlate(request.id());
    let Some(call) = call(&request) else {
        return Ok(problems::no_such_route().into());
    };
    Ok(app.door.answer(call, &request, &invocation).await)
}

/// What is called. The same request again is answered the same, by the messages' own ids.
fn call(request: &Request) -> Option<Call> {
    Some(match request.route_key.as_str() {
        "POST /v1/track" => Call::One(Kind::Track),
        "POST /v1/page" => Call::One(Kind::Page),
        "POST /v1/screen" => Call::One(Kind::Screen),
        "POST /v1/group" => Call::One(Kind::Group),
        "POST /v1/alias" => Call::One(Kind::Alias),
        "POST /v1/batch" => Call::Batch,
        "POST /v1/import" => Call::Import,
        _ => return None,
    })
}
