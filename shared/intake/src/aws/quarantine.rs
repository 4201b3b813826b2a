//! The table `quarantine`.

use aws_sdk_dynamodb::{
    Client, operation::put_item::builders::PutItemFluentBuilder,
    types::ReturnValuesOnConditionCheckFailure::AllOld,
};
use lambda_kit::{
    dynamodb::{Row, is_refused, names, number, refused_put, text},
    error::ServiceError,
    objects::ObjectWriter,
};
use tenancy::{PartnerId, TenantId};

use super::objects::{object, whole};
use crate::{
    ReadError, RejectedItem, RejectedState,
    rejected::{KeptBefore, sender},
};

/// As many as a page has.
const PAGE: i32 = 50;

/// What an object beside a row is: whatever came.
const MEDIA_TYPE: &str = "application/octet-stream";

/// Keeps refused events: `dynamodb:PutItem` on the quarantine, and `s3:PutObject` in the bucket.
#[derive(Debug, Clone)]
pub struct QuarantineWriter {
    client: Client,
    table: String,
    objects: ObjectWriter,
}

impl QuarantineWriter {
    /// A writer to `table`, and to `bucket` for what no row holds.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            objects: ObjectWriter::new(sdk, bucket),
        }
    }

    /// Keeps `item`, whose bytes are `raw`. What is kept already is kept for as long as if it came now,
    /// and says why it is refused now.
    pub async fn keep(&self, item: &RejectedItem, raw: &[u8]) -> Result<(), ReadError> {
        if let Some(key) = &item.raw_key {
            self.objects.create(key, MEDIA_TYPE, raw.to_vec()).await?;
        }
        // What has run out is as good as gone, though DynamoDB takes days to remove it.
        let put = self
            .put(item)?
            .condition_expression("attribute_not_exists(rejected_id) OR expires_at < :now")
            .expression_attribute_values(":now", number(item.received_at.as_second()))
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = put.send().await else {
            return Ok(());
        };
        let Some(row) = refused_put(&error) else {
            return Err(ServiceError::new("dynamodb:PutItem", &error).into());
        };
        let before: KeptBefore = serde_dynamo::from_item(row).map_err(|_| ReadError::Malformed)?;
        match item.in_place_of(&before) {
            Some(renewed) => self.renew(&renewed, &before).await,
            None => Ok(()),
        }
    }

    /// Puts `item` in the place of `before`, unless something became of that meanwhile.
    async fn renew(&self, item: &RejectedItem, before: &KeptBefore) -> Result<(), ReadError> {
        let put = self
            .put(item)?
            .condition_expression("expires_at = :seen AND #state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":seen", number(before.expires_at))
            .expression_attribute_values(":state", text(before.state.as_str()));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
        }
    }

    fn put(&self, item: &RejectedItem) -> Result<PutItemFluentBuilder, ReadError> {
        let row = serde_dynamo::to_item(item).map_err(|_| ReadError::Malformed)?;
        let put = self.client.put_item().table_name(&self.table);
        Ok(put.set_item(Some(row)))
    }
}

/// Reads refused events and marks them: `dynamodb:Query`, `GetItem` and `UpdateItem` on the
/// quarantine, and `s3:GetObject` and, so as to be told what is gone, `s3:ListBucket` in the bucket.
#[derive(Debug, Clone)]
pub struct QuarantineReader {
    client: Client,
    table: String,
    objects: aws_sdk_s3::Client,
    bucket: String,
}

/// Some refused events, and after which id more of them follow.
#[derive(Debug)]
pub struct RejectedPage {
    /// The events, without what came.
    pub rejected: Vec<RejectedItem>,
    /// Where to go on.
    pub next: Option<String>,
}

impl QuarantineReader {
    /// A reader of `table`, and of `bucket` for what no row holds.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            objects: aws_sdk_s3::Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Those of the partner after `after`, by their ids.
    pub async fn list(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        after: Option<&str>,
    ) -> Result<RejectedPage, ReadError> {
        let whose = sender(tenant, partner);
        let told = [
            "sender",
            "rejected_id",
            "surface",
            "received_at",
            "problem",
            "event_id",
            "bytes",
            "digest",
            "state",
            "expires_at",
        ];
        let projection: Vec<String> = told.iter().map(|name| format!("#{name}")).collect();
        let start = after.map(|after| key(&whose, after));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#sender = :sender")
            .set_expression_attribute_names(Some(names(&told)))
            .expression_attribute_values(":sender", text(&whose))
            .projection_expression(projection.join(", "))
            .set_exclusive_start_key(start)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.and_then(|key| {
            let id = key.get("rejected_id")?.as_s().ok()?;
            Some(id.clone())
        });
        let rows = answer.items.unwrap_or_default();
        Ok(RejectedPage {
            rejected: serde_dynamo::from_items(rows).map_err(|_| ReadError::Malformed)?,
            next,
        })
    }

    /// One of the partner's.
    pub async fn find(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        id: &str,
    ) -> Result<Option<RejectedItem>, ReadError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(&sender(tenant, partner), id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ReadError::Malformed)
    }

    /// What came, to the byte; `None` if it is not kept any more.
    pub async fn raw(&self, item: &RejectedItem) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(key) = &item.raw_key else {
            return Ok(item.bytes());
        };
        match object(&self.objects, &self.bucket, key).await? {
            Some(object) => Ok(Some(whole(object.body).await?)),
            None => Ok(None),
        }
    }

    /// Notes that it was sent again and taken.
    pub async fn resubmitted(&self, item: &RejectedItem) -> Result<(), ReadError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&item.sender, &item.rejected_id)))
            .update_expression("SET #state = :resubmitted")
            .condition_expression("#state = :waiting")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":resubmitted", text(RejectedState::Resubmitted.as_str()))
            .expression_attribute_values(":waiting", text(RejectedState::Waiting.as_str()))
            .send()
            .await;
        match update {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }
}

fn key(sender: &str, id: &str) -> Row {
    Row::from([
        ("sender".to_owned(), text(sender)),
        ("rejected_id".to_owned(), text(id)),
    ])
}
