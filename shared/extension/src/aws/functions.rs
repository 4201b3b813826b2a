//! Functions of tenants: hosts, and those that an extension has of its own.

mod listing;
mod making;
mod mappings;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_lambda::{
    Client,
    operation::{delete_function::DeleteFunctionError, get_function::GetFunctionError},
    types::{FunctionConfiguration, LastUpdateStatus, State},
};
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError};

pub use self::listing::{FunctionLister, FunctionPage, Owned};

/// How often it is looked whether a function is there that was made or changed, and how long it is between looks.
const LOOKS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

/// What a function says before the key of its code.
const CODE: &str = "code ";

/// A function as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedFunction {
    pub(super) name: String,
    pub(super) runtime: String,
    pub(super) handler: String,
    pub(super) code: WantedCode,
    pub(super) architecture: String,
    pub(super) memory: i32,
    pub(super) seconds: i32,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) log_group: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) reserved: Option<i32>,
}

/// Where the code of a function lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedCode {
    /// In which bucket.
    pub bucket: String,
    /// Under which key: other code has another key.
    pub key: String,
}

/// A function as it is.
pub(super) struct Seen {
    pub(super) configuration: FunctionConfiguration,
    pub(super) reserved: Option<i32>,
}

/// Makes, changes and removes functions and what calls them: `lambda:CreateFunction`, `lambda:TagResource`,
/// `lambda:GetFunction`, `lambda:UpdateFunctionCode`, `lambda:UpdateFunctionConfiguration`,
/// `lambda:PublishVersion`, `lambda:PutFunctionConcurrency`, `lambda:DeleteFunction`,
/// `lambda:CreateEventSourceMapping`, `lambda:ListEventSourceMappings` and `lambda:DeleteEventSourceMapping` on
/// those of tenants; and `iam:PassRole` on their roles.
#[derive(Debug, Clone)]
pub(super) struct FunctionKeeper {
    client: Client,
}

impl FunctionKeeper {
    /// A keeper.
    #[must_use]
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// What is wrong with the function; `None` if it is not there.
    pub(super) async fn look(
        &self,
        wanted: &WantedFunction,
        role_arn: &str,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        let seen = self.find(&wanted.name).await?;
        Ok(seen.map(|seen| {
            let mut wrong: Vec<String> = differences(&seen.configuration, wanted, role_arn)
                .into_iter()
                .map(str::to_owned)
                .collect();
            if is_other_code(&seen.configuration, wanted) {
                wrong.push("the code".to_owned());
            }
            if seen.reserved != wanted.reserved {
                wrong.push("the reserved concurrency".to_owned());
            }
            wrong
        }))
    }

    /// Removes a function with all of its versions; one that is gone is removed.
    pub(super) async fn remove(&self, name: &str) -> Result<(), ServiceError> {
        self.delete(name, None).await
    }

    /// Removes a published version, by its ARN.
    pub(super) async fn remove_version(&self, function_arn: &str) -> Result<(), ServiceError> {
        let named = function_arn.rsplit(":function:").next().unwrap_or_default();
        match named.split_once(':') {
            Some((name, version)) => self.delete(name, Some(version)).await,
            None => Ok(()),
        }
    }

    async fn delete(&self, name: &str, version: Option<&str>) -> Result<(), ServiceError> {
        let removed = self
            .client
            .delete_function()
            .function_name(name)
            .set_qualifier(version.map(str::to_owned))
            .send()
            .await;
        match removed {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteFunctionError::is_resource_not_found_exception) =>
            {
                Ok(())
            }
            removed => removed
                .map(|_| ())
                .map_err(|error| ServiceError::new("lambda:DeleteFunction", &error)),
        }
    }

    pub(super) async fn find(&self, name: &str) -> Result<Option<Seen>, ServiceError> {
        match self.client.get_function().function_name(name).send().await {
            Ok(found) => Ok(found.configuration.map(|configuration| Seen {
                configuration,
                reserved: found
                    .concurrency
                    .and_then(|concurrency| concurrency.reserved_concurrent_executions),
            })),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetFunctionError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(ServiceError::new("lambda:GetFunction", &error)),
        }
    }

    /// The function once nothing is under way with it: before that, Lambda refuses to change or to publish it.
    async fn settled(&self, name: &str) -> Result<FunctionConfiguration, ServiceError> {
        for _ in 0..LOOKS {
            if let Some(seen) = self.find(name).await?
                && is_settled(&seen.configuration)
            {
                return Ok(seen.configuration);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(unsettled("lambda:GetFunction", "StillPending"))
    }
}

fn is_settled(configuration: &FunctionConfiguration) -> bool {
    let is_there = configuration
        .state()
        .is_none_or(|state| *state == State::Active);
    let is_updated = configuration.last_update_status();
    is_there && is_updated.is_none_or(|status| *status != LastUpdateStatus::InProgress)
}

/// What of a function's configuration is not as it is to be.
fn differences(
    there: &FunctionConfiguration,
    wanted: &WantedFunction,
    role_arn: &str,
) -> Vec<&'static str> {
    let environment = there
        .environment()
        .and_then(|environment| environment.variables());
    let environment: BTreeMap<String, String> = environment
        .map(|all| {
            all.iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        })
        .unwrap_or_default();
    let logs = there
        .logging_config()
        .and_then(|logging| logging.log_group());
    [
        ("the role", there.role() == Some(role_arn)),
        (
            "the runtime",
            there.runtime().map(aws_sdk_lambda::types::Runtime::as_str)
                == Some(wanted.runtime.as_str()),
        ),
        (
            "the handler",
            there.handler() == Some(wanted.handler.as_str()),
        ),
        ("the memory", there.memory_size() == Some(wanted.memory)),
        ("the time limit", there.timeout() == Some(wanted.seconds)),
        ("the environment", environment == wanted.environment),
        ("where it logs", logs == Some(wanted.log_group.as_str())),
    ]
    .into_iter()
    .filter_map(|(what, is_so)| (!is_so).then_some(what))
    .collect()
}

/// A function says in its description of which code it is. That is written after the code: so what was cut off
/// between is done again.
fn is_other_code(there: &FunctionConfiguration, wanted: &WantedFunction) -> bool {
    there.description() != Some(described(&wanted.code).as_str())
}

fn described(code: &WantedCode) -> String {
    format!("{CODE}{}", code.key)
}

fn unsettled(operation: &'static str, code: &str) -> ServiceError {
    ServiceError {
        operation,
        code: code.to_owned(),
        retry: Retry::MayHelp,
    }
}
