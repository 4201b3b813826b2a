//! Keeping audiences: what a person's record says now is what their rows say.
//!
//! Whoever keeps a person's audiences reads the record anew, so it makes no difference which event
//! brought them here, how late it comes, and how often. They write only while the record still is as
//! they read it: of two who read different states, the one with the older state is refused.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, Put, TransactWriteItem, Update},
};
use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, number, put, transact, transact_put, unmakeable},
    error::ServiceError,
    planted,
};

use super::{
    AudienceError, MembershipReader,
    person::{PersonReader, Seen},
    rows::{ChangeItem, HEAD, Head, IndexItem, Membership, key, read},
};
use crate::{Audience, Standing, audience::shard_of, filter::indexed};

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 8;

/// Keeps people's audiences. On the profiles: `dynamodb:GetItem`, `Query`, `BatchGetItem` and
/// `ConditionCheckItem`; on the audiences: `GetItem`, `Query`, `PutItem`, `UpdateItem` and
/// `DeleteItem`.
#[derive(Debug, Clone)]
pub struct Projection {
    client: Client,
    table: String,
    memberships: MembershipReader,
    people: PersonReader,
    clock: Clock,
}

/// How many audiences were written to.
pub type Kept = usize;

/// A difference between what the record says and what an audience has.
struct Difference<'a> {
    audience: &'a Audience,
    before: Option<&'a Membership>,
    after: Option<&'a Standing>,
}

impl Projection {
    /// What keeps `audiences` by what `profiles` says.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        audiences: impl Into<String>,
        clock: Clock,
    ) -> Self {
        let table = audiences.into();
        Self {
            client: Client::new(sdk),
            memberships: MembershipReader::new(sdk, table.clone()),
            table,
            people: PersonReader::new(sdk, profiles),
            clock,
        }
    }

    /// Makes the audiences of `id` what the record says now. Done again, it writes nothing.
    pub async fn keep(&self, id: ProfileId) -> Result<Kept, AudienceError> {
        let mut kept = 0;
        for attempt in 0..ATTEMPTS {
            match self.try_keep(id, &mut kept).await {
                Err(AudienceError::Contended) => {
                    let pause = std::time::Duration::from_millis(10 << attempt);
                    tokio::time::sleep(pause).await;
                }
                outcome => return outcome.map(|()| kept),
            }
        }
        Err(AudienceError::Contended)
    }

    async fn try_keep(&self, id: ProfileId, kept: &mut Kept) -> Result<(), AudienceError> {
        let memberships: Vec<Membership> = self.memberships.of(id).await?;
        let Some(seen) = self.people.see(id).await? else {
            return Ok(());
        };
        let mut audiences: BTreeSet<Audience> = seen.standings.keys().cloned().collect();
        for membership in &memberships {
            audiences.insert(membership.audience()?);
        }
        for audience in &audiences {
            let part = audience.to_string();
            let difference = Difference {
                audience,
                before: memberships.iter().find(|each| each.part == part),
                after: seen.standings.get(audience),
            };
            if difference.is_any() {
                self.write(id, &difference, &seen).await?;
                *kept += 1;
            }
        }
        Ok(())
    }

    /// Writes one difference with its change and the count of changes, all or nothing.
    async fn write(
        &self,
        id: ProfileId,
        difference: &Difference<'_>,
        seen: &Seen,
    ) -> Result<(), AudienceError> {
        let shard = difference.audience.partition(shard_of(id));
        let head = self.head(&shard).await?;
        let sequence = head + 1;
        let mut items = Vec::new();
        if !planted::is_on("audience-of-an-older-state") {
            items.push(self.people.unchanged(&seen.witness)?);
        }
        items.push(self.membership(id, difference, sequence)?);
        items.extend(self.indexes(id, &shard, difference)?);
        let is_gone = difference.after.is_none();
        if !(is_gone && planted::is_on("audience-forgets-tombstone")) {
            let about = (id, difference.audience);
            let change = ChangeItem::new(about, sequence, is_gone, self.clock.now());
            let put = put(&self.table, &change)?;
            items.push(if planted::is_on("audience-number-given-twice") {
                transact_put(put)?
            } else {
                transact_put(put.condition_expression("attribute_not_exists(part)"))?
            });
        }
        items.push(self.advance(&shard, head)?);
        match transact(&self.client, items).await {
            Ok(()) => Ok(()),
            Err(TransactionFailure::Refused(_)) => Err(AudienceError::Contended),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// How many changes the shard has had.
    async fn head(&self, shard: &str) -> Result<u64, AudienceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(shard, HEAD)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let head: Option<Head> = answer.item.map(read).transpose()?;
        Ok(head.map_or(0, |head| head.sequence))
    }

    /// One change more, if nobody else made one meanwhile.
    fn advance(&self, shard: &str, head: u64) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(shard, HEAD)))
            .update_expression("SET #sequence = :next")
            .expression_attribute_names("#sequence", "sequence")
            .expression_attribute_values(":next", number(head + 1));
        let update = if planted::is_on("audience-number-given-twice") {
            update
        } else if head == 0 {
            update.condition_expression("attribute_not_exists(part)")
        } else {
            update
                .condition_expression("#sequence = :head")
                .expression_attribute_values(":head", number(head))
        };
        let update = update.build().map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The membership as it is from now on, if it still is what was read.
    fn membership(
        &self,
        id: ProfileId,
        difference: &Difference<'_>,
        sequence: u64,
    ) -> Result<TransactWriteItem, ServiceError> {
        let Difference {
            audience,
            before,
            after,
        } = difference;
        let unmoved = "#sequence = :before";
        let Some(standing) = after else {
            let before = before.ok_or_else(unmakeable)?;
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key(id, audience.to_string())))
                .condition_expression(unmoved)
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_values(":before", number(before.sequence))
                .build()
                .map_err(|_| unmakeable())?;
            return Ok(TransactWriteItem::builder().delete(delete).build());
        };
        let membership = Membership::new(id, audience, (*standing).clone(), sequence);
        let put = put(&self.table, &membership)?;
        transact_put(match before {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(before) => put
                .condition_expression(unmoved)
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_values(":before", number(before.sequence)),
        })
    }

    /// The rows by which the audience is gone through. They follow from the membership, whose
    /// condition is theirs too.
    fn indexes(
        &self,
        id: ProfileId,
        shard: &str,
        difference: &Difference<'_>,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let keys = |standing: Option<&Standing>| -> BTreeSet<String> {
            let keys = standing.map(|standing| indexed(id, standing));
            keys.into_iter().flatten().collect()
        };
        let before = keys(difference.before.map(|before| &before.standing));
        let after = keys(difference.after);
        let gone = before.difference(&after).map(|part| {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key(shard, part)));
            let delete = delete.build().map_err(|_| unmakeable())?;
            Ok(TransactWriteItem::builder().delete(delete).build())
        });
        let new = after.difference(&before).map(|part| {
            let row = IndexItem {
                audience: shard.to_owned(),
                part: part.clone(),
                profile_id: id,
            };
            let row = serde_dynamo::to_item(row).map_err(|_| unmakeable())?;
            transact_put(Put::builder().table_name(&self.table).set_item(Some(row)))
        });
        gone.chain(new).collect()
    }
}

impl Difference<'_> {
    fn is_any(&self) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => after.is_news_after(&before.standing),
            (before, after) => before.is_some() != after.is_some(),
        }
    }
}
