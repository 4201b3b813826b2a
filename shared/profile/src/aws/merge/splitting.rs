//! Making one person two again.

use std::{cmp::Reverse, collections::BTreeMap};

use event::{Cause, Data};
use futures_util::future::try_join_all;
use identity::{CognitoSub, MergeId, ProfileId};
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{put, text, transact_put},
    planted,
};
use tokio::try_join;

use super::{
    AT_ONCE, ATTEMPTS, MergeError, Merger, Parted, each,
    plan::{Expected, Plan, Step},
    reading::Consents,
    rows::{MergeRecord, MergeStatus, PartingItem, Row, Stretch},
};
use crate::{
    Profile, Standing,
    aws::ProfileError,
    merge::{Edge, Members, State},
};

/// As many stretches as a row keeps, the latest; what was read earlier is forgotten first.
const MOST_STRETCHES: usize = 500;

/// Who undoes a merge.
#[derive(Clone, Copy)]
pub(super) struct Undoing<'a> {
    pub(super) request_id: &'a str,
    pub(super) operator: Option<&'a CognitoSub>,
}

/// What each member of a person knows of itself.
#[derive(Default)]
struct Own {
    profiles: BTreeMap<ProfileId, Profile>,
    consents: BTreeMap<ProfileId, Consents>,
}

impl Own {
    fn profile(&self, member: ProfileId) -> Result<&Profile, ProfileError> {
        self.profiles.get(&member).ok_or(ProfileError::Malformed)
    }

    fn consents(&self, member: ProfileId) -> Result<&Consents, ProfileError> {
        self.consents.get(&member).ok_or(ProfileError::Malformed)
    }

    /// What `members` took together, and who knows them.
    fn standing(&self, members: &Members) -> Result<Standing, ProfileError> {
        let mut standing = Standing::new();
        for member in members.ids() {
            standing = standing.with(&self.profile(member)?.standing_of_its_own());
        }
        Ok(standing)
    }

    /// What is known of `members` together.
    fn fold(&self, members: &Members) -> Result<State<Row>, ProfileError> {
        let state = |member| {
            let profile = self.profile(member)?;
            let own = State::of(profile.own());
            Ok(own.fold(self.consents(member)?.own_of(member)))
        };
        members.ids().map(state).collect()
    }
}

impl Merger {
    /// Undoes the merge `merge_id` of the person of `profile_id`: the root that it absorbed becomes
    /// a person again, with all that it had absorbed before. Each of the two gets what its own
    /// members know, also what came since. If it was undone already, that is the answer.
    ///
    /// # Errors
    /// [`MergeError::NoSuchMerge`] if this person was never merged by that; [`ProfileError::Settling`] if
    /// it is begun, and left to the queue that it is announced to since the members are many.
    pub async fn split(
        &self,
        profile_id: ProfileId,
        merge_id: MergeId,
        cause: &Cause,
    ) -> Result<Parted, MergeError> {
        for _ in 0..ATTEMPTS {
            match self.try_split(profile_id, merge_id, cause).await {
                Err(MergeError::Profile(ProfileError::Stale)) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended.into())
    }

    async fn try_split(
        &self,
        profile_id: ProfileId,
        merge_id: MergeId,
        cause: &Cause,
    ) -> Result<Parted, MergeError> {
        let root = self.reader.root(profile_id).await?;
        self.help(&root).await?;
        let members = self.reader.members(root.profile_id).await?;
        let Some((absorbed, edge)) = members.absorbed_by(merge_id) else {
            return self.undone(&root, &members, merge_id).await;
        };
        let record = self.reader.merge(edge.parent, merge_id).await?;
        let record = record.ok_or(ProfileError::Malformed)?;
        let by = Undoing {
            request_id: &cause.request_id,
            operator: self.operator.as_ref(),
        };
        let plan = if self.are_few(&members) {
            let plan = self.splitting(&root, members, &record, by, Expected::Open);
            Some(plan.await?)
        } else {
            None
        };
        match plan {
            Some(plan) if plan.len() <= self.limit => self.apply(plan.whole()).await?,
            _ => self.begin_splitting(&root, &record, by).await?,
        }
        Ok(Parted {
            profile_id: root.profile_id,
            restored: absorbed,
        })
    }

    /// The two that a merge was, which none of the members of `root` bears any more.
    async fn undone(
        &self,
        root: &Profile,
        members: &Members,
        merge_id: MergeId,
    ) -> Result<Parted, MergeError> {
        if let (Some(parent), true) = (root.parent, root.merge_id == Some(merge_id)) {
            return Ok(Parted {
                profile_id: self.reader.root(parent).await?.profile_id,
                restored: root.profile_id,
            });
        }
        let ids: Vec<ProfileId> = members.ids().collect();
        for some in ids.chunks(AT_ONCE) {
            let records = some.iter().map(|id| self.reader.merge(*id, merge_id));
            let records = try_join_all(records).await?.into_iter().flatten();
            let mut undone = records.filter(|record| record.status == MergeStatus::Undone);
            if let Some(record) = undone.next() {
                return Ok(Parted {
                    profile_id: root.profile_id,
                    restored: record.absorbed,
                });
            }
        }
        Err(MergeError::NoSuchMerge)
    }

    /// The rest of a split that was cut off; `None` if the members are too many to be read here.
    pub(super) async fn resumed_splitting(
        &self,
        root: &Profile,
        merge_id: MergeId,
    ) -> Result<Option<Plan>, MergeError> {
        let members = self.reader.members(root.profile_id).await?;
        // Where it is not found, or not being undone, another has finished meanwhile.
        let found = members.absorbed_by(merge_id);
        let (absorbed, edge) = found.ok_or(ProfileError::Stale)?;
        // Some of those who leave may be with their root already.
        let moved = self.reader.members(absorbed).await?;
        let record = self.reader.merge(edge.parent, merge_id).await?;
        let record = record.ok_or(ProfileError::Malformed)?;
        if record.status != MergeStatus::Undoing {
            return Err(ProfileError::Stale.into());
        }
        let lock = Expected::Locked(merge_id);
        // Whoever began it, and not who comes by and finishes it.
        let request_id = record.undone_by_request.as_deref();
        let by = Undoing {
            request_id: request_id.ok_or(ProfileError::Malformed)?,
            operator: record.undone_by_operator.as_ref(),
        };
        let members = members.with(moved);
        if !self.are_few(&members) {
            return Ok(None);
        }
        let plan = self.splitting(root, members, &record, by, lock).await?;
        Ok(Some(plan))
    }

    /// The writes by which those whom the merge of `record` brought leave `root`.
    async fn splitting(
        &self,
        root: &Profile,
        members: Members,
        record: &MergeRecord,
        by: Undoing<'_>,
        expected: Expected,
    ) -> Result<Plan, MergeError> {
        let (id, absorbed) = (root.profile_id, record.absorbed);
        let own = self.own(root, &members).await?;
        let struck = members.edges().get(&absorbed).copied();
        let struck = struck.ok_or(ProfileError::Malformed)?;
        let all = members.clone();
        let (staying, leaving) = members.without(absorbed);
        let (stays, leaves) = (own.fold(&staying)?, own.fold(&leaving)?);

        let mut steps: Vec<Step> = Vec::new();
        for (root, view) in [(id, &stays), (absorbed, &leaves)] {
            let lying = own.consents(root)?;
            let consents = self
                .writes
                .consents(root, lying, &lying.own_of(root), view)?;
            steps.extend(consents.into_iter().map(Step::from));
        }
        if !planted::is_on("split-leaves-identifiers") {
            let reached = record.reached.as_ref();
            steps.extend(self.repointing(&leaving, id, absorbed, reached).await?);
        }
        steps.extend(self.moving(&leaving, id, absorbed)?);

        let now = self.clock.now();
        let reopened = own.profile(absorbed)?;
        let (mut after, mut restored) = (root.clone(), reopened.clone());
        after.show(&root.own(), &stays.fields);
        restored.show(&reopened.own(), &leaves.fields);
        let parted = if planted::is_on("split-leaves-standing") {
            vec![]
        } else {
            vec![(&mut after, &staying), (&mut restored, &leaving)]
        };
        for (profile, members) in parted {
            profile.show_standing(profile.standing_of_its_own(), own.standing(members)?);
        }
        after.open();
        restored.closed = None;
        restored.merged_into = None;
        for profile in [&mut after, &mut restored] {
            profile.advance(now, by.request_id);
        }
        let event = Data::ProfileSplit {
            profile_id: id,
            version: after.version,
            restored_id: absorbed,
            merge_id: record.merge_id,
        };
        let undone = MergeRecord {
            status: MergeStatus::Undone,
            undone_by_request: Some(by.request_id.to_owned()),
            undone_by_operator: by.operator.cloned(),
            undone_at: Some(now),
            reached: None,
            ..record.clone()
        };
        let log = put(&self.writes.profiles, &undone)?
            .condition_expression("#status IN (:done, :undoing)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":done", text("done"))
            .expression_attribute_values(":undoing", text("undoing"));
        let parting = PartingItem::new(record, self.went_under(absorbed, &all, now).await?);
        let parting = put(&self.writes.profiles, &parting)?;
        let last = vec![
            self.writes.profile(&after, root, expected)?,
            self.writes
                .profile(&restored, reopened, Expected::MemberOf(id))?,
            self.writes.strike(absorbed, struck, id)?,
            transact_put(log)?,
            transact_put(parting.condition_expression("attribute_not_exists(part)"))?,
            self.told(event, by.request_id)?,
        ];
        Ok(Plan {
            steps,
            last,
            log: record.profile_id,
        })
    }

    /// Reads what each of `members` knows of itself. Whoever changes any of it changes the row of
    /// `root` too, which was read before: so if that still stands at the end, all of this does.
    async fn own(&self, root: &Profile, members: &Members) -> Result<Own, MergeError> {
        let read = each(members, async |member| {
            let consents = self.reader.consents(member);
            if member == root.profile_id {
                return Ok((member, root.clone(), consents.await?));
            }
            let (profile, consents) = try_join!(self.reader.profile(member), consents)?;
            Ok((member, profile, consents))
        });
        let mut own = Own::default();
        for (member, profile, consents) in read.await? {
            own.profiles.insert(member, profile);
            own.consents.insert(member, consents);
        }
        Ok(own)
    }

    /// Under which ids `absorbed`, one of `members`, went until `now`. Those above it may have been
    /// absorbed and parted themselves meanwhile.
    async fn went_under(
        &self,
        absorbed: ProfileId,
        members: &Members,
        now: Timestamp,
    ) -> Result<Vec<Stretch>, ProfileError> {
        let edges: Vec<Edge> = members.path(absorbed).map(|(_, edge)| edge).collect();
        let ends = edges.iter().skip(1).map(|edge| edge.at).chain([now]);
        let mut stretches = Vec::new();
        for (edge, until) in edges.iter().zip(ends) {
            let above = Stretch {
                profile_id: edge.parent,
                from: edge.at,
                until,
            };
            let partings = self.reader.partings(edge.parent).await?.into_iter();
            let under = partings.flat_map(|parting| parting.went_under);
            stretches.push(above);
            stretches.extend(under.filter_map(|stretch| stretch.within(above)));
        }
        stretches.sort_by_key(|stretch| Reverse(stretch.until));
        stretches.truncate(MOST_STRETCHES);
        Ok(stretches)
    }
}
