//! Having modules compiled, by a function of its own.

use std::time::Duration;

use aws_sdk_lambda::{Client, primitives::Blob};
use aws_types::SdkConfig;
use lambda_kit::{Retry, aws::CallBudget, aws::apply_budget, error::ServiceError};
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};

/// How long compiling may take: longer than the function's own time limit, so that it is heard of.
const BUDGET: CallBudget = CallBudget {
    attempt_timeout: Duration::from_secs(70),
    operation_timeout: Duration::from_secs(75),
    max_attempts: 2,
};

/// Has modules compiled: `lambda:InvokeFunction` on the one function that does.
#[derive(Debug, Clone)]
pub struct ModuleCompiler {
    client: Client,
    function: String,
}

/// What is to be compiled.
#[derive(Debug, Clone, Serialize)]
pub struct ToCompile<'a> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Of which extension.
    pub extension: &'a ExtensionName,
    /// The SHA-256 of the module, in hexadecimal digits.
    pub sha256: &'a str,
    /// Where it lies.
    pub code_key: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compiled {
    /// It is there.
    Compiled {
        /// Where, for the engine that there is.
        key: String,
    },
    /// It is nothing that is run.
    Refused {
        /// Why, and what to do about it.
        problems: Vec<String>,
    },
}

impl ModuleCompiler {
    /// By the function of that name.
    #[must_use]
    pub fn new(sdk: &SdkConfig, function: impl Into<String>) -> Self {
        let sdk = apply_budget(sdk.to_builder(), &BUDGET).build();
        Self {
            client: Client::new(&sdk),
            function: function.into(),
        }
    }

    /// Has a module compiled, and waits for it. Compiled twice, it is compiled once.
    pub async fn compile(&self, module: &ToCompile<'_>) -> Result<Compiled, ServiceError> {
        const OPERATION: &str = "lambda:InvokeFunction";
        let payload = serde_json::json!(module).to_string();
        let answered = self
            .client
            .invoke()
            .function_name(&self.function)
            .payload(Blob::new(payload))
            .send()
            .await
            .map_err(|error| ServiceError::new(OPERATION, &error))?;
        let failed = |code: &str| ServiceError {
            operation: OPERATION,
            code: code.to_owned(),
            retry: Retry::MayHelp,
        };
        if answered.function_error.is_some() {
            return Err(failed("FunctionError"));
        }
        let payload = answered.payload.map(Blob::into_inner).unwrap_or_default();
        serde_json::from_slice(&payload).map_err(|_| failed("UnreadableAnswer"))
    }
}
