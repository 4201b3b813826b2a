//! The connection to Salesforce.

use aws_sdk_appflow::{
    Client,
    operation::{
        create_connector_profile::CreateConnectorProfileError,
        delete_connector_profile::DeleteConnectorProfileError,
    },
    types::{
        ConnectionMode, ConnectorProfileConfig, ConnectorProfileCredentials,
        ConnectorProfileProperties, ConnectorType, SalesforceConnectorProfileCredentials,
        SalesforceConnectorProfileProperties,
    },
};
use aws_sdk_secretsmanager as secrets;
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};
use serde::Deserialize;

use super::{Act, Made, act};
use crate::{Cause, Flows};

/// Has the connection sign in anew: `appflow:UpdateConnectorProfile` on it, and
/// `secretsmanager:GetSecretValue` on its secret. The client's id and secret AppFlow reads there itself,
/// with the rights of whoever asks; the refresh token it has to be given.
#[derive(Debug, Clone)]
pub struct ProfileSigner {
    client: Client,
    secret: SecretReader,
}

/// Makes and removes the connection: `appflow:CreateConnectorProfile` and
/// `appflow:DeleteConnectorProfile` on it, and `secretsmanager:GetSecretValue` on its secret.
#[derive(Debug, Clone)]
pub struct ProfileKeeper {
    client: Client,
    secret: SecretReader,
}

#[derive(Debug, Clone)]
struct SecretReader {
    client: secrets::Client,
}

/// What is read of the connection's secret.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    refresh_token: Redacted<String>,
}

impl ProfileSigner {
    /// One that has connections sign in anew; AppFlow is reached by `appflow`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, appflow: &SdkConfig) -> Self {
        Self {
            client: Client::new(appflow),
            secret: SecretReader::new(sdk),
        }
    }

    /// Has it sign in anew, with what its secret holds now. Without a token there, Salesforce need not be
    /// asked.
    pub async fn sign_in(&self, flows: &Flows, token: &str) -> Result<Act, ServiceError> {
        let granted = match self.secret.read(flows).await {
            Ok(granted) => granted,
            Err(error) if error.retry == Retry::Never => {
                return Ok(Act::Refused(Some(Cause::Credentials)));
            }
            Err(error) => return Err(error),
        };
        let updated = self
            .client
            .update_connector_profile()
            .connector_profile_name(&flows.profile)
            .connection_mode(ConnectionMode::Public)
            .connector_profile_config(config(flows, &granted))
            .client_token(token);
        // Boxed: it reaches deep into the SDK and is tens of kilobytes.
        act(
            "appflow:UpdateConnectorProfile",
            Box::pin(updated.send()).await,
        )
    }
}

impl ProfileKeeper {
    /// A maker and remover of connections; AppFlow is reached by `appflow`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, appflow: &SdkConfig) -> Self {
        Self {
            client: Client::new(appflow),
            secret: SecretReader::new(sdk),
        }
    }

    /// Makes the connection, unless there is one of its name.
    pub async fn make(&self, flows: &Flows, token: &str) -> Result<Made, ServiceError> {
        let granted = self.secret.read(flows).await?;
        let made = self
            .client
            .create_connector_profile()
            .connector_profile_name(&flows.profile)
            .connector_type(ConnectorType::Salesforce)
            .connection_mode(ConnectionMode::Public)
            .set_kms_arn(flows.key_arn.clone())
            .connector_profile_config(config(flows, &granted))
            .client_token(token);
        match Box::pin(made.send()).await {
            Ok(_) => Ok(Made::Now),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateConnectorProfileError::is_conflict_exception) =>
            {
                Ok(Made::Before)
            }
            Err(error) => Err(ServiceError::new("appflow:CreateConnectorProfile", &error)),
        }
    }

    /// Removes the connection; AppFlow refuses that while a flow uses it. One that is gone is removed.
    pub async fn remove(&self, profile: &str) -> Result<(), ServiceError> {
        let removed = self
            .client
            .delete_connector_profile()
            .connector_profile_name(profile)
            .force_delete(false)
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteConnectorProfileError::is_resource_not_found_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(ServiceError::new("appflow:DeleteConnectorProfile", &error)),
        }
    }
}

impl SecretReader {
    fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: secrets::Client::new(sdk),
        }
    }

    async fn read(&self, flows: &Flows) -> Result<Granted, ServiceError> {
        const OPERATION: &str = "secretsmanager:GetSecretValue";
        let secret = self
            .client
            .get_secret_value()
            .secret_id(&flows.credentials_arn)
            .send()
            .await
            .map_err(|error| ServiceError::new(OPERATION, &error))?;
        let granted = secret.secret_string.as_deref().map(serde_json::from_str);
        let granted = granted.and_then(Result::ok);
        granted.ok_or_else(|| ServiceError {
            operation: OPERATION,
            code: "NoRefreshToken".to_owned(),
            retry: Retry::Never,
        })
    }
}

fn config(flows: &Flows, granted: &Granted) -> ConnectorProfileConfig {
    let organisation = SalesforceConnectorProfileProperties::builder()
        .instance_url(&flows.instance_url)
        .is_sandbox_environment(flows.sandbox)
        .build();
    // AppFlow takes no client credentials for Salesforce: it gets itself access tokens by the refresh
    // token. The first one has to be there, and is replaced as soon as it is of no use.
    let credentials = SalesforceConnectorProfileCredentials::builder()
        .client_credentials_arn(&flows.credentials_arn)
        .refresh_token(granted.refresh_token.expose())
        .access_token("none-yet")
        .build();
    ConnectorProfileConfig::builder()
        .connector_profile_properties(
            ConnectorProfileProperties::builder()
                .salesforce(organisation)
                .build(),
        )
        .connector_profile_credentials(
            ConnectorProfileCredentials::builder()
                .salesforce(credentials)
                .build(),
        )
        .build()
}
