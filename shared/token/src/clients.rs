//! By which app clients people and operators come.

use aws_types::SdkConfig;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    planted,
};
use tenancy::{AppClientId, Client, ClientReader, ClientRole, TenantId};

use crate::{Cause, TokenError, Verified, Verifier, claims::Claims};

/// The deployment's own app clients: those that people sign in with, and those of operators. The
/// user pool may have others, which open nothing.
#[derive(Debug, Clone)]
pub(crate) struct OwnClients {
    people: Vec<AppClientId>,
    operators: Vec<AppClientId>,
}

impl OwnClients {
    /// Reads `WEB_CLIENT_IDS` and `OPERATORS_CLIENT_IDS`.
    pub(crate) fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            people: named(environment, "WEB_CLIENT_IDS")?,
            operators: named(environment, "OPERATORS_CLIENT_IDS")?,
        })
    }

    /// Whether people sign in with it, or operators.
    fn has(&self, client_id: &str) -> bool {
        self.are_people_by(client_id) || self.are_operators_by(client_id)
    }

    /// Whether people sign in with it, and nobody else.
    pub(crate) fn are_people_by(&self, client_id: &str) -> bool {
        is_one_of(&self.people, client_id)
    }

    /// Whether operators sign in with it.
    pub(crate) fn are_operators_by(&self, client_id: &str) -> bool {
        is_one_of(&self.operators, client_id)
    }
}

fn named(environment: &Environment, name: &'static str) -> Result<Vec<AppClientId>, ConfigError> {
    let ids = environment.required(name)?;
    let clients: Result<_, _> = ids.split(',').map(str::parse::<AppClientId>).collect();
    clients.map_err(|_| ConfigError::Invalid {
        name,
        expected: "ids of app clients with commas between them",
    })
}

fn is_one_of(clients: &[AppClientId], client_id: &str) -> bool {
    clients.iter().any(|client| client.as_str() == client_id)
}

/// What a token says that was made by the user pool for now. It counts once it is known that its app
/// client may be one by which people come; a machine's is held against the directory afterwards.
#[derive(Debug)]
pub(crate) struct Claimed {
    verified: Verified,
    /// Whether it is a human's, and of an app client that is not the deployment's own.
    came_elsewhere: bool,
    tenant: Option<TenantId>,
}

impl Claimed {
    pub(crate) fn read(claims: &Claims, own: &OwnClients) -> Result<Self, Cause> {
        let verified = Verified::read(claims, own)?;
        Ok(Self {
            came_elsewhere: claims.are_a_humans() && !own.has(verified.client_id()),
            tenant: claims.parsed("fairlead:tenant")?,
            verified,
        })
    }

    /// Whether its app client has to be looked for in the directory.
    pub(crate) const fn came_elsewhere(&self) -> bool {
        self.came_elsewhere
    }

    /// The token, whatever its app client.
    pub(crate) fn into_verified(self) -> Verified {
        self.verified
    }

    /// The token, if people come to its tenant by `client`, its app client.
    fn of_its_tenant(self, client: Option<Client>) -> Result<Verified, TokenError> {
        let is_the_tenants = client.is_some_and(|client| {
            client.role == ClientRole::People
                && (self.tenant == Some(client.tenant) || planted::is_on("tenants-client-ignored"))
        });
        if is_the_tenants {
            Ok(self.verified)
        } else {
            Err(TokenError::Invalid(Cause::UnknownClient))
        }
    }
}

/// Verifies tokens for routes of people who come by a tenant's own app client, too: `dynamodb:GetItem`
/// on the directory.
#[derive(Debug, Clone)]
pub struct TenantsVerifier {
    verifier: Verifier,
    clients: ClientReader,
}

impl TenantsVerifier {
    /// Reads what [`Verifier::new`] reads, and `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let clients = ClientReader::new(sdk, directory, clock.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock)?,
            clients,
        })
    }

    /// What the token in the value of an `Authorization` header says. An app client that is not the
    /// deployment's own has to be the one of the token's tenant, as the directory has it now; its row
    /// is read once a minute.
    pub async fn verify(&self, authorization: Option<&str>) -> Result<Verified, TokenError> {
        let claimed = self.verifier.claimed(authorization).await?;
        if !claimed.came_elsewhere {
            return Ok(claimed.verified);
        }
        let client = self.clients.current(claimed.verified.client_id()).await;
        claimed.of_its_tenant(client.map_err(TokenError::NoDirectory)?)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn own(web: &str, operators: &str) -> Result<OwnClients, ConfigError> {
        let environment =
            Environment::from_pairs([("WEB_CLIENT_IDS", web), ("OPERATORS_CLIENT_IDS", operators)]);
        OwnClients::from_environment(&environment)
    }

    #[test]
    fn people_come_by_each_of_them_and_operators_by_theirs() {
        let own = own("1web,5brand", "2operators,3airport").unwrap();
        for client in ["1web", "5brand", "2operators", "3airport"] {
            assert!(own.has(client), "{client}");
            let is_peoples = ["1web", "5brand"].contains(&client);
            assert_eq!(own.are_operators_by(client), !is_peoples);
        }
        for client in [
            "",
            "1",
            "1WEB",
            "1web,5brand",
            "2operators,3airport",
            "4other",
        ] {
            assert!(!own.has(client), "{client}");
        }
    }

    #[rstest]
    #[case("", "2operators", "WEB_CLIENT_IDS")]
    #[case("1web, 4other", "2operators", "WEB_CLIENT_IDS")]
    #[case("1web", "", "OPERATORS_CLIENT_IDS")]
    #[case("1web", "2operators,", "OPERATORS_CLIENT_IDS")]
    #[case("1web", "2operators, 3airport", "OPERATORS_CLIENT_IDS")]
    fn what_names_no_app_clients_is_refused(
        #[case] web: &str,
        #[case] operators: &str,
        #[case] variable: &str,
    ) {
        let error = own(web, operators).unwrap_err();
        assert!(error.to_string().contains(variable), "{error}");
    }
}
