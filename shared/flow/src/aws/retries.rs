//! Looking again later.

use aws_sdk_scheduler::{
    operation::create_schedule::CreateScheduleError,
    types::{
        ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target,
    },
};
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::error::ServiceError;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::unmakeable;

/// As many bytes of a digest as tell one try from every other.
const NAME_BYTES: usize = 16;

/// Has a flow looked at once, later: `scheduler:CreateSchedule` in one group, and `iam:PassRole` on the
/// role by which Scheduler calls the function.
#[derive(Debug, Clone)]
pub struct RetryScheduler {
    client: aws_sdk_scheduler::Client,
    group: String,
    function_arn: String,
    role_arn: String,
}

impl RetryScheduler {
    /// One that has `function_arn` called, by `role_arn`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, group: &str, function_arn: &str, role_arn: &str) -> Self {
        Self {
            client: aws_sdk_scheduler::Client::new(sdk),
            group: group.to_owned(),
            function_arn: function_arn.to_owned(),
            role_arn: role_arn.to_owned(),
        }
    }

    /// Has `flow` looked at once at `at`. The same `token` again is the same look.
    pub async fn look_at(
        &self,
        flow: &str,
        token: &str,
        at: Timestamp,
    ) -> Result<(), ServiceError> {
        const OPERATION: &str = "scheduler:CreateSchedule";
        let target = Target::builder()
            .arn(&self.function_arn)
            .role_arn(&self.role_arn)
            .input(json!({ "retry": { "flow": flow } }).to_string())
            .retry_policy(RetryPolicy::builder().maximum_retry_attempts(2).build())
            .build()
            .map_err(|_| unmakeable(OPERATION))?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|_| unmakeable(OPERATION))?;
        let created = self
            .client
            .create_schedule()
            .name(name_of(token))
            .group_name(&self.group)
            .schedule_expression(expression(at))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .target(target)
            .action_after_completion(ActionAfterCompletion::Delete)
            .client_token(name_of(token))
            .send()
            .await;
        match created {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateScheduleError::is_conflict_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(ServiceError::new(OPERATION, &error)),
        }
    }
}

/// `at(2026-01-15T09:01:01)`: the next whole second, so that the try is due by then.
fn expression(at: Timestamp) -> String {
    let next = Timestamp::from_second(at.as_second().saturating_add(1)).unwrap_or(at);
    next.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
}

fn name_of(token: &str) -> String {
    let digest = Sha256::digest(token);
    let hex = digest.iter().take(NAME_BYTES);
    let hex: Vec<String> = hex.map(|byte| format!("{byte:02x}")).collect();
    format!("flow-retry-{}", hex.concat())
}
