//! Code in a function of its own, called and waited for.

use std::time::Duration;

use aws_sdk_lambda::{
    Client,
    primitives::Blob,
    types::{InvocationType, LogType},
};
use aws_types::SdkConfig;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lambda_kit::{
    aws::{CallBudget, apply_budget},
    config::{ConfigError, Environment},
    error::ServiceError,
};
use serde_json::Value;
use tenancy::TenantId;

use super::{CodeError, Run, Taken, Went};

/// A function runs for a minute at most. It is called once: what is tried again is the run.
const BUDGET: CallBudget = CallBudget {
    attempt_timeout: Duration::from_secs(65),
    operation_timeout: Duration::from_secs(66),
    max_attempts: 1,
};

/// Calls functions: `lambda:InvokeFunction` on those of the tenant.
#[derive(Debug)]
pub(super) struct Functions {
    client: Client,
    /// As whom it is called, where functions keep tenants apart by themselves.
    isolated_as: Option<String>,
}

impl Functions {
    pub(super) fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        tenant: &TenantId,
    ) -> Result<Self, ConfigError> {
        let is_isolated = environment.required("TENANT_ISOLATION")? == "true";
        Ok(Self {
            client: Client::new(&apply_budget(sdk.to_builder(), &BUDGET).build()),
            isolated_as: is_isolated.then(|| tenant.to_string()),
        })
    }

    pub(super) async fn run(&self, function: &str, run: Run<'_>) -> Result<Went, CodeError> {
        let answer = self
            .client
            .invoke()
            .function_name(function)
            .invocation_type(InvocationType::RequestResponse)
            .log_type(LogType::Tail)
            .set_tenant_id(self.isolated_as.clone())
            .payload(Blob::new(run.event))
            .send()
            .await
            .map_err(|error| ServiceError::new("lambda:Invoke", &error))?;
        let log = answer.log_result.unwrap_or_default();
        let log = BASE64_STANDARD.decode(log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        let taken = taken(&log);
        Ok(if answer.function_error.is_none() {
            Went {
                answered: Ok(said(payload)),
                log,
                taken,
            }
        } else {
            let (cause, message) = failure(&payload);
            Went {
                answered: Err(cause),
                log: format!("{log}{message}"),
                taken,
            }
        })
    }
}

/// A function that returns nothing returns `null`.
fn said(payload: Vec<u8>) -> Vec<u8> {
    if payload == b"null" {
        Vec::new()
    } else {
        payload
    }
}

/// Why a function failed, and what it said of that.
fn failure(payload: &[u8]) -> (&'static str, String) {
    let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
    let text = |name: &str| {
        let text = payload.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (kind, message) = (text("errorType"), text("errorMessage"));
    let cause = if message.contains("Task timed out") || kind == "Sandbox.Timedout" {
        "out-of-time"
    } else if kind == "Runtime.OutOfMemory" {
        "out-of-memory"
    } else {
        "failed"
    };
    (cause, format!("{kind}: {message}"))
}

/// What the platform's own line at the end of the log says that it took.
fn taken(log: &str) -> Taken {
    let report = log.lines().rfind(|line| line.starts_with("REPORT "));
    let report = report.unwrap_or_default();
    let number = |after: &str| -> Option<f64> {
        let (_, rest) = report.split_once(after)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let milliseconds = number("\tDuration: ").or_else(|| number(" Duration: "));
    let duration = milliseconds.and_then(|ms| Duration::try_from_secs_f64(ms / 1_000.0).ok());
    let mebibytes = number("Max Memory Used: ");
    Taken {
        duration: duration.unwrap_or_default(),
        fuel: None,
        memory: mebibytes.and_then(|mib| {
            let mib = Duration::try_from_secs_f64(mib).ok()?.as_secs();
            mib.checked_mul(1024 * 1024)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_function_took_stands_in_the_last_line_of_its_log() {
        let log = "START RequestId: 1\nhello REPORT\nREPORT RequestId: 1\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n";
        let taken = taken(log);
        assert_eq!(taken.duration, Duration::from_micros(12_500));
        assert_eq!(taken.memory, Some(40 * 1024 * 1024));
        assert_eq!(super::taken("").duration, Duration::ZERO);
    }

    #[test]
    fn a_function_that_fails_says_why() {
        let timed_out = br#"{"errorMessage":"2026-01-15 Task timed out after 3.00 seconds"}"#;
        assert_eq!(failure(timed_out).0, "out-of-time");
        let raised = br#"{"errorType":"ValueError","errorMessage":"no"}"#;
        assert_eq!(failure(raised), ("failed", "ValueError: no".to_owned()));
        assert_eq!(failure(b"nonsense").0, "failed");
    }
}
