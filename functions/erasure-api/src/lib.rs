//! In come people who want to be erased, or have thought better of it; operators who ask for people that
//! have no login; machines of partners that say what they have erased; and whoever has the id of an erasure. Out goes how far it is.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
use consent::Gpc;
use erasure::{
    Acknowledgements, CertificateReader, ErasureIdSource, ErasureReader, ErasureRequester,
    OpenErasures, Releaser, Term,
};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    metric::Metrics,
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::RateLimiter;
use token::{Gateway, Machines, Verifier};

use crate::routes::{anybody, machines, operators, people};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    verifier: Verifier,
    machines: Machines,
    reader: ErasureReader,
    certificates: CertificateReader,
    requester: ErasureRequester,
    releaser: Releaser,
    open: OpenErasures,
    acknowledgements: Acknowledgements,
    answers: AnswerStore,
    rates: RateLimiter,
    gpc: Gpc,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE`, `DIRECTORY_TABLE`, `LEDGER_TABLE`,
    /// `CERTIFICATES_BUCKET`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS` and
    /// `ERASURE_GRACE_SECONDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        erasure_ids: ErasureIdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let certificates = environment.required("CERTIFICATES_BUCKET")?;
        let grace = Term::from_environment(environment, "ERASURE_GRACE_SECONDS")?;
        let reader = ErasureReader::new(sdk, erasures);
        let sources = (clock.clone(), ids.clone(), erasure_ids);
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let rates = RateLimiter::new(sdk, directory, ledger, clock.clone(), ids.clone(), metrics);
        Ok(Self {
            gateway: Gateway::new(environment)?,
            rates,
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            requester: ErasureRequester::new(sdk, reader.clone(), profiles, sources, grace),
            releaser: Releaser::new(sdk, reader.clone(), profiles, clock.clone(), ids),
            certificates: CertificateReader::new(sdk, certificates),
            open: OpenErasures::new(sdk, erasures),
            acknowledgements: Acknowledgements::new(sdk, erasures, clock),
            reader,
        })
    }
}

/// Answers a request. An error is an answer too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Response, UnreadableRequest> {
    let request: Request = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    log::correlate(request.id());
    let answer = Box::pin(route(app, &request)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "DELETE /v1/me" => people::once(app, request, people::request).await,
        "GET /v1/me/erasure" => people::read(app, request).await,
        "DELETE /v1/me/erasure" => people::once(app, request, people::withdraw).await,
        "POST /v1/profiles/{profile_id}/erasure" => {
            operators::once(app, request, operators::request).await
        }
        "GET /v1/erasures/{erasure_id}" => anybody::read(app, request).await,
        "GET /v1/erasures/{erasure_id}/certificate" => anybody::certificate(app, request).await,
        "GET /v1/erasures" => machines::list(app, request).await,
        "POST /v1/erasures/{erasure_id}/ack" => {
            machines::once(app, request, machines::acknowledge).await
        }
        _ => Err(problems::no_such_route()),
    }
}
