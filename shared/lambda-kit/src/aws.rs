//! One SDK configuration for every function: pinned behaviour, explicit timeouts, bounded retries.

use std::time::Duration;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{behavior_version::BehaviorVersion, http::SharedHttpClient};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{
    SdkConfig,
    region::Region,
    sdk_config::{self, RequestChecksumCalculation, ResponseChecksumValidation},
};

use crate::config::{ConfigError, Environment};

/// The roots under which every AWS endpoint's certificate stands: Amazon Root CA 1 to 4 and
/// Starfield Services Root G2 (<https://www.amazontrust.com/repository/>), valid until 2037 at
/// least. Loading these costs less at cold start than the image's whole certificate store.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("amazon-trust-services.pem");

/// How long calls may take. The SDK's own default bounds only the connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBudget {
    /// For one attempt.
    pub attempt_timeout: Duration,
    /// For all attempts of one call with the waits between them.
    pub operation_timeout: Duration,
    /// How many attempts, the first included.
    pub max_attempts: u32,
}

impl CallBudget {
    /// Cognito gives a trigger 5 s in all, and a person waits.
    pub const COGNITO: Self = Self::new(600, 1_400, 2);
    /// A person or a partner waits for the answer.
    pub const HTTP: Self = Self::new(1_000, 3_000, 3);
    /// A caller waits on the telephone, and Amazon Connect gives up after a few seconds.
    pub const CONTACT: Self = Self::new(500, 1_100, 2);
    /// A person waits for a page, which waits for another function of ours: none takes longer than API Gateway
    /// gives it.
    pub const PAGES: Self = Self::new(28_000, 28_500, 2);
    /// A queue or a stream waits, and will deliver again.
    pub const BATCH: Self = Self::new(2_000, 7_000, 3);

    const fn new(attempt_ms: u64, operation_ms: u64, max_attempts: u32) -> Self {
        Self {
            attempt_timeout: Duration::from_millis(attempt_ms),
            operation_timeout: Duration::from_millis(operation_ms),
            max_attempts,
        }
    }
}

/// The configuration of a function's SDK clients, from its environment alone: the credential and
/// region chains of `aws-config` are for machines that might be anything.
///
/// # Errors
/// Names the variable that Lambda should have set and did not.
pub fn sdk_config(
    environment: &Environment,
    budget: &CallBudget,
) -> Result<SdkConfig, ConfigError> {
    let credentials = Credentials::new(
        environment.required("AWS_ACCESS_KEY_ID")?,
        environment.required("AWS_SECRET_ACCESS_KEY")?,
        environment.optional("AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "lambda",
    );
    let mut builder = SdkConfig::builder()
        .region(Region::new(environment.required("AWS_REGION")?.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(https_client()?)
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new());
    builder.set_endpoint_url(environment.optional("AWS_ENDPOINT_URL").map(str::to_owned));
    Ok(apply_budget(builder, budget).build())
}

/// Pins the behaviour version, checksums over what goes to a bucket and comes from it, timeouts and
/// retries. The test harness builds on it too, so that tests meet the same timeouts and the same
/// retries as production.
#[must_use]
pub fn apply_budget(builder: sdk_config::Builder, budget: &CallBudget) -> sdk_config::Builder {
    builder
        .behavior_version(BehaviorVersion::v2026_01_12())
        .request_checksum_calculation(RequestChecksumCalculation::WhenSupported)
        .response_checksum_validation(ResponseChecksumValidation::WhenSupported)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(budget.attempt_timeout)
                .operation_attempt_timeout(budget.attempt_timeout)
                .operation_timeout(budget.operation_timeout)
                .build(),
        )
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(budget.max_attempts)
                .with_initial_backoff(Duration::from_millis(50)),
        )
}

/// `sdk` for hosts that are not of AWS: their certificates stand under the system's roots, and calls have
/// `budget`.
#[must_use]
pub fn for_outside(sdk: &SdkConfig, budget: &CallBudget) -> SdkConfig {
    let connections = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    apply_budget(sdk.to_builder().http_client(connections), budget).build()
}

fn https_client() -> Result<SharedHttpClient, ConfigError> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES);
    let tls = TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|_| ConfigError::Invalid {
            name: "amazon-trust-services.pem",
            expected: "a list of certificates",
        })?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https())
}
