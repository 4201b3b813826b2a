//! Making two persons one.

use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{MergeId, ProfileId};
use lambda_kit::{
    clock::after,
    dynamodb::{TransactionFailure, put, text, transact, transact_put},
    error::ServiceError,
    planted,
};
use tokio::try_join;

use super::{
    ATTEMPTS, Grounds, Joined, MergeError, Merger, each,
    plan::{Expected, Group, Plan, Step},
    rows::{MergeRecord, MergeStatus, Place},
};
use crate::{
    Closed, Profile,
    aws::ProfileError,
    merge::{Edge, Members, Refusal, State, may_have, may_join},
};

impl Merger {
    /// Makes the persons of the profiles `one` and `other` one person, who goes by the id of the
    /// oldest of their members. If they are one already, nothing is done and that is the answer.
    ///
    /// Two persons of ten identifiers each are joined in one transaction. Where a hundred writes
    /// don't suffice, both persons are locked and joined in several; whoever meets the lock helps,
    /// unless those who join are too many.
    ///
    /// # Errors
    /// [`MergeError::Refused`] if `grounds` don't bear it; [`ProfileError::Settling`] if it is begun, and
    /// left to the queue that it is announced to.
    pub async fn join(
        &self,
        one: ProfileId,
        other: ProfileId,
        grounds: &Grounds,
        cause: &Cause,
    ) -> Result<Joined, MergeError> {
        for _ in 0..ATTEMPTS {
            match self.try_join(one, other, grounds, cause).await {
                Err(MergeError::Profile(ProfileError::Stale)) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended.into())
    }

    async fn try_join(
        &self,
        one: ProfileId,
        other: ProfileId,
        grounds: &Grounds,
        cause: &Cause,
    ) -> Result<Joined, MergeError> {
        let (left, right) = try_join!(self.reader.root(one), self.reader.root(other))?;
        for root in [&left, &right] {
            self.help(root).await?;
        }
        if left.profile_id == right.profile_id {
            let members = self.reader.members(left.profile_id).await?;
            let merge_id = members.joined_by(one, other);
            return if merge_id.is_none() && one != other {
                Err(ProfileError::Stale.into())
            } else {
                Ok(Joined {
                    profile_id: left.profile_id,
                    merge_id,
                })
            };
        }
        self.check(grounds, &left, &right).await?;
        let (older, younger) = if left.profile_id < right.profile_id {
            (left, right)
        } else {
            (right, left)
        };
        let record = self.record(&older, &younger, grounds, cause);
        let plan = self
            .merging(&older, &younger, &record, Expected::Open)
            .await?;
        match plan {
            Some(plan) if plan.len() <= self.limit => self.apply(plan.whole()).await?,
            _ => {
                self.begin_merging(&older, &younger, record).await?;
                // What is settled is looked at again: then the two are one.
                return Err(ProfileError::Stale.into());
            }
        }
        Ok(Joined {
            profile_id: older.profile_id,
            merge_id: Some(record.merge_id),
        })
    }

    /// Whether `grounds` bear it that these two become one.
    async fn check(
        &self,
        grounds: &Grounds,
        one: &Profile,
        other: &Profile,
    ) -> Result<(), MergeError> {
        let Grounds::Identifier {
            kind,
            key,
            is_verified,
            is_blocked,
            limits,
        } = grounds
        else {
            return Ok(());
        };
        let is_known = |root: &Profile| !root.standing.known_by.is_empty();
        let both_are_known =
            is_known(one) && is_known(other) && !planted::is_on("shared-device-joined");
        may_join(*kind, *is_verified, *is_blocked, both_are_known)?;
        may_have(&one.standing, &other.standing, limits)?;
        let (one, other) = try_join!(
            self.reader.members(one.profile_id),
            self.reader.members(other.profile_id)
        )?;
        if self.was_undone(key, &one, &other).await? {
            return Err(Refusal::Undone.into());
        }
        Ok(())
    }

    /// Whether a merge of a member of each by the identifier `key` was undone. Whoever has fewer
    /// members is looked through: a visitor joins a person of ten thousand at the cost of one.
    async fn was_undone(
        &self,
        key: &str,
        one: &Members,
        other: &Members,
    ) -> Result<bool, MergeError> {
        let (fewer, more) = if one.count() <= other.count() {
            (one, other)
        } else {
            (other, one)
        };
        let parted = each(fewer, |member| self.reader.parted_from(member, key)).await?;
        Ok(parted.into_iter().flatten().any(|id| more.contains(id)))
    }

    fn record(
        &self,
        older: &Profile,
        younger: &Profile,
        grounds: &Grounds,
        cause: &Cause,
    ) -> MergeRecord {
        let (by_kind, by_identifier, by_operator) = match grounds {
            Grounds::Operator => (None, None, self.operator.clone()),
            Grounds::Identifier { kind, key, .. } => (Some(*kind), Some(key.clone()), None),
        };
        let merge_id = MergeId::new(self.ids.uuid());
        // Later than all that is known of the two: merges of a person have an order.
        let seen = older.updated_at.max(younger.updated_at);
        MergeRecord {
            by_kind,
            by_identifier,
            by_operator,
            ..MergeRecord::new(
                merge_id,
                older.profile_id,
                younger.profile_id,
                after(Some(seen), self.clock.now()),
                &cause.request_id,
            )
        }
    }

    /// The writes by which `older` absorbs `younger`; `None` if those who join are too many to be read
    /// here.
    pub(super) async fn merging(
        &self,
        older: &Profile,
        younger: &Profile,
        record: &MergeRecord,
        expected: Expected,
    ) -> Result<Option<Plan>, MergeError> {
        let (root, absorbed) = (older.profile_id, younger.profile_id);
        let (ours, theirs, members) = try_join!(
            self.reader.consents(root),
            self.reader.consents(absorbed),
            self.reader.members(absorbed),
        )?;
        if !self.are_few(&members) {
            return Ok(None);
        }
        let view = ours.view_of(root).fold(theirs.view_of(absorbed));
        let consents = self
            .writes
            .consents(root, &ours, &ours.own_of(root), &view)?;
        let mut steps: Vec<Step> = consents.into_iter().map(Step::from).collect();
        let reached = record.reached.as_ref();
        steps.extend(self.repointing(&members, absorbed, root, reached).await?);
        steps.extend(self.moving(&members, absorbed, root)?);
        Ok(Some(Plan {
            steps,
            last: self.absorbing(older, younger, record, expected)?,
            log: record.profile_id,
        }))
    }

    /// The writes that re-point the identifiers of `members`, in the order of their places. Those up to
    /// `reached` are re-pointed already, and none was added since: under the lock nobody claims any.
    pub(super) async fn repointing(
        &self,
        members: &Members,
        from: ProfileId,
        to: ProfileId,
        reached: Option<&Place>,
    ) -> Result<Vec<Step>, ProfileError> {
        let keys = each(members, |member| self.reader.identifiers(member, "")).await?;
        let mut identifiers: Vec<(Place, String)> = Vec::new();
        for (member, keys) in members.ids().zip(keys) {
            let placed = keys.into_iter().map(|key| (Place::new(member, &key), key));
            identifiers.extend(placed.filter(|(place, _)| reached < Some(place)));
        }
        identifiers.sort();
        let mut steps = Vec::with_capacity(identifiers.len());
        for (place, key) in identifiers {
            steps.push(Step {
                writes: vec![self.writes.repoint(&key, from, to)?],
                place: Some(place),
            });
        }
        Ok(steps)
    }

    /// The writes by which the `members` of `from`, all but its root, become members of `to`.
    pub(super) fn moving(
        &self,
        members: &Members,
        from: ProfileId,
        to: ProfileId,
    ) -> Result<Vec<Step>, ServiceError> {
        let mut steps = Vec::with_capacity(members.edges().len());
        for (member, edge) in members.edges() {
            steps.push(Step::from(vec![
                self.writes.strike(*member, *edge, from)?,
                self.writes.enlist(*member, *edge, to)?,
                self.writes.redirect(*member, from, to)?,
            ]));
        }
        Ok(steps)
    }

    /// The writes by which the merge holds.
    fn absorbing(
        &self,
        older: &Profile,
        younger: &Profile,
        record: &MergeRecord,
        expected: Expected,
    ) -> Result<Group, MergeError> {
        let now = record.at;
        let view = State::<()>::of(older.shown()).fold(State::of(younger.shown()));
        let mut root = older.clone();
        root.show(&older.own(), &view.fields);
        let shown = older.standing.clone().with(&younger.standing);
        root.show_standing(older.standing_of_its_own(), shown);
        root.open();
        root.advance(now, &record.request_id);

        let own = younger.own();
        let mut member = younger.clone();
        member.show(&own, &own);
        let own = younger.standing_of_its_own();
        member.show_standing(own.clone(), own);
        member.closed = Some(Closed::Merged);
        member.merged_into = Some(older.profile_id);
        member.parent = Some(older.profile_id);
        member.merge_id = Some(record.merge_id);
        member.advance(now, &record.request_id);

        let edge = Edge {
            parent: older.profile_id,
            merge_id: record.merge_id,
            at: record.at,
            was_parted: younger.parent.is_some(),
        };
        let event = Data::ProfileMerged {
            profile_id: older.profile_id,
            version: root.version,
            absorbed_id: younger.profile_id,
            merge_id: record.merge_id,
        };
        Ok(vec![
            self.writes.profile(&root, older, expected)?,
            self.writes.profile(&member, younger, expected)?,
            self.writes
                .enlist(younger.profile_id, edge, older.profile_id)?,
            self.logged(record, expected)?,
            self.told(event, &record.request_id)?,
        ])
    }

    /// The merge's row in the log, where a merge that is being settled was written down as begun.
    fn logged(
        &self,
        record: &MergeRecord,
        expected: Expected,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, ServiceError> {
        let done = MergeRecord {
            status: MergeStatus::Done,
            reached: None,
            ..record.clone()
        };
        let put = put(&self.writes.profiles, &done)?;
        transact_put(match expected {
            Expected::Locked(_) => put
                .condition_expression("#status = :begun")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":begun", text("begun")),
            _ => put.condition_expression("attribute_not_exists(part)"),
        })
    }

    pub(super) fn told(
        &self,
        data: Data,
        request_id: &str,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, ServiceError> {
        let cause = Cause {
            request_id: request_id.to_owned(),
        };
        let event = CloudEvent::new(data, &cause, &self.clock, &self.ids);
        outbox_put(&self.writes.profiles, &event)
    }

    /// Applies `items`; a refusal means that what they were made on has changed.
    pub(super) async fn apply(&self, items: Group) -> Result<(), MergeError> {
        match transact(&self.client, items).await {
            Ok(()) => Ok(()),
            Err(TransactionFailure::Refused(_)) => Err(ProfileError::Stale.into()),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}
