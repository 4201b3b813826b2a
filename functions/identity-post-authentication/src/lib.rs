//! In comes Cognito's word that a person signed in; out goes the same, and their profile says when
//! it was.

use std::time::Duration;

use aws_types::SdkConfig;
use event::Cause;
use identity::{
    LoginFacts,
    cognito::{Answer, Trigger, TriggerFailure, TriggerSource},
};
use lambda_kit::{
    Chain, Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use profile::SignInStore;
use serde_json::value::RawValue;
use tenancy::ClientReader;

/// How long the writing may take. With the directory's call before it, that is within the 5 s that
/// Cognito gives a trigger, however its calls go wrong.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    clients: ClientReader,
    sign_ins: SignInStore,
}

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY` and `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        Ok(Self {
            clients: ClientReader::new(sdk, directory, clock.clone()),
            sign_ins: SignInStore::new(environment, sdk, clock, ids)?,
        })
    }
}

/// Records the sign-in. Nobody waits for it: what fails is logged, and the next sign-in is recorded
/// all the same.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    if trigger.source == TriggerSource::SignedIn
        && let Some(facts) = LoginFacts::from_attributes(&trigger.attributes)
    {
        record(app, &trigger, &facts, invocation).await;
    }
    Ok(trigger.unchanged())
}

async fn record(app: &App, trigger: &Trigger, facts: &LoginFacts, invocation: Invocation) {
    let client = app.clients.find(trigger.client_id.as_deref()).await;
    let tenant = client.map(|client| client.tenant);
    let cause = Cause {
        request_id: invocation.request_id,
    };
    let recording = app.sign_ins.record(&facts.sub, tenant.as_ref(), &cause);
    match tokio::time::timeout(PATIENCE, recording).await {
        Ok(Ok(recorded)) => tracing::debug!(?recorded, "a sign-in"),
        Ok(Err(error)) => {
            tracing::error!(error = %Chain(&error), "a sign-in is not on record");
        }
        Err(_) => tracing::error!("there is no time left: a sign-in is not on record"),
    }
}
