//! In come partners' wishes to be told of events by webhooks; out goes how each subscription stands,
//! what became of what it was sent, and once, the secret that messages are signed with.

#[cfg(feature = "openapi")]
mod description;
mod representation;
mod routes;
mod wanted;

use std::collections::BTreeSet;

use aws_types::SdkConfig;
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
use subscription::{
    DeliveryLog, DeliveryStore, SecretSource, SubscriptionLister, SubscriptionRemover,
    SubscriptionStore, Whose, problems,
};
use tenancy::RateLimiter;
use token::{Machine, Machines, Verifier};
use webhook::Reach;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes.
const WRITE: &str = "fairlead/subscriptions.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    answers: AnswerStore,
    lister: SubscriptionLister,
    store: SubscriptionStore,
    remover: SubscriptionRemover,
    deliveries: DeliveryStore,
    log: DeliveryLog,
    secrets: SecretSource,
    reach: Reach,
    clock: Clock,
}

/// Who calls.
#[derive(Debug)]
struct Caller {
    machine: Machine,
    scopes: BTreeSet<String>,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `LEDGER_TABLE`, `SUBSCRIPTIONS_TABLE`, `DELIVERIES_TABLE` and `WEBHOOK_REACH`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        secrets: SecretSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let subscriptions = environment.required("SUBSCRIPTIONS_TABLE")?;
        let deliveries = environment.required("DELIVERIES_TABLE")?;
        let reach = environment.required("WEBHOOK_REACH")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let sources = (clock.clone(), ids.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, sources.0, sources.1, metrics),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
            lister: SubscriptionLister::new(sdk, subscriptions),
            store: SubscriptionStore::new(sdk, subscriptions),
            remover: SubscriptionRemover::new(sdk, subscriptions),
            deliveries: DeliveryStore::new(sdk, deliveries),
            log: DeliveryLog::new(sdk, deliveries),
            secrets,
            reach: Reach::configured(reach, environment.optional("AWS_ENDPOINT_URL")).map_err(
                |_| ConfigError::Invalid {
                    name: "WEBHOOK_REACH",
                    expected: "internet, or anywhere where AWS itself is on this machine",
                },
            )?,
            clock,
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
        "GET /v1/subscriptions" => read(app, request, routes::list).await,
        "POST /v1/subscriptions" => once(app, request, routes::create).await,
        "GET /v1/subscriptions/{subscription_id}" => read(app, request, routes::show).await,
        "PUT /v1/subscriptions/{subscription_id}" => once(app, request, routes::change).await,
        "DELETE /v1/subscriptions/{subscription_id}" => once(app, request, routes::remove).await,
        "POST /v1/subscriptions/{subscription_id}/secret" => {
            once(app, request, routes::rotate).await
        }
        "GET /v1/subscriptions/{subscription_id}/deliveries" => {
            read(app, request, routes::deliveries).await
        }
        "POST /v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry" => {
            once(app, request, routes::retry).await
        }
        _ => Err(problems::no_such_route()),
    }
}

/// Who calls, if the directory still has them as their token does.
async fn caller(app: &App, request: &Request) -> Result<Caller, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    Ok(Caller {
        machine: machine.clone(),
        scopes: verified.scopes().names().clone(),
    })
}

impl Caller {
    const fn whose(&self) -> Whose<'_> {
        Whose {
            tenant: &self.machine.tenant,
            partner: &self.machine.partner,
            agreement: self.machine.agreement.as_ref(),
            scopes: &self.scopes,
        }
    }
}

/// Answers a machine within its partner's limit.
async fn read(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Caller) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caller = caller(app, request).await?;
    let answer = async || route(app, request, &caller).await;
    let Machine {
        tenant, partner, ..
    } = &caller.machine;
    app.rates.within(tenant, partner, 1, answer).await
}

/// The same on a route that changes something, once under each key that the machine sends.
async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Caller) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caller = caller(app, request).await?;
    let holder = caller.machine.key_holder();
    let answer = async |request: &Request| route(app, request, &caller).await;
    let answer = async || app.answers.once(request, &holder, answer).await;
    let Machine {
        tenant, partner, ..
    } = &caller.machine;
    app.rates.within(tenant, partner, 1, answer).await
}
