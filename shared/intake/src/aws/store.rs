//! Accepting an event: one conditional write, after which it is there for good.

use aws_sdk_dynamodb::{Client, types::ReturnValuesOnConditionCheckFailure::AllOld};
use cloudevent::Incoming;
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, number, refused_put, text},
    error::ServiceError,
    objects::ObjectWriter,
    planted,
};
use serde::Deserialize;
use tenancy::{PartnerId, TenantId};

use crate::EventItem;

/// What an object of the bucket is.
const MEDIA_TYPE: &str = "application/cloudevents+json";

/// Accepts events: `dynamodb:PutItem` and `GetItem` on the events, `s3:PutObject` in the bucket.
#[derive(Debug, Clone)]
pub struct EventStore {
    client: Client,
    table: String,
    bucket: String,
    objects: ObjectWriter,
    clock: Clock,
}

/// Who sends, and by which request.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its partner.
    pub partner: &'a PartnerId,
    /// The request.
    pub request_id: &'a str,
    /// Whether it came from the browser of whom it tells, with Global Privacy Control. Of a machine it
    /// never does: its headers say nothing of the people of whom it speaks.
    pub gpc: bool,
}

/// That an event is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// By this call.
    Accepted,
    /// The very same was there before.
    Duplicate,
}

/// Why an event was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Another event of the sender has its source and id.
    #[error("another event has the id")]
    Taken,
    /// A service did not do it.
    #[error("an event can't be kept")]
    Service(#[from] ServiceError),
    /// A row that is not of the agreed shape.
    #[error("a row of an event can't be read")]
    Malformed,
}

/// A row, as far as it tells whether it is of the same event.
#[derive(Deserialize)]
struct Kept {
    digest: String,
    expires_at: i64,
}

impl EventStore {
    /// A store in `table`, and in `bucket` for what no row holds.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
        clock: Clock,
    ) -> Self {
        let bucket = bucket.into();
        Self {
            client: Client::new(sdk),
            table: table.into(),
            objects: ObjectWriter::new(sdk, bucket.clone()),
            bucket,
            clock,
        }
    }

    /// Accepts an event, once: whoever sends it again under the same `source` and `id` within 15 days
    /// is told so. When this returns, it is durable.
    pub async fn accept(
        &self,
        event: &Incoming,
        from: Sender<'_>,
    ) -> Result<Acceptance, AcceptError> {
        let now = self.clock.now();
        let whose = (from.tenant, from.partner);
        let (mut item, beside) = EventItem::new(event, whose, from.request_id, &self.bucket, now);
        item.gpc = from.gpc;
        if let Some(body) = beside
            // Boxed: it reaches deep into the SDK and is kilobytes.
            && let Some(answer) = Box::pin(self.put_beside(&item, body, now)).await?
        {
            return Ok(answer);
        }
        let put = put(&self.client, &self.table, &item, now).await;
        if planted::is_on("event-accepted-unkept") && put.is_err() {
            return Ok(Acceptance::Accepted);
        }
        put
    }

    /// Puts the body into the bucket before its row, unless the row is there; then its answer is.
    async fn put_beside(
        &self,
        item: &EventItem,
        body: String,
        now: Timestamp,
    ) -> Result<Option<Acceptance>, AcceptError> {
        // Else the body of somebody who was erased would lie there again.
        if let Some(answer) = find(&self.client, &self.table, item, now).await? {
            return Ok(Some(answer));
        }
        let key = item.body_key.as_deref().unwrap_or_default();
        self.objects
            .create(key, MEDIA_TYPE, body.into_bytes())
            .await?;
        Ok(None)
    }
}

/// What became of `item` before; `None` if nothing did, or that has run out.
pub(super) async fn find(
    client: &Client,
    table: &str,
    item: &EventItem,
    now: Timestamp,
) -> Result<Option<Acceptance>, AcceptError> {
    let before = client
        .get_item()
        .table_name(table)
        .key("event", text(item.event.as_str()))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
    let Some(row) = before.item else {
        return Ok(None);
    };
    known(item, row, now)?.transpose()
}

/// The one write that accepts `item`, unless another event has its key.
pub(super) async fn put(
    client: &Client,
    table: &str,
    item: &EventItem,
    now: Timestamp,
) -> Result<Acceptance, AcceptError> {
    let row = serde_dynamo::to_item(item).map_err(|_| AcceptError::Malformed)?;
    let put = client.put_item().table_name(table).set_item(Some(row));
    let put = if planted::is_on("event-put-unconditionally") {
        put
    } else {
        // What has run out is as good as gone, though DynamoDB takes days to remove it.
        put.condition_expression("attribute_not_exists(#event) OR expires_at < :now")
            .expression_attribute_names("#event", "event")
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values_on_condition_check_failure(AllOld)
    };
    let Err(error) = put.send().await else {
        return Ok(Acceptance::Accepted);
    };
    match refused_put(&error) {
        Some(row) => known(item, row, now)?.unwrap_or(Err(AcceptError::Malformed)),
        None => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
    }
}

/// What a row says of `item`, which has its key; `None` if it has run out and says nothing any more.
fn known(
    item: &EventItem,
    row: Row,
    now: Timestamp,
) -> Result<Option<Result<Acceptance, AcceptError>>, AcceptError> {
    let kept: Kept = serde_dynamo::from_item(row).map_err(|_| AcceptError::Malformed)?;
    if kept.expires_at < now.as_second() {
        return Ok(None);
    }
    let is_same =
        kept.digest == item.digest && !planted::is_on("duplicate-event-taken-for-another");
    Ok(Some(if is_same {
        Ok(Acceptance::Duplicate)
    } else {
        Err(AcceptError::Taken)
    }))
}
