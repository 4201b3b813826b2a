//! Whose grants have run out.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use event::relay_at;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{dynamodb::text, error::ServiceError};

use super::{
    AudienceError,
    rows::{Membership, read},
};
use crate::{Audience, SHARDS};

/// The sparse index of memberships whose grant ends by itself.
const INDEX: &str = "by_expiry";

/// As many as are looked for at once.
const MOST: i32 = 25;

/// A grant whose time is over, by what the audience has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whose.
    pub profile_id: ProfileId,
    /// To whom and for what.
    pub audience: Audience,
}

/// How far a reader is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reached {
    shard: u8,
    after: Option<HashMap<String, AttributeValue>>,
}

/// Some of the grants whose time is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Expiring {
    /// Which.
    pub due: Vec<Due>,
    /// From where there may be more of them; `None` at the end.
    pub next: Option<Reached>,
}

/// Finds grants whose time is over: `dynamodb:Query` on the index `by_expiry` of the audiences.
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

    /// Some of the grants whose time is over at `now`, after `reached`. Those are among them whose end is
    /// on record, and who are on their way out of the audience.
    pub async fn expired(
        &self,
        now: Timestamp,
        reached: Reached,
    ) -> Result<Expiring, AudienceError> {
        let Reached { shard, after } = reached;
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .key_condition_expression("expiry_shard = :shard AND expires_at <= :now")
            .expression_attribute_values(":shard", text(shard.to_string()))
            .expression_attribute_values(":now", text(relay_at(now)))
            .set_exclusive_start_key(after)
            .limit(MOST)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let after = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let next = match after {
            Some(after) => Some(Reached {
                shard,
                after: Some(after),
            }),
            None => Some(shard + 1)
                .filter(|shard| *shard < SHARDS)
                .map(|shard| Reached { shard, after: None }),
        };
        let due = answer.items.unwrap_or_default().into_iter().map(due);
        Ok(Expiring {
            due: due.collect::<Result<_, _>>()?,
            next,
        })
    }
}

fn due(row: HashMap<String, AttributeValue>) -> Result<Due, AudienceError> {
    let membership: Membership = read(row)?;
    Ok(Due {
        profile_id: membership.profile_id,
        audience: membership.audience()?,
    })
}
