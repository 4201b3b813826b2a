//! Going through an audience, and reading its changes.

use std::collections::{HashMap, VecDeque};

use aws_sdk_dynamodb::{Client, operation::query::QueryOutput};
use futures_util::future::try_join_all;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{batch_get, text},
    error::ServiceError,
    planted,
};

use super::{
    AudienceError,
    rows::{ChangeItem, HEAD, Head, IndexItem, Membership, Row, change_part, key, read},
};
use crate::{Audience, Filter, Place, Positions, SHARDS};

/// As many rows of the index as are looked at for one page.
const MOST_EXAMINED: usize = 500;

/// Some of those who belong, and where the next ones are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub people: Vec<ProfileId>,
    /// `None` at the end.
    pub next: Option<Place>,
}

/// What became of somebody, as the audience saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub profile_id: ProfileId,
    /// Whether they left.
    pub is_gone: bool,
}

/// Some changes, each person once and at their last change, and the place after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// In the order in which they were seen; of one person, always in their order.
    pub changes: Vec<Change>,
    /// After them.
    pub next: Positions,
    /// Whether there are more by now.
    pub are_more: bool,
}

/// Reads audiences: `dynamodb:Query` and `BatchGetItem` on them.
#[derive(Debug, Clone)]
pub struct AudienceReader {
    client: Client,
    table: String,
}

impl AudienceReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// At most `most` of those of `audience` whom `filter` means, a hundred at most, from `place` on.
    /// Whoever belongs while all pages are read is on one of them, whatever is written meanwhile. A
    /// page may have fewer, or nobody, and not be the last.
    pub async fn list(
        &self,
        audience: &Audience,
        filter: &Filter,
        mut place: Place,
        most: usize,
    ) -> Result<Listed, AudienceError> {
        let mut people = Vec::new();
        let mut examined = 0;
        while place.shard < SHARDS && people.len() < most && examined < MOST_EXAMINED {
            let wanted = most - people.len();
            let found = self.indexed(audience, filter, &place, wanted).await?;
            let rows: Result<Vec<IndexItem>, _> =
                serde_dynamo::from_items(found.items.unwrap_or_default());
            let rows = rows.map_err(|_| AudienceError::Malformed)?;
            examined += rows.len();
            place = match rows.last() {
                Some(last) if found.last_evaluated_key.is_some() => Place {
                    after: Some(last.part.clone()),
                    ..place
                },
                _ => Place {
                    shard: place.shard + 1,
                    after: None,
                },
            };
            let found = rows.into_iter().map(|row| row.profile_id).collect();
            people.extend(self.admitted(audience, filter, found).await?);
        }
        let next = Some(place).filter(|place| place.shard < SHARDS);
        Ok(Listed { people, next })
    }

    /// Those of a shard whom the narrowest index of `filter` leads to, after `place`.
    async fn indexed(
        &self,
        audience: &Audience,
        filter: &Filter,
        place: &Place,
        most: usize,
    ) -> Result<QueryOutput, ServiceError> {
        let (first, last) = filter.range();
        // Right after a key comes the same key with a sign that no key goes on with.
        let first = place
            .after
            .as_ref()
            .map_or(first, |after| format!("{after}!"));
        self.between(&audience.partition(place.shard), &first, &last, most)
            .await
    }

    /// Those of `found` whom all of `filter` means, where the index answered only a part of it.
    async fn admitted(
        &self,
        audience: &Audience,
        filter: &Filter,
        found: Vec<ProfileId>,
    ) -> Result<Vec<ProfileId>, AudienceError> {
        if !filter.is_manifold() {
            return Ok(found);
        }
        let keys: Vec<Row> = found
            .iter()
            .map(|id| key(*id, audience.to_string()))
            .collect();
        let mut memberships = HashMap::new();
        for row in batch_get(&self.client, &self.table, &keys).await? {
            let membership: Membership = read(row)?;
            memberships.insert(membership.profile_id, membership.standing);
        }
        let is_meant = |id: &ProfileId| {
            let standing = memberships.get(id);
            standing.is_some_and(|standing| filter.admits(standing))
        };
        Ok(found.into_iter().filter(is_meant).collect())
    }

    /// The place after all changes that there are at `now`.
    pub async fn positions(
        &self,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Positions, AudienceError> {
        let shards = 0..SHARDS;
        let keys: Vec<Row> = shards
            .map(|shard| key(audience.partition(shard), HEAD))
            .collect();
        let mut numbers = [0; SHARDS as usize];
        for row in batch_get(&self.client, &self.table, &keys).await? {
            let head: Head = read(row)?;
            let shard = head.audience.rsplit('#').next();
            let shard: Option<usize> = shard.and_then(|shard| shard.parse().ok());
            let number = shard.and_then(|shard| numbers.get_mut(shard));
            *number.ok_or(AudienceError::Malformed)? = head.sequence;
        }
        Ok(Positions { at: now, numbers })
    }

    /// At most `most` changes of `audience` after `positions`, a hundred at most, as they are at
    /// `now`.
    pub async fn changes(
        &self,
        audience: &Audience,
        positions: &Positions,
        now: Timestamp,
        most: usize,
    ) -> Result<Changes, AudienceError> {
        let shards = (0..SHARDS).zip(positions.numbers);
        let shards = shards.map(|(shard, number)| {
            Box::pin(self.of_shard(audience.partition(shard), number, most))
        });
        let mut shards = try_join_all(shards).await?;
        let mut next = Positions {
            at: now,
            ..positions.clone()
        };
        let mut changes: Vec<Change> = Vec::new();
        for _ in 0..most {
            let Some((number, change)) = earliest(&mut shards, &mut next) else {
                break;
            };
            *number = change.sequence()? + u64::from(planted::is_on("feed-skips-one"));
            next.at = change.at;
            // Only the last change of a person counts.
            changes.retain(|earlier| earlier.profile_id != change.profile_id);
            changes.push(Change {
                profile_id: change.profile_id,
                is_gone: change.is_gone,
            });
        }
        let are_more = shards.iter().any(|shard| !shard.is_empty());
        if !are_more {
            next.at = now;
        }
        Ok(Changes {
            changes,
            next,
            are_more,
        })
    }

    /// The changes of a shard after the one of `number`, without a gap: what a number is missing
    /// before is being written at this moment, and is left to the next time.
    async fn of_shard(
        &self,
        shard: String,
        number: u64,
        most: usize,
    ) -> Result<VecDeque<ChangeItem>, AudienceError> {
        let first = change_part(number.saturating_add(1));
        let found = self.between(&shard, &first, "change#~", most + 1).await?;
        let rows: Result<Vec<ChangeItem>, _> =
            serde_dynamo::from_items(found.items.unwrap_or_default());
        let mut changes = VecDeque::new();
        let mut expected = number;
        for change in rows.map_err(|_| AudienceError::Malformed)? {
            expected += 1;
            if change.sequence()? != expected {
                break;
            }
            changes.push_back(change);
        }
        Ok(changes)
    }

    async fn between(
        &self,
        partition: &str,
        first: &str,
        last: &str,
        most: usize,
    ) -> Result<QueryOutput, ServiceError> {
        let limit = i32::try_from(most).unwrap_or(i32::MAX);
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("audience = :audience AND part BETWEEN :first AND :last")
            .expression_attribute_values(":audience", text(partition))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .limit(limit)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))
    }
}

/// Takes the earliest of the changes that come next in their shards, with the shard's number.
fn earliest<'a>(
    shards: &mut [VecDeque<ChangeItem>],
    next: &'a mut Positions,
) -> Option<(&'a mut u64, ChangeItem)> {
    let fronts = shards.iter().enumerate();
    let fronts = fronts.filter_map(|(shard, changes)| Some((changes.front()?.at, shard)));
    let (_, shard) = fronts.min()?;
    let change = shards.get_mut(shard)?.pop_front()?;
    Some((next.numbers.get_mut(shard)?, change))
}
