//! Queues of tenants.

use std::collections::BTreeMap;

use aws_sdk_sqs::{Client, operation::get_queue_url::GetQueueUrlError, types::QueueAttributeName};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use serde_json::Value;

/// A queue as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedQueue {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// Makes, changes and removes queues: `sqs:CreateQueue`, `sqs:TagQueue`, `sqs:GetQueueUrl`,
/// `sqs:GetQueueAttributes`, `sqs:SetQueueAttributes` and `sqs:DeleteQueue` on those of tenants.
#[derive(Debug, Clone)]
pub(super) struct QueueKeeper {
    client: Client,
}

impl QueueKeeper {
    /// A keeper.
    #[must_use]
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Makes the queue, or makes it as it is to be; where it is.
    pub(super) async fn make(&self, wanted: &WantedQueue) -> Result<String, ServiceError> {
        let Some(url) = self.url(&wanted.name).await? else {
            return self.create(wanted).await;
        };
        if !self.differences(&url, wanted).await?.is_empty() {
            self.client
                .set_queue_attributes()
                .queue_url(&url)
                .set_attributes(Some(attributes(&wanted.attributes)))
                .send()
                .await
                .map_err(|error| ServiceError::new("sqs:SetQueueAttributes", &error))?;
        }
        Ok(url)
    }

    async fn create(&self, wanted: &WantedQueue) -> Result<String, ServiceError> {
        let made = self
            .client
            .create_queue()
            .queue_name(&wanted.name)
            .set_attributes(Some(attributes(&wanted.attributes)))
            .set_tags(Some(wanted.tags.clone().into_iter().collect()))
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:CreateQueue", &error))?;
        made.queue_url.ok_or_else(|| ServiceError {
            operation: "sqs:CreateQueue",
            code: "NoQueueUrl".to_owned(),
            retry: lambda_kit::Retry::MayHelp,
        })
    }

    /// What is wrong with the queue; `None` if it is not there.
    pub(super) async fn look(
        &self,
        wanted: &WantedQueue,
    ) -> Result<Option<Vec<String>>, ServiceError> {
        match self.url(&wanted.name).await? {
            Some(url) => self.differences(&url, wanted).await.map(Some),
            None => Ok(None),
        }
    }

    /// Removes a queue with what lies in it; one that is gone is removed.
    pub(super) async fn remove(&self, name: &str) -> Result<(), ServiceError> {
        let Some(url) = self.url(name).await? else {
            return Ok(());
        };
        let removed = self.client.delete_queue().queue_url(url).send().await;
        let removed = removed.map_err(|error| ServiceError::new("sqs:DeleteQueue", &error));
        match removed {
            Err(error) if is_gone(&error) => Ok(()),
            removed => removed.map(|_| ()),
        }
    }

    async fn url(&self, name: &str) -> Result<Option<String>, ServiceError> {
        let found = self.client.get_queue_url().queue_name(name).send().await;
        match found {
            Ok(found) => Ok(found.queue_url),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetQueueUrlError::is_queue_does_not_exist) =>
            {
                Ok(None)
            }
            Err(error) => Err(ServiceError::new("sqs:GetQueueUrl", &error)),
        }
    }

    /// Which attributes are not as they are to be.
    async fn differences(
        &self,
        url: &str,
        wanted: &WantedQueue,
    ) -> Result<Vec<String>, ServiceError> {
        let found = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:GetQueueAttributes", &error))?;
        let found = found.attributes.unwrap_or_default();
        let differs = |name: &&String| {
            let name = name.as_str();
            let there = found
                .get(&QueueAttributeName::from(name))
                .map(String::as_str);
            let wanted = wanted.attributes.get(name).map(String::as_str);
            // A stack of this machine's encrypts nothing, and says nothing of it.
            name != "SqsManagedSseEnabled" && !is_same(there, wanted)
        };
        Ok(wanted.attributes.keys().filter(differs).cloned().collect())
    }
}

/// Documents are the same whichever way they are written.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    let read = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    one == other || (one.is_some() && read(one).is_some() && read(one) == read(other))
}

pub(super) fn is_gone(error: &ServiceError) -> bool {
    error.code.contains("NonExistentQueue") || error.code == "QueueDoesNotExist"
}

fn attributes(
    wanted: &BTreeMap<String, String>,
) -> std::collections::HashMap<QueueAttributeName, String> {
    let all = wanted.iter();
    all.map(|(name, value)| (QueueAttributeName::from(name.as_str()), value.clone()))
        .collect()
}
