//! Removing all that is kept of a person, but for marks that keep them away. However many members they
//! are made of, each run goes on where the one before it was cut off: at the members that bear no mark,
//! and at the places whose receipts are not gone through.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{Client, types::Delete};
use event::{Data, OUTBOX_PREFIX};
use futures_util::future::try_join_all;
use identity::{ErasureId, ProfileId};
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{
        TransactionFailure, number, put, text, transact, transact_delete, transact_put,
        transact_update,
    },
    error::ServiceError,
    ids::IdSource,
    planted,
};
use profile::PROFILE_PART;
use serde::Serialize;

use super::{
    ErasureError, ErasureReader, EventRemover, ExportRemover, RefusedRemover,
    batches::{Batch, batches},
    reading::{attribute, parts},
    trail,
    writes::Writes,
};
use crate::{Erasure, ErasureState, Progress, record::Member};

/// How many rows are looked at in one go.
const PAGE: i32 = 200;

/// Removes data. On the erasures: `dynamodb:GetItem`, `Query`, `PutItem` and `UpdateItem`; on the
/// profiles: `dynamodb:Query`, `PutItem` and `DeleteItem`; on the identifiers: `dynamodb:PutItem`; on
/// the receipts: `dynamodb:Query` and `UpdateItem`. In the bucket of exports: `s3:ListBucket` and
/// `s3:DeleteObject`. And what [`EventRemover`] and [`RefusedRemover`] do.
#[derive(Debug, Clone)]
pub struct DataEraser {
    pub(super) client: Client,
    reader: ErasureReader,
    pub(super) writes: Writes,
    identifiers: String,
    pub(super) receipts: String,
    exports: ExportRemover,
    events: EventRemover,
    refused: RefusedRemover,
}

/// What erasure leaves of an identifier.
#[derive(Serialize)]
struct Mark<'a> {
    identifier: &'a str,
    erased_at: Timestamp,
}

/// What erasure leaves of a profile.
#[derive(Serialize)]
struct Left<'a> {
    profile_id: ProfileId,
    part: &'static str,
    closed: &'static str,
    erasure_id: &'a ErasureId,
    erased_at: Timestamp,
}

impl DataEraser {
    /// An eraser of people in the tables `profiles`, `identifiers` and `receipts`, of their exports,
    /// and of the events that partners sent of them, those that were refused too.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        [profiles, identifiers, receipts]: [&str; 3],
        (exports, events, refused): (ExportRemover, EventRemover, RefusedRemover),
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.to_owned(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
            identifiers: identifiers.to_owned(),
            receipts: receipts.to_owned(),
            exports,
            events,
            refused,
        }
    }

    /// Removes what is left of the person, as far as `has_time` says. What is removed is counted in
    /// the transaction that removes it, so that it counts once.
    pub async fn erase(
        &self,
        id: &ErasureId,
        has_time: impl Fn() -> bool,
    ) -> Result<Progress, ErasureError> {
        let erasure = self.reader.erasure(id).await?;
        match (erasure.state, erasure.data_removed_at) {
            (ErasureState::Erasing, None) => {}
            (ErasureState::Erasing, Some(_)) | (ErasureState::Erased, _) => {
                return Ok(Progress::done(&erasure));
            }
            _ => return Err(ErasureError::OutOfTurn),
        }
        let members = self.reader.members(id).await?;
        for member in members.iter().filter(|member| member.erased_at.is_none()) {
            if !self.erase_member(&erasure, member, &has_time).await? {
                return Ok(Progress::done(&erasure).more());
            }
        }
        let done: BTreeSet<String> = self.reader.disclosed(id).await?;
        let places = self.reader.places(id, &members).await?;
        for place in places.iter().filter(|place| !done.contains(&place.part())) {
            if !self.go_through_receipts(id, place, &has_time).await? {
                return Ok(Progress::done(&erasure).more());
            }
        }
        let done = self
            .writes
            .erasure(id, ErasureState::Erasing)
            .update_expression("SET data_removed_at = :now")
            .expression_attribute_values(":now", text(self.writes.clock.now().to_string()));
        transact(&self.client, vec![transact_update(done)?]).await?;
        Ok(Progress::done(&erasure))
    }

    /// Removes what lies of a profile elsewhere, then its rows, and leaves the mark, and with the erasure
    /// where receipts lie that those rows told of; `false` if there was no time for all.
    async fn erase_member(
        &self,
        erasure: &Erasure,
        member: &Member,
        has_time: &impl Fn() -> bool,
    ) -> Result<bool, ErasureError> {
        if !has_time() {
            return Ok(false);
        }
        if !planted::is_on("erasure-leaves-exports") {
            self.exports.remove(member.profile_id).await?;
        }
        self.refused.remove(member.profile_id).await?;
        trail::note(
            &self.client,
            &self.writes,
            &erasure.erasure_id,
            member.profile_id,
        )
        .await?;
        let id = member.profile_id.to_string();
        let partition = parts(&self.writes.profiles, &id, None);
        let mut start = None;
        loop {
            let page = partition
                .page(&self.client, start, Some(PAGE), Some("part"))
                .await?;
            let found = page.rows.iter().filter_map(|row| attribute(row, "part"));
            // Events are still to be relayed, and hold nothing of the person.
            let found = found.filter(|part| {
                let is_left =
                    planted::is_on("erasure-leaves-a-part") && part.starts_with("dataset-key#");
                *part != PROFILE_PART && !part.starts_with(OUTBOX_PREFIX) && !is_left
            });
            for batch in batches(found) {
                if !has_time() {
                    return Ok(false);
                }
                // While the entries still tell of them.
                if !planted::is_on("erasure-leaves-events") {
                    let events = batch
                        .parts
                        .iter()
                        .map(|part| self.events.remove(&part.name));
                    try_join_all(events).await?;
                }
                // While the person still has them: no event begins to wait for them meanwhile.
                let identifiers = batch
                    .parts
                    .iter()
                    .filter_map(|part| part.identifier.as_deref());
                let waiting = identifiers.map(|key| self.events.remove_waiting(key));
                try_join_all(waiting).await?;
                self.remove(&erasure.erasure_id, member.profile_id, batch)
                    .await?;
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        self.leave_mark(erasure, member).await?;
        Ok(true)
    }

    /// Removes rows of a profile, an identifier's with the mark that is left of it.
    async fn remove(
        &self,
        id: &ErasureId,
        member: ProfileId,
        mut batch: Batch,
    ) -> Result<(), ErasureError> {
        loop {
            let mut items = vec![self.count(id, batch.counter, batch.parts.len())?];
            let mut owners = vec![None];
            for (n, part) in batch.parts.iter().enumerate() {
                items.push(self.removal(member, &part.name)?);
                owners.push(Some(n));
                if let Some(key) = part.identifier.as_deref().filter(|_| part.is_theirs) {
                    items.push(self.mark(key, member)?);
                    owners.push(Some(n));
                }
            }
            let refused = match transact(&self.client, items).await {
                Ok(()) => return Ok(()),
                Err(TransactionFailure::Refused(places)) => places,
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            };
            let mut gone = Vec::new();
            for place in refused {
                let Some(Some(n)) = owners.get(place).copied() else {
                    return Err(ErasureError::OutOfTurn);
                };
                let is_row = owners.get(place.wrapping_sub(1)) != Some(&Some(n));
                match batch.parts.get_mut(n) {
                    // Another run has removed it.
                    Some(_) if is_row => gone.push(n),
                    // Somebody else has it since: it is not the person's to be marked.
                    Some(part) => part.is_theirs = false,
                    None => return Err(ErasureError::Malformed),
                }
            }
            let mut n = 0;
            batch.parts.retain(|_| {
                n += 1;
                !gone.contains(&(n - 1))
            });
            if batch.parts.is_empty() {
                return Ok(());
            }
        }
    }

    /// Counts what the transaction does, while the erasure is under way.
    pub(super) fn count(
        &self,
        id: &ErasureId,
        counter: &str,
        some: usize,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, ServiceError> {
        let update = self
            .writes
            .erasure(id, ErasureState::Erasing)
            .update_expression("ADD #counter :some")
            .expression_attribute_names("#counter", counter)
            .expression_attribute_values(":some", number(some as i128));
        transact_update(update)
    }

    fn removal(
        &self,
        member: ProfileId,
        part: &str,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.writes.profiles)
            .key("profile_id", text(member))
            .key("part", text(part))
            .condition_expression("attribute_exists(part)");
        transact_delete(delete)
    }

    fn mark(
        &self,
        identifier: &str,
        member: ProfileId,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, ServiceError> {
        let whose = "attribute_not_exists(identifier) OR #member = :member";
        if planted::is_on("erased-without-a-mark") {
            let delete = Delete::builder()
                .table_name(&self.identifiers)
                .key("identifier", text(identifier));
            return transact_delete(delete);
        }
        let mark = Mark {
            identifier,
            erased_at: self.writes.clock.now(),
        };
        transact_put(
            put(&self.identifiers, &mark)?
                .condition_expression(whose)
                .expression_attribute_names("#member", "member")
                .expression_attribute_values(":member", text(member)),
        )
    }

    /// Leaves nothing of a profile but that it was erased, and tells of it.
    async fn leave_mark(&self, erasure: &Erasure, member: &Member) -> Result<(), ErasureError> {
        let (id, now) = (&erasure.erasure_id, self.writes.clock.now());
        let left = Left {
            profile_id: member.profile_id,
            part: PROFILE_PART,
            closed: "erased",
            erasure_id: id,
            erased_at: now,
        };
        let left = put(&self.writes.profiles, &left)?
            .condition_expression("closed = :erasing AND erasure_id = :erasure")
            .expression_attribute_values(":erasing", text("erasing"))
            .expression_attribute_values(":erasure", text(id.as_str()));
        let noted = self
            .writes
            .row(id, &member.part)
            .update_expression("SET erased_at = :now")
            .condition_expression("attribute_exists(part) AND attribute_not_exists(erased_at)")
            .expression_attribute_values(":now", text(now.to_string()));
        let event = Data::ProfileErased {
            profile_id: member.profile_id,
            erasure_id: id.clone(),
        };
        let items = vec![
            transact_put(left)?,
            transact_update(noted)?,
            self.writes.told(event, &erasure.request_id)?,
        ];
        Ok(transact(&self.client, items).await?)
    }
}
