//! The connection to Salesforce.

use aws_sdk_appflow::{
    Client,
    operation::{
        create_connector_profile::CreateConnectorProfileError,
        delete_connector_profile::DeleteConnectorProfileError,
    },
    types::{
        ConnectionMode, ConnectorProfileConfig, ConnectorProfileCredentials,
        ConnectorProfileProperties, ConnectorType, OAuth2GrantType,
        SalesforceConnectorProfileCredentials, SalesforceConnectorProfileProperties,
    },
};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;

use super::{Act, Made, act};
use crate::Flows;

/// Has the connection sign in anew: `appflow:UpdateConnectorProfile` on it. AppFlow reads the client's id
/// and secret itself, with the rights of whoever asks: `secretsmanager:GetSecretValue` on their secret.
#[derive(Debug, Clone)]
pub struct ProfileSigner {
    client: Client,
}

/// Makes and removes the connection: `appflow:CreateConnectorProfile` and
/// `appflow:DeleteConnectorProfile` on it.
#[derive(Debug, Clone)]
pub struct ProfileKeeper {
    client: Client,
}

impl ProfileSigner {
    /// One that has connections sign in anew.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Has it sign in anew, with what its secret holds now.
    pub async fn sign_in(&self, flows: &Flows, token: &str) -> Result<Act, ServiceError> {
        let updated = self
            .client
            .update_connector_profile()
            .connector_profile_name(&flows.profile)
            .connection_mode(ConnectionMode::Public)
            .connector_profile_config(config(flows))
            .client_token(token);
        act("appflow:UpdateConnectorProfile", updated.send().await)
    }
}

impl ProfileKeeper {
    /// A maker and remover of connections.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Makes the connection, unless there is one of its name.
    pub async fn make(&self, flows: &Flows, token: &str) -> Result<Made, ServiceError> {
        let made = self
            .client
            .create_connector_profile()
            .connector_profile_name(&flows.profile)
            .connector_type(ConnectorType::Salesforce)
            .connection_mode(ConnectionMode::Public)
            .set_kms_arn(flows.key_arn.clone())
            .connector_profile_config(config(flows))
            .client_token(token)
            .send()
            .await;
        match made {
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

fn config(flows: &Flows) -> ConnectorProfileConfig {
    let organisation = SalesforceConnectorProfileProperties::builder()
        .instance_url(&flows.instance_url)
        .is_sandbox_environment(flows.sandbox)
        .build();
    let credentials = SalesforceConnectorProfileCredentials::builder()
        .client_credentials_arn(&flows.credentials_arn)
        .o_auth2_grant_type(OAuth2GrantType::ClientCredentials)
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
