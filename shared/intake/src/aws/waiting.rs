//! The table `waiting`: which events wait for whom nobody knows yet, each under the keyed hash of an
//! identifier by which they may come to be known.

use aws_sdk_dynamodb::{Client, operation::query::QueryOutput};
use event::{RELAY_SHARDS, relay_at};
use futures_util::future::try_join_all;
use identity::{Identifier, IdentifierKey};
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, is_refused, number, text},
    error::ServiceError,
    planted,
};
use serde::Deserialize;

use super::ReadError;
use crate::{EventItem, EventKey};

/// By how many seconds an event waits less long than it is kept: whoever it is told to again has to find
/// it there.
const AHEAD: i64 = 60 * 60;

/// How many events are told of again at once.
const PAGE: i32 = 25;

/// Lets events wait: `dynamodb:PutItem` on the table.
#[derive(Debug, Clone)]
pub struct WaitingWriter {
    client: Client,
    table: String,
    key: IdentifierKey,
    clock: Clock,
}

/// Lets events that waited be told of again: `dynamodb:Query` and `DeleteItem` on the table, and
/// `dynamodb:UpdateItem` on the events.
#[derive(Debug, Clone)]
pub struct WaitingEvents {
    client: Client,
    table: String,
    events: String,
    clock: Clock,
}

/// What became of the events that waited under an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldAgain {
    /// How many are told of again.
    pub events: u64,
    /// Whether that is all of them.
    pub is_all: bool,
}

/// A row of the table.
#[derive(Debug, Deserialize)]
struct WaitingItem {
    identifier: String,
    event: EventKey,
    expires_at: i64,
}

impl WaitingWriter {
    /// A writer to `table`, whose keys are made under `key`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        key: IdentifierKey,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            key,
            clock,
        }
    }

    /// Lets `item` wait for whoever comes to be known by one of `identifiers`; `false` if there is none,
    /// or no time left. Done twice, it is done once. Whoever calls this looks afterwards whether somebody
    /// came to be known in between: of them it was told before the event waited.
    pub async fn wait(
        &self,
        item: &EventItem,
        identifiers: &[Identifier],
    ) -> Result<bool, ServiceError> {
        let until = item.expires_at.saturating_sub(AHEAD);
        if identifiers.is_empty() || until <= self.clock.now().as_second() {
            return Ok(false);
        }
        // Boxed: each reaches deep into the SDK and is kilobytes.
        let puts = identifiers.iter();
        let puts = puts.map(|identifier| Box::pin(self.put(identifier, &item.event, until)));
        try_join_all(puts).await?;
        Ok(true)
    }

    async fn put(
        &self,
        identifier: &Identifier,
        event: &EventKey,
        until: i64,
    ) -> Result<(), ServiceError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("identifier", text(identifier.key(&self.key)))
            .item("event", text(event.as_str()))
            .item("expires_at", number(until))
            // One of an event that had the key before runs out too early for this one.
            .condition_expression("attribute_not_exists(#event) OR expires_at < :until")
            .expression_attribute_names("#event", "event")
            .expression_attribute_values(":until", number(until))
            .send()
            .await;
        match put {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error)),
        }
    }
}

impl WaitingEvents {
    /// What waits in `table`, of the events in the table `events`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        events: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            events: events.into(),
            clock,
        }
    }

    /// Lets the bus be told again of each event that waits under `identifier`, its key in the table
    /// `identifiers`, as far as `has_time` says. What is cut off goes on where it stopped.
    pub async fn tell_again(
        &self,
        identifier: &str,
        has_time: impl Fn() -> bool,
    ) -> Result<ToldAgain, ReadError> {
        let (mut events, mut start) = (0, None);
        while has_time() {
            let page = Box::pin(self.page(identifier, start)).await?;
            let rows = page.items.unwrap_or_default();
            let rows: Vec<WaitingItem> =
                serde_dynamo::from_items(rows).map_err(|_| ReadError::Malformed)?;
            let told = rows.iter().map(|row| Box::pin(self.tell_one(row)));
            let told = try_join_all(told).await?;
            events += told.into_iter().map(u64::from).sum::<u64>();
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(ToldAgain {
                    events,
                    is_all: true,
                });
            }
        }
        Ok(ToldAgain {
            events,
            is_all: false,
        })
    }

    /// Some of what waits, as it is now: whatever waits by when its identifier is claimed is found.
    async fn page(&self, identifier: &str, from: Option<Row>) -> Result<QueryOutput, ServiceError> {
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("identifier = :identifier")
            .expression_attribute_values(":identifier", text(identifier))
            .limit(PAGE)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))
    }

    /// It waits until it is to be told of again, and no less long.
    async fn tell_one(&self, row: &WaitingItem) -> Result<bool, ServiceError> {
        if planted::is_on("waiting-forgotten-before-it-is-told") {
            self.forget(row).await?;
        }
        let is_there = row.expires_at > self.clock.now().as_second();
        let is_told = is_there && self.announce(&row.event).await?;
        self.forget(row).await?;
        Ok(is_told)
    }

    /// Puts an event back among those of which the bus is to be told; `false` if it says nothing any more.
    async fn announce(&self, event: &EventKey) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        let update = self
            .client
            .update_item()
            .table_name(&self.events)
            .key("event", text(event.as_str()))
            .update_expression("SET relay_shard = :shard, relay_at = :at, told_again_at = :now")
            .condition_expression(
                "attribute_exists(#event) AND attribute_not_exists(body_removed_at)",
            )
            .expression_attribute_names("#event", "event")
            .expression_attribute_values(":shard", text(event.shard(RELAY_SHARDS).to_string()))
            .expression_attribute_values(":at", text(relay_at(now)))
            .expression_attribute_values(":now", text(now.to_string()))
            .send()
            .await;
        match update {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error)),
        }
    }

    async fn forget(&self, row: &WaitingItem) -> Result<(), ServiceError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("identifier", text(&row.identifier))
            .key("event", text(row.event.as_str()))
            .condition_expression("attribute_exists(#event)")
            .expression_attribute_names("#event", "event")
            .send()
            .await;
        match delete {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:DeleteItem", &error)),
        }
    }
}
