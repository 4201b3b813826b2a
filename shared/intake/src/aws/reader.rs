//! Reading accepted events, and what becomes of those of people who leave.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, operation::update_item::builders::UpdateItemFluentBuilder};
use cloudevent::Incoming;
use event::{RELAY_SHARDS, relay_at};
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{is_refused, text},
    error::ServiceError,
};

use super::objects::{object, whole};
use crate::{Body, EventItem, EventKey};

/// After how long an event is looked at again that waits for somebody to be gone or to stay.
const WAIT: Duration = Duration::from_mins(15);

/// Reads events: `dynamodb:GetItem` and `UpdateItem` on the events, `s3:GetObject`, `s3:DeleteObject`
/// and, so as to be told what is gone, `s3:ListBucket` in the bucket.
#[derive(Debug, Clone)]
pub struct EventReader {
    client: Client,
    objects: aws_sdk_s3::Client,
    table: String,
    bucket: String,
    clock: Clock,
}

/// Why an event can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A service did not do it.
    #[error("an event can't be read or changed")]
    Service(#[from] ServiceError),
    /// A row or a body that is not of the agreed shape.
    #[error("an event is not of the agreed shape")]
    Malformed,
}

impl EventReader {
    /// A reader of `table`, and of `bucket` for what no row holds.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            objects: aws_sdk_s3::Client::new(sdk),
            table: table.into(),
            bucket: bucket.into(),
            clock,
        }
    }

    /// The event as it is now; `None` if it has run out.
    pub async fn find(&self, key: &EventKey) -> Result<Option<EventItem>, ReadError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("event", text(key.as_str()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ReadError::Malformed)
    }

    /// What it says, without data that was uploaded; `None` if that was removed, since whom it was
    /// about was erased.
    pub async fn body(&self, item: &EventItem) -> Result<Option<Incoming>, ReadError> {
        let json = match item.body() {
            Body::Gone => return Ok(None),
            Body::Here(json) | Body::Uploaded { envelope: json, .. } => json.into_inner(),
            Body::Object { key } => {
                let Some(json) = self.object(&key).await? else {
                    // Whoever removed it was stopped before that was noted.
                    self.note_removed(item).await?;
                    return Ok(None);
                };
                json
            }
        };
        Incoming::from_json(&json)
            .map(Some)
            .ok_or(ReadError::Malformed)
    }

    async fn object(&self, key: &str) -> Result<Option<String>, ReadError> {
        let Some(object) = object(&self.objects, &self.bucket, key).await? else {
            return Ok(None);
        };
        let body = whole(object.body).await?;
        let json = String::from_utf8(body).map_err(|_| ReadError::Malformed)?;
        Ok(Some(json))
    }

    /// Removes what an event says. Its row stays, so that it is not accepted anew.
    pub async fn remove_body(&self, item: &EventItem) -> Result<(), ReadError> {
        if let Body::Object { key } | Body::Uploaded { key, .. } = item.body() {
            self.objects
                .delete_object()
                .bucket(&self.bucket)
                .key(key)
                .send()
                .await
                .map_err(|error| ServiceError::new("s3:DeleteObject", &error))?;
        }
        self.note_removed(item).await
    }

    async fn note_removed(&self, item: &EventItem) -> Result<(), ReadError> {
        let update = self
            .update(&item.event)
            .update_expression(
                "SET body_removed_at = :now REMOVE body, envelope, body_bucket, body_key, body_bytes",
            )
            .condition_expression(
                "attribute_exists(#event) AND attribute_not_exists(body_removed_at)",
            )
            .expression_attribute_values(":now", text(self.clock.now().to_string()));
        done(update).await
    }

    /// Lets an event be told of again in a while.
    pub async fn postpone(&self, item: &EventItem) -> Result<(), ReadError> {
        let at = later(self.clock.now(), WAIT);
        let shard = item.event.shard(RELAY_SHARDS).to_string();
        let update = self
            .update(&item.event)
            .update_expression("SET relay_shard = :shard, relay_at = :at")
            .condition_expression("attribute_exists(#event)")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":at", text(relay_at(at)));
        done(update).await
    }

    fn update(&self, key: &EventKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("event", text(key.as_str()))
            .expression_attribute_names("#event", "event")
    }
}

/// A refusal says that it was done before, or that the row has run out.
async fn done(update: UpdateItemFluentBuilder) -> Result<(), ReadError> {
    match update.send().await {
        Ok(_) => Ok(()),
        Err(error) if is_refused(&error) => Ok(()),
        Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
    }
}
