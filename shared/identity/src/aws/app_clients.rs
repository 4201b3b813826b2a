//! App clients of the pool, by which machines get tokens.

use aws_sdk_cognitoidentityprovider::{
    Client,
    config::{Builder, retry::RetryConfig},
    types::OAuthFlowType,
};
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};

use super::users::code_is;

/// As many app clients as `ListUserPoolClients` tells at once.
const PAGE: i32 = 60;

/// As many pages as are looked through: a pool has a thousand app clients, or as many thousands as
/// AWS raised its quota to.
const MOST_PAGES: u32 = 170;

/// What Cognito answers where there is no app client of that id.
const UNKNOWN_CLIENT: &str = "ResourceNotFoundException";

/// Makes and removes the app clients of machines: `cognito-idp:CreateUserPoolClient`,
/// `cognito-idp:DescribeUserPoolClient`, `cognito-idp:ListUserPoolClients` and
/// `cognito-idp:DeleteUserPoolClient`.
#[derive(Debug, Clone)]
pub struct AppClients(Client);

/// An app client that gets tokens for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppClient {
    /// Cognito's id.
    pub id: String,
    /// What it proves itself by.
    pub secret: Redacted<String>,
}

impl AppClients {
    /// For the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self(Client::new(sdk))
    }

    /// Makes an app client that may ask for `scopes`. A pool takes the same name twice, so nothing
    /// is tried again: after a failure, [`AppClients::named`] says whether there is one.
    pub async fn make(
        &self,
        pool: &str,
        name: &str,
        scopes: &[&str],
    ) -> Result<AppClient, ServiceError> {
        const OPERATION: &str = "cognito-idp:CreateUserPoolClient";
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let made = self
            .0
            .create_user_pool_client()
            .user_pool_id(pool)
            .client_name(name)
            .generate_secret(true)
            .allowed_o_auth_flows_user_pool_client(true)
            .allowed_o_auth_flows(OAuthFlowType::ClientCredentials)
            .set_allowed_o_auth_scopes(Some(scopes))
            .enable_token_revocation(true)
            .customize()
            .config_override(Builder::new().retry_config(RetryConfig::disabled()))
            .send()
            .await
            .map_err(|error| ServiceError::new(OPERATION, &error))?;
        let made = made.user_pool_client;
        made.and_then(|made| client(made.client_id, made.client_secret))
            .ok_or_else(|| incomplete(OPERATION))
    }

    /// The ids of all app clients of that name.
    pub async fn named(&self, pool: &str, name: &str) -> Result<Vec<String>, ServiceError> {
        const OPERATION: &str = "cognito-idp:ListUserPoolClients";
        let (mut found, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self
                .0
                .list_user_pool_clients()
                .user_pool_id(pool)
                .max_results(PAGE)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| ServiceError::new(OPERATION, &error))?;
            let clients = page.user_pool_clients.unwrap_or_default().into_iter();
            let of_that_name = clients.filter(|client| client.client_name.as_deref() == Some(name));
            found.extend(of_that_name.filter_map(|client| client.client_id));
            next = page.next_token;
            if next.is_none() {
                found.sort_unstable();
                return Ok(found);
            }
        }
        Err(incomplete(OPERATION))
    }

    /// An app client with its secret; `None` if there is none of that id.
    pub async fn describe(&self, pool: &str, id: &str) -> Result<Option<AppClient>, ServiceError> {
        const OPERATION: &str = "cognito-idp:DescribeUserPoolClient";
        let described = self
            .0
            .describe_user_pool_client()
            .user_pool_id(pool)
            .client_id(id)
            .send()
            .await;
        match described {
            Ok(described) => described
                .user_pool_client
                .and_then(|made| client(made.client_id, made.client_secret))
                .map(Some)
                .ok_or_else(|| incomplete(OPERATION)),
            Err(error) if code_is(&error, UNKNOWN_CLIENT) => Ok(None),
            Err(error) => Err(ServiceError::new(OPERATION, &error)),
        }
    }

    /// Removes an app client; nothing to do if there is none of that id.
    pub async fn remove(&self, pool: &str, id: &str) -> Result<(), ServiceError> {
        let removed = self
            .0
            .delete_user_pool_client()
            .user_pool_id(pool)
            .client_id(id)
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error) if code_is(&error, UNKNOWN_CLIENT) => Ok(()),
            Err(error) => Err(ServiceError::new(
                "cognito-idp:DeleteUserPoolClient",
                &error,
            )),
        }
    }
}

fn client(id: Option<String>, secret: Option<String>) -> Option<AppClient> {
    Some(AppClient {
        id: id?,
        secret: Redacted::new(secret?),
    })
}

/// An answer that lacks what was asked for.
fn incomplete(operation: &'static str) -> ServiceError {
    ServiceError {
        operation,
        code: "IncompleteAnswer".to_owned(),
        retry: Retry::MayHelp,
    }
}
