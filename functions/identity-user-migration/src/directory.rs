//! The directory that people are brought over from, over HTTP.

use aws_types::SdkConfig;
use http::Request;
use lambda_kit::{
    Retry,
    config::{ConfigError, Environment},
    error::ServiceError,
    http_client::HttpClient,
    redact::Redacted,
};
use serde::{Deserialize, Serialize};

/// More than a person's attributes ever need.
const LIMIT: usize = 64 * 1024;

/// Asks the directory.
#[derive(Debug)]
pub(crate) struct DirectoryReader {
    client: HttpClient,
    authorization: Redacted<String>,
}

/// What the directory tells of a person; more is not looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct LegacyPerson {
    pub(crate) email: Redacted<String>,
    #[serde(default)]
    pub(crate) email_verified: bool,
    #[serde(default)]
    pub(crate) phone_number: Option<Redacted<String>>,
    #[serde(default)]
    pub(crate) given_name: Option<Redacted<String>>,
    #[serde(default)]
    pub(crate) family_name: Option<Redacted<String>>,
    #[serde(default)]
    pub(crate) locale: Option<Redacted<String>>,
}

#[derive(Serialize)]
struct Question<'a> {
    username: &'a Redacted<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a Redacted<String>>,
}

impl DirectoryReader {
    pub(crate) fn new(environment: &Environment, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let name = "LEGACY_DIRECTORY_URL";
        let origin = environment.required(name)?;
        // Passwords travel there.
        if !origin.starts_with("https://") {
            return Err(ConfigError::Invalid {
                name,
                expected: "an origin that begins with https://",
            });
        }
        let secret = environment.required("LEGACY_DIRECTORY_SECRET")?;
        Ok(Self {
            client: HttpClient::new(sdk, "legacy-directory", origin, LIMIT)?,
            authorization: Redacted::new(format!("Bearer {secret}")),
        })
    }

    /// The person of that name and password; `None` if there is none.
    pub(crate) async fn authenticate(
        &self,
        username: &Redacted<String>,
        password: &Redacted<String>,
    ) -> Result<Option<LegacyPerson>, ServiceError> {
        let question = Question {
            username,
            password: Some(password),
        };
        let operation = "legacy-directory:authenticate";
        self.ask(operation, "/v1/people/authenticate", &question)
            .await
    }

    /// The person of that name; `None` if there is none.
    pub(crate) async fn look_up(
        &self,
        username: &Redacted<String>,
    ) -> Result<Option<LegacyPerson>, ServiceError> {
        let question = Question {
            username,
            password: None,
        };
        let operation = "legacy-directory:look-up";
        self.ask(operation, "/v1/people/look-up", &question).await
    }

    async fn ask(
        &self,
        operation: &'static str,
        path: &str,
        question: &Question<'_>,
    ) -> Result<Option<LegacyPerson>, ServiceError> {
        let failed = |code: &str| ServiceError {
            operation,
            code: code.to_owned(),
            retry: Retry::Never,
        };
        let body = serde_json::to_string(question).map_err(|_| failed("RequestCouldNotBeMade"))?;
        let request = Request::post(path)
            .header("authorization", self.authorization.expose())
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body)
            .map_err(|_| failed("RequestCouldNotBeMade"))?;
        let answer = self.client.send(operation, request).await?;
        match answer.status().as_u16() {
            200 => {
                let person = serde_json::from_slice(answer.body());
                person.map(Some).map_err(|_| failed("UnreadableAnswer"))
            }
            401 | 404 => Ok(None),
            status => Err(failed(&format!("Status{status}"))),
        }
    }
}
