//! The token that Salesforce knows its reader by, by client credentials
//! (<https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm>).

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_types::SdkConfig;
use http::Request;
use lambda_kit::{Retry, error::ServiceError, http_client::HttpClient, redact::Redacted};
use serde::Deserialize;

use crate::aws::CredentialReader;

const OPERATION: &str = "salesforce:Token";

/// Gets tokens, and keeps one until it is not taken any more: how long one serves is the organisation's
/// to say, and the answer does not tell it.
#[derive(Debug)]
pub(super) struct Tokens {
    credentials: CredentialReader,
    kept: Mutex<Option<Token>>,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token(Redacted<String>);

#[derive(Deserialize)]
struct Answer {
    access_token: Redacted<String>,
}

impl Token {
    /// As it stands in a request.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.0.expose())
    }
}

impl Tokens {
    pub(super) fn new(sdk: &SdkConfig, secret: &str) -> Self {
        Self {
            credentials: CredentialReader::new(sdk, secret),
            kept: Mutex::default(),
        }
    }

    /// The token that is kept, or a new one.
    pub(super) async fn get(&self, client: &HttpClient) -> Result<Token, ServiceError> {
        let kept = self.kept().clone();
        if let Some(token) = kept {
            return Ok(token);
        }
        let token = self.fetch(client).await?;
        *self.kept() = Some(token.clone());
        Ok(token)
    }

    /// `token` is not taken any more. One that took its place in the meantime stays.
    pub(super) fn forget(&self, token: &Token) {
        let mut kept = self.kept();
        if kept.as_ref() == Some(token) {
            *kept = None;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<Token>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret is read for each token, so that a new one serves as soon as it is there.
    async fn fetch(&self, client: &HttpClient) -> Result<Token, ServiceError> {
        let credentials = self.credentials.read().await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &credentials.client_id)
            .append_pair("client_secret", credentials.client_secret.expose())
            .finish();
        let request = Request::post("/services/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(form)
            .map_err(|_| failed("RequestCouldNotBeMade".to_owned()))?;
        let answer = client.send(OPERATION, request).await?;
        match answer.status().as_u16() {
            200 => serde_json::from_slice(answer.body())
                .map(|Answer { access_token }| Token(access_token))
                .map_err(|_| failed("UnreadableAnswer".to_owned())),
            status => Err(failed(format!("Status{status}"))),
        }
    }
}

/// Whoever repairs the credentials does so while the work waits.
fn failed(code: String) -> ServiceError {
    ServiceError {
        operation: OPERATION,
        code,
        retry: Retry::MayHelp,
    }
}
