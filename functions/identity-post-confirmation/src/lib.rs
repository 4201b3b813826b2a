//! In comes Cognito's word that a person confirmed their account; out goes the same, and the
//! person has a profile.

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
use profile::ProfileStore;
use serde_json::value::RawValue;
use tenancy::ClientReader;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    profiles: ProfileStore,
    clients: ClientReader,
}

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE` and `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let clients =
            ClientReader::new(sdk, environment.required("DIRECTORY_TABLE")?, clock.clone());
        Ok(Self {
            profiles: ProfileStore::new(sdk, profiles, identifiers, clock, ids),
            clients,
        })
    }
}

/// Makes sure of the profile. The account is confirmed whatever happens here: what fails is logged,
/// and done by identity-pre-token-generation before the first token is out.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    let confirms = matches!(
        trigger.source,
        TriggerSource::ConfirmedSignUp | TriggerSource::ConfirmedForgotPassword
    );
    if let (true, Some(facts)) = (confirms, LoginFacts::from_attributes(&trigger.attributes)) {
        let client = app.clients.find(trigger.client_id.as_deref()).await;
        let cause = Cause {
            request_id: invocation.request_id,
        };
        let tenant = client.map(|client| client.tenant);
        if let Err(error) = Box::pin(app.profiles.ensure(&facts, tenant.as_ref(), &cause)).await {
            tracing::error!(error = %Chain(&error), "the profile is left to the first sign-in");
        }
    }
    Ok(trigger.unchanged())
}
