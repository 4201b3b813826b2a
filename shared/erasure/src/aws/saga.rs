//! Starting the state machine.

use aws_sdk_sfn::Client;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use identity::ErasureId;
use lambda_kit::error::ServiceError;
use serde_json::json;

/// Starts the erasure's state machine: `states:StartExecution`.
#[derive(Debug, Clone)]
pub struct SagaStarter {
    client: Client,
    machine: String,
}

impl SagaStarter {
    /// A starter of the state machine with the ARN `machine`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, machine: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            machine: machine.into(),
        }
    }

    /// Starts the erasure, unless that was done before: an execution goes by the erasure's id, of
    /// which there is one only.
    pub async fn start(&self, id: &ErasureId) -> Result<(), ServiceError> {
        let started = self
            .client
            .start_execution()
            .state_machine_arn(&self.machine)
            .name(id.as_str())
            .input(json!({ "erasure_id": id }).to_string())
            .send()
            .await;
        let Err(error) = started else { return Ok(()) };
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        if code == Some("ExecutionAlreadyExists") {
            return Ok(());
        }
        Err(ServiceError::new("states:StartExecution", &error))
    }
}
