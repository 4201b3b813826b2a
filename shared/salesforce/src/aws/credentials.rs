//! What Salesforce knows us by.

use aws_sdk_secretsmanager::Client;
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};
use serde::Deserialize;

const OPERATION: &str = "secretsmanager:GetSecretValue";

/// Reads the credentials of one client: `secretsmanager:GetSecretValue` on their secret.
#[derive(Debug, Clone)]
pub struct CredentialReader {
    client: Client,
    secret: String,
}

/// A client's credentials, as their secret has them; AppFlow spells them its own way.
#[derive(Debug, Clone, Deserialize)]
pub struct Credentials {
    /// The consumer key.
    #[serde(alias = "clientId")]
    pub client_id: String,
    /// The consumer secret.
    #[serde(alias = "clientSecret")]
    pub client_secret: Redacted<String>,
}

impl CredentialReader {
    /// A reader of the secret with this name or ARN.
    #[must_use]
    pub fn new(sdk: &SdkConfig, secret: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            secret: secret.into(),
        }
    }

    /// The credentials as they are now.
    pub async fn read(&self) -> Result<Credentials, ServiceError> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.secret)
            .send()
            .await
            .map_err(|error| ServiceError::new(OPERATION, &error))?;
        let text = answer.secret_string.unwrap_or_default();
        serde_json::from_str(&text).map_err(|_| ServiceError {
            operation: OPERATION,
            code: "UnreadableSecret".to_owned(),
            retry: Retry::Never,
        })
    }
}
