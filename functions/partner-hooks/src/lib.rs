//! In come webhooks of partners' systems, signed as Standard Webhooks has it; out goes, of each, that it
//! is kept for good as an event or why it is not. Whoever can't sign learns nothing of which hooks there
//! are.

#[cfg(feature = "openapi")]
mod description;
mod hook;
mod problems;
mod reading;
mod secrets;

use std::{collections::BTreeMap, sync::Arc};

use aws_types::SdkConfig;
use cloudevent::{Headers, Limits, unpack};
use intake::{Batch, Intake, Sender, Surface, problems::unreadable, response};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{BodyError, Request, Response},
    ids::IdSource,
    log,
    metric::Metrics,
    planted,
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::{DefinitionState, DirectoryError, DirectoryRows, HookDefinition, RateLimiter};
use webhook::Signed;

use crate::{
    hook::Hook,
    secrets::{NotVerified, Secrets},
};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    hooks: DirectoryRows<HookDefinition>,
    secrets: Secrets,
    rates: RateLimiter,
    intake: Intake,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET`, `QUARANTINE_TABLE` and
    /// `HOOK_SECRETS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let secrets = environment.required("HOOK_SECRETS")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        Ok(Self {
            hooks: DirectoryRows::new(sdk, directory, clock.clone()),
            secrets: Secrets::new(sdk, secrets, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, clock.clone(), ids, metrics),
            intake: Intake::new(environment, sdk, clock.clone())?,
            clock,
        })
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
    let answer = Box::pin(route(app, &request, &invocation)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request, invocation: &Invocation) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "POST /v1/hooks/{partner}/{source}" => take(app, request, invocation).await,
        _ => Err(intake::problems::no_such_route()),
    }
}

/// `POST /v1/hooks/{partner}/{source}`: a message of the partner's system. The same message again is
/// answered the same, by its own id.
async fn take(app: &App, request: &Request, invocation: &Invocation) -> Result<Response, Problem> {
    let limits = Limits::at(app.clock.now());
    let limit = limits.event;
    let body = request.body(limit).map_err(|error| match error {
        BodyError::TooLarge => unreadable(&cloudevent::Unreadable::TooLarge { limit }),
        BodyError::Undecodable => intake::problems::undecodable(),
    })?;
    let (hook, row, id) = verified(app, request, &body).await?;
    let from = Sender {
        tenant: &hook.tenant,
        partner: &hook.partner,
        request_id: request.id(),
        gpc: false,
    };
    let answer = async || {
        let headers = Headers::new(request.headers());
        let body = match unpack::body(&headers, &body, limit) {
            Ok(body) => body,
            Err(error) => {
                let (way, problem) = ((Surface::Events, None), unreadable(&error));
                let refused = app.intake.refuse_all(from, request, way, problem);
                return Err(Box::pin(refused).await);
            }
        };
        let read = reading::event(&id, (&hook, Arc::as_ref(&row)), &body, &limits);
        let batch = Batch {
            events: vec![read],
            body: body.into_owned(),
            headers: BTreeMap::new(),
            surface: Surface::Events,
            call: None,
        };
        let told = Box::pin(app.intake.accept(from, &batch, invocation)).await?;
        Ok::<_, Problem>(response(told, false))
    };
    app.rates
        .within(&hook.tenant, &hook.partner, 1, answer)
        .await
}

/// Which hook the request is to, and the id of its message, if it is signed with a secret of that hook.
/// Whatever is wrong, the answer is one and the same.
async fn verified(
    app: &App,
    request: &Request,
    body: &[u8],
) -> Result<(Hook, Arc<HookDefinition>, String), Problem> {
    let hook = Hook::named_by(request).ok_or_else(problems::signature)?;
    let signed = Signed::from_headers(|name| request.header(name));
    let signed = signed.map_err(|_| problems::signature())?;
    let unavailable = |error: DirectoryError| intake::problems::unavailable(&error);
    let row = app.hooks.find(&hook.tenant, hook.part()).await;
    let row = row.map_err(unavailable)?;
    let row = row.filter(|row| row.state() == DefinitionState::Active);
    let row = row.ok_or_else(problems::signature)?;
    let partner = app.rates.partner(&hook.tenant, &hook.partner).await;
    partner
        .map_err(unavailable)?
        .ok_or_else(problems::signature)?;
    let checked = Box::pin(app.secrets.verify(&hook, &signed, body)).await;
    checked.map_err(|error| match error {
        NotVerified::Unsigned(reason) => {
            tracing::warn!(%reason, tenant = %hook.tenant, partner = %hook.partner, "a webhook is not signed");
            problems::signature()
        }
        NotVerified::Service(error) => intake::problems::unavailable(&error),
    })?;
    let id = if planted::is_on("webhook-replayed") {
        format!("{}-{}", signed.id, request.id())
    } else {
        signed.id
    };
    Ok((hook, row, id))
}
