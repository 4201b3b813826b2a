//! What is to be done about extensions beside registering what is uploaded. It goes by the same queue, so that
//! one function alone makes and removes what is a tenant's.

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};

/// Something to be done. Done twice, it is done once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Task {
    /// Remove an extension that is on its way out.
    Remove {
        /// Whose.
        tenant: TenantId,
        /// Which.
        extension: ExtensionName,
    },
    /// Make sure that a tenant's host is there and as it should be, and so are the functions of its extensions;
    /// or that nothing is there, if it has none.
    Mend {
        /// Whose.
        tenant: TenantId,
    },
    /// Remove what there is under the name of an extension that is not there.
    Sweep {
        /// Whose it was.
        tenant: TenantId,
        /// Which.
        extension: ExtensionName,
    },
}

/// Has things done: `sqs:SendMessage` on the queue of uploads.
#[derive(Debug, Clone)]
pub struct TaskSender {
    client: Client,
    queue_url: String,
}

impl TaskSender {
    /// A sender to the queue at `queue_url`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, queue_url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            queue_url: queue_url.into(),
        }
    }

    /// Has it done.
    pub async fn send(&self, task: &Task) -> Result<(), ServiceError> {
        let body = serde_json::json!(task).to_string();
        let sent = self.client.send_message().queue_url(&self.queue_url);
        sent.message_body(body)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}
