//! Which operators were subscribed, so that SNS does not ask them again and again.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{is_refused, names, number, text},
    error::ServiceError,
};

/// The partition of those who were subscribed.
const SUBSCRIPTION: &str = "subscription";

/// For how long that is remembered. SNS gives up what nobody confirms after two days; whoever missed that is
/// asked again by the next mail after this.
const REMEMBERED: Duration = Duration::from_hours(15 * 24);

/// Notes who was subscribed: `dynamodb:GetItem` and `PutItem` on the table `config`.
#[derive(Debug, Clone)]
pub(crate) struct SubscriptionStore {
    client: Client,
    table: String,
    clock: Clock,
}

impl SubscriptionStore {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// Whether the address of that digest was subscribed of late.
    pub(crate) async fn is_known(&self, digest: &str) -> Result<bool, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("kind", text(SUBSCRIPTION))
            .key("record_id", text(digest))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.unwrap_or_default();
        let until = row.get("expires_at").and_then(|until| until.as_n().ok());
        let until = until.and_then(|until| until.parse::<i64>().ok());
        Ok(until.is_some_and(|until| until > self.clock.now().as_second()))
    }

    /// Notes that it is. Who noted it meanwhile is right as well.
    pub(crate) async fn note(&self, digest: &str) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let until = later(now, REMEMBERED).as_second();
        let noted = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("kind", text(SUBSCRIPTION))
            .item("record_id", text(digest))
            .item("expires_at", number(until))
            .condition_expression("attribute_not_exists(#kind) OR #expires_at <= :now")
            .set_expression_attribute_names(Some(names(&["kind", "expires_at"])))
            .expression_attribute_values(":now", number(now.as_second()))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error)),
        }
    }
}
