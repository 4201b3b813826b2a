//! Making functions, and making them as they are to be.

use std::{collections::HashMap, time::Duration};

use aws_sdk_lambda::{
    operation::{create_function::CreateFunctionError, publish_version::PublishVersionError},
    types::{
        Architecture, Environment, FunctionCode, FunctionConfiguration, LogFormat, LoggingConfig,
        Runtime,
    },
};
use lambda_kit::{error::ServiceError, planted};

use super::{FunctionKeeper, WantedFunction, described, differences, is_other_code, unsettled};

/// How often a function is tried to be made whose role Lambda does not see yet, and how long it is between: IAM
/// takes some ten seconds.
const TRIES: u32 = 10;
const UNSEEN: Duration = Duration::from_secs(2);

impl FunctionKeeper {
    /// Makes the function, or makes it as it is to be; as it is then.
    pub(crate) async fn make(
        &self,
        wanted: &WantedFunction,
        role_arn: &str,
    ) -> Result<FunctionConfiguration, ServiceError> {
        let seen = if let Some(seen) = self.find(&wanted.name).await? {
            seen
        } else {
            self.create(wanted, role_arn).await?;
            let seen = self.find(&wanted.name).await?;
            seen.ok_or_else(|| unsettled("lambda:CreateFunction", "NotThereYet"))?
        };
        if is_other_code(&seen.configuration, wanted) {
            self.settled(&wanted.name).await?;
            self.change_code(wanted).await?;
        }
        let is_other = !differences(&seen.configuration, wanted, role_arn).is_empty();
        if is_other || is_other_code(&seen.configuration, wanted) {
            self.settled(&wanted.name).await?;
            self.change(wanted, role_arn).await?;
        }
        if let Some(reserved) = wanted.reserved.filter(|_| seen.reserved != wanted.reserved) {
            self.client
                .put_function_concurrency()
                .function_name(&wanted.name)
                .reserved_concurrent_executions(reserved)
                .send()
                .await
                .map_err(|error| ServiceError::new("lambda:PutFunctionConcurrency", &error))?;
        }
        self.settled(&wanted.name).await
    }

    /// Publishes what the function is now, if its code is of that digest: the ARN of the version. What did not
    /// change since the last one is that one.
    pub(crate) async fn publish(
        &self,
        name: &str,
        code_sha256: &str,
    ) -> Result<String, ServiceError> {
        const OPERATION: &str = "lambda:PublishVersion";
        let published = self
            .client
            .publish_version()
            .function_name(name)
            .code_sha256(code_sha256)
            .send()
            .await;
        match published {
            Ok(published) => published
                .function_arn
                .ok_or_else(|| unsettled(OPERATION, "NoFunctionArn")),
            // Another version of it is being registered: this one is next.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PublishVersionError::is_invalid_parameter_value_exception) =>
            {
                Err(unsettled(OPERATION, "CodeChanged"))
            }
            Err(error) => Err(ServiceError::new(OPERATION, &error)),
        }
    }

    async fn create(&self, wanted: &WantedFunction, role_arn: &str) -> Result<(), ServiceError> {
        const OPERATION: &str = "lambda:CreateFunction";
        let code = FunctionCode::builder()
            .s3_bucket(&wanted.code.bucket)
            .s3_key(&wanted.code.key)
            .build();
        for _ in 0..TRIES {
            let made = self
                .client
                .create_function()
                .function_name(&wanted.name)
                .description(described(&wanted.code))
                .runtime(Runtime::from(wanted.runtime.as_str()))
                .handler(&wanted.handler)
                .architectures(Architecture::from(wanted.architecture.as_str()))
                .role(role_arn)
                .code(code.clone())
                .memory_size(wanted.memory)
                .timeout(wanted.seconds)
                .environment(environment(wanted))
                .logging_config(logging(wanted))
                .set_tags(Some(tags(wanted)))
                .send()
                .await;
            match made {
                Ok(_) => return Ok(()),
                // What an answer that was lost had made is there by now.
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(CreateFunctionError::is_resource_conflict_exception) =>
                {
                    return Ok(());
                }
                Err(error) if is_unseen(&error) => tokio::time::sleep(UNSEEN).await,
                Err(error) => return Err(ServiceError::new(OPERATION, &error)),
            }
        }
        Err(unsettled(OPERATION, "RoleNotSeenYet"))
    }

    async fn change_code(&self, wanted: &WantedFunction) -> Result<(), ServiceError> {
        self.client
            .update_function_code()
            .function_name(&wanted.name)
            .s3_bucket(&wanted.code.bucket)
            .s3_key(&wanted.code.key)
            .send()
            .await
            .map_err(|error| ServiceError::new("lambda:UpdateFunctionCode", &error))?;
        Ok(())
    }

    async fn change(&self, wanted: &WantedFunction, role_arn: &str) -> Result<(), ServiceError> {
        self.client
            .update_function_configuration()
            .function_name(&wanted.name)
            .description(described(&wanted.code))
            .runtime(Runtime::from(wanted.runtime.as_str()))
            .handler(&wanted.handler)
            .role(role_arn)
            .memory_size(wanted.memory)
            .timeout(wanted.seconds)
            .environment(environment(wanted))
            .logging_config(logging(wanted))
            .send()
            .await
            .map_err(|error| ServiceError::new("lambda:UpdateFunctionConfiguration", &error))?;
        Ok(())
    }
}

/// Whether Lambda does not see the role yet: it says that of roles that were just made.
fn is_unseen<R>(error: &aws_sdk_lambda::error::SdkError<CreateFunctionError, R>) -> bool {
    let refused = error.as_service_error();
    let refused = refused.filter(|error| error.is_invalid_parameter_value_exception());
    let message = refused.and_then(|error| error.meta().message());
    message.is_some_and(|message| message.contains("role"))
        && !planted::is_on("role-has-to-be-seen-at-once")
}

fn environment(wanted: &WantedFunction) -> Environment {
    let variables: HashMap<String, String> = wanted.environment.clone().into_iter().collect();
    Environment::builder()
        .set_variables(Some(variables))
        .build()
}

/// What a managed runtime writes is text; what we write is JSON by itself.
fn logging(wanted: &WantedFunction) -> LoggingConfig {
    LoggingConfig::builder()
        .log_format(LogFormat::Text)
        .log_group(&wanted.log_group)
        .build()
}

fn tags(wanted: &WantedFunction) -> HashMap<String, String> {
    wanted.tags.clone().into_iter().collect()
}
