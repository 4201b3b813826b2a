//! AppFlow, and whatever else mending flows takes.

mod breakers;
mod counts;
mod making;
mod outcomes;
mod profiles;
mod reading;
mod retries;
mod support;

use aws_sdk_appflow::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_types::SdkConfig;
pub use breakers::{BreakerReader, BreakerStore, Saved};
pub use counts::CountStore;
use jiff::Timestamp;
use lambda_kit::{Retry, config::Environment, error::ServiceError};
pub use making::{FlowMaker, FlowRemover, FlowStarter, FlowUpdater, Made};
pub use outcomes::OutcomeStore;
pub use profiles::{ProfileKeeper, ProfileSigner};
pub use reading::{FlowDescriber, FlowReader};
pub use retries::RetryScheduler;
pub use support::SupportSender;

use crate::Cause;

/// What AppFlow's clients are made of: `sdk`, but where `AWS_ENDPOINT_URL_APPFLOW` says that AppFlow is
/// elsewhere, as every SDK of AWS's reads it.
#[must_use]
pub fn appflow_config(environment: &Environment, sdk: &SdkConfig) -> SdkConfig {
    let elsewhere = environment.optional("AWS_ENDPOINT_URL_APPFLOW");
    elsewhere.map_or_else(
        || sdk.clone(),
        |url| sdk.to_builder().endpoint_url(url).build(),
    )
}

/// What became of one thing that was done about a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is done.
    Done,
    /// AppFlow refuses, and would again; what it says of the cause.
    Refused(Option<Cause>),
}

/// What AppFlow's answer to `operation` means: what passes by itself is an error, whatever it says for
/// good is an answer.
fn act<E: ProvideErrorMetadata, T>(
    operation: &'static str,
    answered: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Act, ServiceError> {
    let Err(error) = answered else {
        return Ok(Act::Done);
    };
    let failure = ServiceError::new(operation, &error);
    match failure.retry {
        Retry::MayHelp => Err(failure),
        Retry::Never => Ok(Act::Refused(cause_of(&failure.code))),
    }
}

/// What an exception of AppFlow's says of the cause
/// (<https://docs.aws.amazon.com/appflow/1.0/APIReference/API_UpdateFlow.html>).
fn cause_of(code: &str) -> Option<Cause> {
    match code {
        "ConnectorAuthenticationException" => Some(Cause::Credentials),
        "ConnectorServerException" => Some(Cause::Unreachable),
        "ServiceQuotaExceededException" => Some(Cause::Throttled),
        "ResourceNotFoundException" => Some(Cause::Missing),
        _ => None,
    }
}

/// A time of the SDK's.
fn timestamp(at: &aws_sdk_appflow::primitives::DateTime) -> Option<Timestamp> {
    let nanos = i32::try_from(at.subsec_nanos()).ok()?;
    Timestamp::new(at.secs(), nanos).ok()
}

/// The error of a request that could not be put together.
fn unmakeable(operation: &'static str) -> ServiceError {
    ServiceError {
        operation,
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::Never,
    }
}
