//! The table `quarantine`.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{Row, is_refused, names, text},
    error::ServiceError,
};
use tenancy::{PartnerId, TenantId};

use crate::{ReadError, RejectedItem, rejected::sender};

/// As many as a page has.
const PAGE: i32 = 50;

/// Keeps refused events: `dynamodb:PutItem` on the quarantine.
#[derive(Debug, Clone)]
pub struct QuarantineWriter {
    client: Client,
    table: String,
}

impl QuarantineWriter {
    /// A writer to `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Keeps `item`, unless it is kept already.
    pub async fn keep(&self, item: &RejectedItem) -> Result<(), ReadError> {
        let row = serde_dynamo::to_item(item).map_err(|_| ReadError::Malformed)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(rejected_id)")
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
        }
    }
}

/// Reads refused events and marks them: `dynamodb:Query`, `GetItem` and `UpdateItem` on the
/// quarantine.
#[derive(Debug, Clone)]
pub struct QuarantineReader {
    client: Client,
    table: String,
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
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
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
            .expression_attribute_values(":resubmitted", text("resubmitted"))
            .expression_attribute_values(":waiting", text("waiting"))
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
