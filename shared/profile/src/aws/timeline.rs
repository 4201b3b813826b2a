//! Entries of timelines in the table `profiles`.

use std::cmp::Reverse;

use aws_sdk_dynamodb::{
    Client,
    types::{ConditionCheck, TransactWriteItem},
};
use futures_util::future::try_join_all;
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{TransactionFailure, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
};
use serde::Deserialize;
use tenancy::TenantId;

use super::ProfileError;
use crate::{
    Closed, PROFILE_PART, TIMELINE_PREFIX, TimelineItem, TimelinePlace, timeline::EntryPlace,
};

/// As many entries as a page has.
const PAGE: usize = 25;

/// As many bytes of bodies as a page has, if it has more than one entry.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

/// How many members are read at once: each may weigh a megabyte.
const AT_ONCE: usize = 8;

/// As many members as are looked through for a page: those of a group.
const GROUP: usize = 256;

/// Writes entries: `dynamodb:ConditionCheckItem`, `PutItem` and `GetItem` on the profiles.
#[derive(Debug, Clone)]
pub struct TimelineWriter {
    client: Client,
    table: String,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is there, since now or since before.
    There,
    /// There never was a profile of that id.
    Nobody,
    /// The person is being erased, and may still think better of it.
    Leaving,
    /// The person was erased.
    Gone,
}

/// The profile's own row, as far as it says whether it takes anything.
#[derive(Deserialize)]
struct Standing {
    closed: Option<Closed>,
}

impl TimelineWriter {
    /// A writer to `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Enters `item` into its member's timeline, once, unless the member is closed for good. One that
    /// was merged, or is just being, keeps what comes by it.
    pub async fn enter(&self, item: &TimelineItem) -> Result<Entered, ProfileError> {
        let entry = put(&self.table, item)?.condition_expression("attribute_not_exists(part)");
        let writes = vec![self.is_open(item.profile_id)?, transact_put(entry)?];
        match transact(&self.client, writes).await {
            Ok(()) => Ok(Entered::There),
            Err(TransactionFailure::Refused(places)) if !places.contains(&0) => Ok(Entered::There),
            Err(TransactionFailure::Refused(_)) => self.standing(item.profile_id).await,
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    fn is_open(&self, member: ProfileId) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key("profile_id", text(member))
            .key("part", text(PROFILE_PART))
            .condition_expression(
                "attribute_exists(part) AND (attribute_not_exists(closed) OR closed IN (:merged, :settling))",
            )
            .expression_attribute_values(":merged", text("merged"))
            .expression_attribute_values(":settling", text("settling"))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// Why the member takes nothing.
    async fn standing(&self, member: ProfileId) -> Result<Entered, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(member))
            .key("part", text(PROFILE_PART))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(Entered::Nobody);
        };
        let row: Standing = serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
        match row.closed {
            Some(Closed::Erasing) => Ok(Entered::Leaving),
            Some(Closed::Erased) => Ok(Entered::Gone),
            // It was opened again in between.
            Some(Closed::Merged | Closed::Settling) | None => Err(ProfileError::Contended),
        }
    }
}

/// Reads timelines: `dynamodb:Query` on the profiles.
#[derive(Debug, Clone)]
pub struct TimelineReader {
    client: Client,
    table: String,
}

/// Some of a timeline, the newest first. It may be of nothing, and not the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    /// The entries.
    pub events: Vec<TimelineItem>,
    /// Where to go on; `None` after the last of them.
    pub next: Option<TimelinePlace>,
}

impl TimelineReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// What partners of `tenant` told of the person whose members these are, from `from` on. Whoever has
    /// more than 256 members is looked at 256 after the other, in their order.
    pub async fn page(
        &self,
        members: &[ProfileId],
        tenant: &TenantId,
        from: Option<&TimelinePlace>,
    ) -> Result<TimelinePage, ProfileError> {
        let group = from.map_or(0, TimelinePlace::group);
        let after = from.and_then(TimelinePlace::entry);
        let mut groups = members.chunks(GROUP).skip(usize::from(group));
        let members = groups.next().unwrap_or_default();
        let mut events: Vec<TimelineItem> = Vec::new();
        // Of a member that has more than it told, nothing earlier than this is known.
        let mut known_from: Option<EntryPlace> = None;
        for some in members.chunks(AT_ONCE) {
            let each = some
                .iter()
                .map(|member| Box::pin(self.of_member(*member, tenant, after)));
            for (entries, has_more) in try_join_all(each).await? {
                if has_more {
                    known_from = known_from.max(entries.last().map(TimelineItem::place));
                }
                let is_after =
                    |entry: &TimelineItem| after.is_none_or(|after| entry.place() < *after);
                events.extend(entries.into_iter().filter(is_after));
            }
            events.sort_by_key(|entry| Reverse(entry.place()));
            events.truncate(PAGE + 1);
        }
        let has_more = known_from.is_some() || events.len() > PAGE;
        if let Some(known_from) = known_from {
            events.retain(|entry| entry.place() >= known_from);
        }
        let (events, next) = fitting(events, has_more);
        let next = next.map(|place| TimelinePlace::after(group, place));
        let rest = groups.next().map(|_| TimelinePlace::of_group(group + 1));
        Ok(TimelinePage {
            events,
            next: next.or(rest),
        })
    }

    /// The newest of a member's entries, and whether there are more of them.
    async fn of_member(
        &self,
        member: ProfileId,
        tenant: &TenantId,
        after: Option<&EntryPlace>,
    ) -> Result<(Vec<TimelineItem>, bool), ProfileError> {
        let first = format!("{TIMELINE_PREFIX}{tenant}#");
        // The character after the last one of a time.
        let last = after.map_or_else(|| format!("{first}~"), |after| after.part(tenant));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("profile_id = :id AND part BETWEEN :first AND :last")
            .expression_attribute_values(":id", text(member))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .scan_index_forward(false)
            .limit(i32::try_from(PAGE + 2).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let has_more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let entries = answer.items.unwrap_or_default();
        let entries = serde_dynamo::from_items(entries).map_err(|_| ProfileError::Malformed)?;
        Ok((entries, has_more))
    }
}

/// As many of `events` as fit on a page, and the last of them if there are more.
fn fitting(
    mut events: Vec<TimelineItem>,
    mut has_more: bool,
) -> (Vec<TimelineItem>, Option<EntryPlace>) {
    let mut bytes = 0;
    let fitting = events.iter().take(PAGE).take_while(|entry| {
        bytes += entry.body.as_ref().map_or(0, |body| body.expose().len());
        bytes <= PAGE_BYTES
    });
    let fitting = fitting.count().max(1);
    has_more = has_more || events.len() > fitting;
    events.truncate(fitting);
    let last = events.last().map(TimelineItem::place);
    (events, last.filter(|_| has_more))
}
