//! Whose grants have run out, which no event tells.

use aws_sdk_dynamodb::Client;
use event::relay_at;
use futures_util::future::try_join_all;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{dynamodb::text, error::ServiceError};

use super::{
    AudienceError,
    rows::{Membership, expiry_shards, read},
};

/// The sparse index of memberships whose grant ends by itself.
const INDEX: &str = "by_expiry";

/// As many as are looked for in one shard of the index at once.
const MOST: i32 = 25;

/// Some of those whose grants have run out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expiring {
    /// Who.
    pub people: Vec<ProfileId>,
    /// Whether there may be more of them.
    pub are_more: bool,
}

/// Finds those whose grants have run out: `dynamodb:Query` on the index `by_expiry` of the audiences.
#[derive(Debug, Clone)]
pub struct ExpiringReader {
    client: Client,
    table: String,
}

impl ExpiringReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The first of those whose grant has run out at `now`.
    pub async fn expired(&self, now: Timestamp) -> Result<Expiring, AudienceError> {
        let shards = expiry_shards().map(|shard| Box::pin(self.of_shard(shard, now)));
        let mut expiring = Expiring::default();
        for rows in try_join_all(shards).await? {
            expiring.are_more |= rows.len() >= usize::try_from(MOST).unwrap_or_default();
            expiring.people.extend(rows);
        }
        Ok(expiring)
    }

    async fn of_shard(
        &self,
        shard: String,
        now: Timestamp,
    ) -> Result<Vec<ProfileId>, AudienceError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .key_condition_expression("expiry_shard = :shard AND expires_at <= :now")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":now", text(relay_at(now)))
            .limit(MOST)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        rows.map(|row| Ok(read::<Membership>(row)?.profile_id))
            .collect()
    }
}
