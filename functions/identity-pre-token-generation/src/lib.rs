//! In comes Cognito's question what a token should say; out go the profile and tenant of a person,
//! or the tenant, partner and agreement of a machine.

use aws_types::SdkConfig;
use event::Cause;
use identity::{
    LoginFacts,
    cognito::{
        Answer, TokenClaims, Trigger, TriggerFailure, TriggerSource, answer_token_generation,
    },
};
use lambda_kit::{
    Chain, Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use profile::ProfileStore;
use serde_json::value::RawValue;
use tenancy::{Client, ClientReader, ClientRole};

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

/// Answers with the claims that can be made. One that can't, because what it rests on is unknown or
/// can't be read, is left out: the person signs in, and what needs the claim refuses its lack.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    let claims = match trigger.source {
        TriggerSource::PersonToken => person_claims(app, &trigger, invocation).await,
        TriggerSource::MachineToken => {
            machine_claims(app.clients.find(trigger.client_id.as_deref()).await)
        }
        _ => TokenClaims::new(),
    };
    Ok(answer_token_generation(trigger, &claims))
}

async fn person_claims(app: &App, trigger: &Trigger, invocation: Invocation) -> TokenClaims {
    let tenant = app
        .clients
        .find(trigger.client_id.as_deref())
        .await
        .map(|client| client.tenant);
    let mut claims = TokenClaims::new();
    if let Some(facts) = LoginFacts::from_attributes(&trigger.attributes) {
        let cause = Cause {
            request_id: invocation.request_id,
        };
        match Box::pin(app.profiles.ensure(&facts, tenant.as_ref(), &cause)).await {
            Ok(profile_id) => {
                claims.insert("fairlead:profile", profile_id.to_string());
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the token goes without its profile");
            }
        }
    }
    if let Some(tenant) = tenant {
        claims.insert("fairlead:tenant", tenant.into());
    }
    claims
}

/// A machine speaks for a partner or for no one.
fn machine_claims(client: Option<Client>) -> TokenClaims {
    let Some(Client {
        tenant,
        role: ClientRole::Partner { partner, agreement },
    }) = client
    else {
        return TokenClaims::new();
    };
    TokenClaims::from([
        ("fairlead:tenant", tenant.into()),
        ("fairlead:partner", partner.into()),
        ("fairlead:agreement", agreement.into()),
    ])
}
