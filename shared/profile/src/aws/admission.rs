//! The one operation behind every sign-up and sign-in.

use std::time::Duration;

use aws_types::SdkConfig;
use event::Cause;
use identity::{IdentifierKey, LoginFacts, ProfileId, cognito::Trigger};
use lambda_kit::{
    Chain, Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use tenancy::{Client, ClientReader, TenantId};

use super::{Ensured, ProfileStore, RulesReader};

/// How long the profile may take. With the directory's call before it, that is within the 5 s that
/// Cognito gives a trigger, however its calls go wrong.
const PATIENCE: Duration = Duration::from_secs(3);

/// Lets people in: makes sure of their profile, and finds the tenant by whose client they come.
#[derive(Debug)]
pub struct Admission {
    profiles: ProfileStore,
    clients: ClientReader,
}

/// What is known of someone who comes in. What could not be found out is left out, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admitted {
    /// Their profile: the root of all that are theirs.
    pub profile_id: Option<ProfileId>,
    /// The member of it that their login made.
    pub member: Option<ProfileId>,
    /// The tenant by whose client they come.
    pub tenant: Option<TenantId>,
}

impl Admission {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `DIRECTORY_TABLE` and `IDENTIFIER_KEY`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let rules = RulesReader::new(sdk, directory, clock.clone());
        Ok(Self {
            clients: ClientReader::new(sdk, directory, clock.clone()),
            profiles: ProfileStore::new(sdk, profiles, identifiers, key, rules, clock, ids),
        })
    }

    /// Makes sure of the profile of the person that `trigger` speaks of. A failure is logged and
    /// keeps nobody out: the same is done at the next sign-in.
    pub async fn admit(&self, trigger: &Trigger, invocation: Invocation) -> Admitted {
        let tenant = self.client(trigger).await.map(|client| client.tenant);
        let cause = Cause {
            request_id: invocation.request_id,
        };
        let ensured = match LoginFacts::from_attributes(&trigger.attributes) {
            Some(facts) => self.profile(&facts, tenant.as_ref(), &cause).await,
            None => None,
        };
        Admitted {
            profile_id: ensured.map(|ensured| ensured.profile_id),
            member: ensured.map(|ensured| ensured.member),
            tenant,
        }
    }

    /// Whose the app client is that `trigger` names.
    pub async fn client(&self, trigger: &Trigger) -> Option<Client> {
        self.clients.find(trigger.client_id.as_deref()).await
    }

    async fn profile(
        &self,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Option<Ensured> {
        let ensuring = tokio::time::timeout(PATIENCE, self.profiles.ensure(facts, tenant, cause));
        match ensuring.await {
            Ok(Ok(ensured)) => return Some(ensured),
            Ok(Err(error)) => {
                tracing::error!(error = %Chain(&error), "the profile is left to the next sign-in");
            }
            Err(_) => {
                tracing::error!("there is no time left: the profile is left to the next sign-in");
            }
        }
        None
    }
}
