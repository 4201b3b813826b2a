//! Merges and splits that are too large for one transaction. The first one locks the roots, so that
//! nothing that they go by can change; the last one makes it hold and opens them. What is between
//! them bears being done again, so that whoever comes by, the caller, another who waits for the same
//! persons, or the queue that a begun one is announced to, brings it to its end. Each transaction that
//! re-points identifiers writes down up to where they are, so that however many there are, each run
//! goes on where the one before was cut off. Of a person of very many members only the queue reads all,
//! since it has the time: whoever waits for an answer is told to come again.

use event::Data;
use identity::{MergeId, ProfileId};
use lambda_kit::dynamodb::{put, text, transact_put};

use super::{
    ATTEMPTS, MergeError, Merger,
    plan::{Expected, Plan, Step},
    rows::{MergeRecord, MergeStatus},
    splitting::Undoing,
};
use crate::{Closed, Profile, aws::ProfileError};

impl Merger {
    /// Brings what `merge_id` began on the person of `profile_id` to its end; nothing if that was
    /// done.
    ///
    /// # Errors
    /// [`ProfileError::Settling`] if the members are too many to be read here.
    pub async fn settle(&self, profile_id: ProfileId, merge_id: MergeId) -> Result<(), MergeError> {
        for _ in 0..ATTEMPTS {
            match self.try_settle(profile_id, merge_id).await {
                Err(MergeError::Profile(ProfileError::Stale)) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended.into())
    }

    /// Brings to its end what `root` is under the lock of; then what was read of it is stale.
    pub(super) async fn help(&self, root: &Profile) -> Result<(), MergeError> {
        match (root.closed, root.merge_id) {
            (None, _) => Ok(()),
            (Some(Closed::Settling), Some(merge_id)) => {
                self.settle(root.profile_id, merge_id).await?;
                Err(ProfileError::Stale.into())
            }
            _ => Err(ProfileError::Malformed.into()),
        }
    }

    async fn try_settle(&self, profile_id: ProfileId, merge_id: MergeId) -> Result<(), MergeError> {
        let locked = self.reader.profile(profile_id).await?;
        let root = match locked.merged_into {
            Some(root) if root != profile_id => self.reader.profile(root).await?,
            _ => locked,
        };
        if root.closed != Some(Closed::Settling) || root.merge_id != Some(merge_id) {
            return Ok(());
        }
        let record = self.reader.merge(root.profile_id, merge_id).await?;
        let plan = match record {
            Some(record) if record.status == MergeStatus::Begun => {
                let younger = self.reader.profile(record.absorbed).await?;
                let lock = Expected::Locked(merge_id);
                self.merging(&root, &younger, &record, lock).await?
            }
            // It is done since the root was read.
            Some(record) if record.status != MergeStatus::Undoing => {
                return Err(ProfileError::Stale.into());
            }
            _ => self.resumed_splitting(&root, merge_id).await?,
        };
        let plan = plan.ok_or(ProfileError::Settling)?;
        self.carry_out(plan, &root, merge_id).await
    }

    /// Writes down that the merge is begun, and locks both roots.
    pub(super) async fn begin_merging(
        &self,
        older: &Profile,
        younger: &Profile,
        record: MergeRecord,
    ) -> Result<(), MergeError> {
        let (root, merge_id) = (older.profile_id, record.merge_id);
        let event = Data::ProfileSettling {
            profile_id: root,
            merge_id,
        };
        let begun = MergeRecord {
            status: MergeStatus::Begun,
            ..record
        };
        let log = put(&self.writes.profiles, &begun)?;
        self.apply(vec![
            self.writes.lock(older, root, merge_id)?,
            self.writes.lock(younger, root, merge_id)?,
            transact_put(log.condition_expression("attribute_not_exists(part)"))?,
            self.told(event, &begun.request_id)?,
        ])
        .await?;
        self.settle(root, merge_id).await
    }

    /// Writes down that the merge of `record` is being undone, and locks the root.
    pub(super) async fn begin_splitting(
        &self,
        root: &Profile,
        record: &MergeRecord,
        by: Undoing<'_>,
    ) -> Result<(), MergeError> {
        let (id, merge_id) = (root.profile_id, record.merge_id);
        let event = Data::ProfileSettling {
            profile_id: id,
            merge_id,
        };
        let undoing = MergeRecord {
            status: MergeStatus::Undoing,
            undone_by_request: Some(by.request_id.to_owned()),
            undone_by_operator: by.operator.cloned(),
            ..record.clone()
        };
        let log = put(&self.writes.profiles, &undoing)?
            .condition_expression("#status = :done")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":done", text("done"));
        self.apply(vec![
            self.writes.lock(root, id, merge_id)?,
            transact_put(log)?,
            self.told(event, by.request_id)?,
        ])
        .await?;
        self.settle(id, merge_id).await
    }

    /// Writes `plan` in as many transactions as it takes, each only while `root` is under the lock.
    async fn carry_out(
        &self,
        plan: Plan,
        root: &Profile,
        merge_id: MergeId,
    ) -> Result<(), MergeError> {
        let without_fence = self.limit.saturating_sub(1);
        for Step { mut writes, place } in packed(plan.steps, without_fence) {
            if let Some(place) = &place {
                writes.push(self.writes.reach(plan.log, merge_id, place)?);
            }
            writes.push(self.writes.fence(root, merge_id)?);
            self.apply(writes).await?;
        }
        self.apply(plan.last).await
    }
}

/// The steps in as few batches as their order allows, of at most `room` writes with the one that says
/// up to which place identifiers are re-pointed.
fn packed(steps: Vec<Step>, room: usize) -> Vec<Step> {
    let mut batches: Vec<Step> = Vec::new();
    for step in steps {
        match batches.last_mut() {
            Some(batch) if is_room_for(&step, batch, room) => {
                batch.writes.extend(step.writes);
                batch.place = step.place.or_else(|| batch.place.take());
            }
            _ => batches.push(step),
        }
    }
    batches
}

fn is_room_for(step: &Step, batch: &Step, room: usize) -> bool {
    let note = usize::from(batch.place.is_some() || step.place.is_some());
    batch.writes.len() + step.writes.len() + note <= room
}
