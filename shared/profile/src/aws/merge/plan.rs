//! The writes of a merge and of a split.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
    builders::{DeleteBuilder, UpdateBuilder},
};
use identity::{MergeId, ProfileId};
use lambda_kit::{
    dynamodb::{number, put, text, transact_delete, transact_put, transact_update, unmakeable},
    error::ServiceError,
    planted,
};

use super::{
    reading::Consents,
    rows::{ConsentRow, MemberItem, OWN_PREFIX, Place, Row, member_part, merge_part},
};
use crate::{
    PROFILE_PART, Profile,
    aws::ProfileError,
    merge::{Edge, Owned, State},
};

/// Writes that belong together: all or none of them.
pub(super) type Group = Vec<TransactWriteItem>;

/// What belongs into one transaction, before the next step or together with it.
pub(super) struct Step {
    pub(super) writes: Group,
    /// The place of the identifier that is re-pointed by it.
    pub(super) place: Option<Place>,
}

impl From<Group> for Step {
    fn from(writes: Group) -> Self {
        Self {
            writes,
            place: None,
        }
    }
}

/// What a merge or split writes. The steps bear being written again and by two at once; the last
/// writes make it hold.
pub(super) struct Plan {
    /// Identifiers are in the order of their places, and before the members that they came with:
    /// by its place among the members one is found again if all of this is cut off.
    pub(super) steps: Vec<Step>,
    pub(super) last: Group,
    /// In whose log the merge stands.
    pub(super) log: ProfileId,
}

impl Plan {
    pub(super) fn len(&self) -> usize {
        let steps = self.steps.iter().map(|step| step.writes.len());
        self.last.len() + steps.sum::<usize>()
    }

    /// All of it at once.
    pub(super) fn whole(self) -> Group {
        let steps = self.steps.into_iter().flat_map(|step| step.writes);
        self.last.into_iter().chain(steps).collect()
    }
}

/// In what state a row `profile` has to be for a write to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// As it was read, and open.
    Open,
    /// Under the lock of this merge or split.
    Locked(MergeId),
    /// As it was read, and a member of this root.
    MemberOf(ProfileId),
}

/// Names the tables and makes the writes.
#[derive(Debug, Clone)]
pub(super) struct Writes {
    pub(super) profiles: String,
    pub(super) identifiers: String,
}

impl Writes {
    /// Writes the row `profile` that was read as `before`, if it still is as `expected`.
    pub(super) fn profile(
        &self,
        after: &Profile,
        before: &Profile,
        expected: Expected,
    ) -> Result<TransactWriteItem, ServiceError> {
        let put = put(&self.profiles, after)?;
        if planted::is_on("merge-at-any-version") && expected == Expected::Open {
            return transact_put(put);
        }
        transact_put(
            put.condition_expression(condition(before, expected))
                .set_expression_attribute_names(names(expected))
                .set_expression_attribute_values(Some(values(before, expected))),
        )
    }

    /// Puts the root `before` under the lock of `merge_id`, by which its person stays the person
    /// of `survivor`.
    pub(super) fn lock(
        &self,
        before: &Profile,
        survivor: ProfileId,
        merge_id: MergeId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = self
            .update(before.profile_id)
            .update_expression("SET closed = :settling, merge_id = :merge, merged_into = :root")
            .condition_expression(condition(before, Expected::Open))
            .set_expression_attribute_names(names(Expected::Open))
            .set_expression_attribute_values(Some(values(before, Expected::Open)))
            .expression_attribute_values(":settling", text("settling"))
            .expression_attribute_values(":merge", text(merge_id))
            .expression_attribute_values(":root", text(survivor));
        transact_update(update)
    }

    /// Nothing but whether `root` still is under the lock of `merge_id`: whoever comes late, when
    /// another has finished, must not write over what came after.
    pub(super) fn fence(
        &self,
        root: &Profile,
        merge_id: MergeId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(root.profile_id))
            .key("part", text(PROFILE_PART))
            .condition_expression(condition(root, Expected::Locked(merge_id)))
            .set_expression_attribute_names(names(Expected::Locked(merge_id)))
            .set_expression_attribute_values(Some(values(root, Expected::Locked(merge_id))));
        let check = check.build().map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// `member` becomes a member of `to`.
    pub(super) fn enlist(
        &self,
        member: ProfileId,
        edge: Edge,
        to: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let row = MemberItem::new(to, member, edge);
        // A repetition by whoever finishes a settling finds its own row there.
        transact_put(
            put(&self.profiles, &row)?
                .condition_expression("attribute_not_exists(part) OR merge_id = :merge")
                .expression_attribute_values(":merge", text(edge.merge_id)),
        )
    }

    /// `member` is no member of `root` any more.
    pub(super) fn strike(
        &self,
        member: ProfileId,
        edge: Edge,
        root: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = self
            .delete(root, &member_part(member))
            .condition_expression("attribute_not_exists(part) OR merge_id = :merge")
            .expression_attribute_values(":merge", text(edge.merge_id));
        transact_delete(delete)
    }

    /// The redirect of `member`, which was absorbed before, leads to `to` instead of `from`.
    pub(super) fn redirect(
        &self,
        member: ProfileId,
        from: ProfileId,
        to: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = self
            .update(member)
            .update_expression("SET merged_into = :to")
            .condition_expression("closed = :merged AND merged_into IN (:from, :to)")
            .expression_attribute_values(":merged", text("merged"))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to));
        transact_update(update)
    }

    /// The identifier leads to `to` instead of `from`.
    pub(super) fn repoint(
        &self,
        identifier: &str,
        from: ProfileId,
        to: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.identifiers)
            .key("identifier", text(identifier))
            .update_expression("SET profile_id = :to")
            .condition_expression("profile_id IN (:from, :to)")
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to));
        transact_update(update)
    }

    /// The log of `log` has it that the identifiers up to `place` are re-pointed. Whoever is behind
    /// another may set it back; what lies between is written once more, then.
    pub(super) fn reach(
        &self,
        log: ProfileId,
        merge_id: MergeId,
        place: &Place,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(log))
            .key("part", text(merge_part(merge_id)))
            .update_expression("SET reached = :place")
            .condition_expression("attribute_exists(part)")
            .expression_attribute_values(":place", text(place.clone()));
        transact_update(update)
    }

    /// The writes that make the consents which lie in the partition of `root` show `view`, where
    /// `root` itself decided `own`; a group for each consent.
    pub(super) fn consents(
        &self,
        root: ProfileId,
        lying: &Consents,
        own: &State<Row>,
        view: &State<Row>,
    ) -> Result<Vec<Group>, ProfileError> {
        let parts: BTreeSet<&String> = lying.view.keys().chain(view.consents.keys()).collect();
        let mut groups = Vec::new();
        for part in parts {
            let shown = view.consents.get(part);
            let displaced = own
                .consents
                .get(part)
                .filter(|_| shown.is_some_and(|shown| shown.member != root));
            let mut group = self.consent(root, part, lying.view.get(part), shown)?;
            let own_part = format!("{OWN_PREFIX}{part}");
            group.extend(self.consent(root, &own_part, lying.own.get(part), displaced)?);
            groups.extend(Some(group).filter(|group| !group.is_empty()));
        }
        Ok(groups)
    }

    /// Makes the row at `part` hold `wanted`; nothing if it does already.
    fn consent(
        &self,
        root: ProfileId,
        part: &str,
        lying: Option<&ConsentRow>,
        wanted: Option<&Owned<crate::merge::Decision<Row>>>,
    ) -> Result<Group, ProfileError> {
        let Some(wanted) = wanted else {
            let delete = |lying: &ConsentRow| {
                let delete = self
                    .delete(root, part)
                    .condition_expression("#version = :version")
                    .expression_attribute_names("#version", "version")
                    .expression_attribute_values(":version", number(lying.version));
                transact_delete(delete)
            };
            return Ok(lying.map(delete).transpose()?.into_iter().collect());
        };
        let mut row = wanted.what.evidence.clone();
        row.insert("profile_id".to_owned(), text(root));
        row.insert("part".to_owned(), text(part));
        row.remove("member");
        if wanted.member != root {
            row.insert("member".to_owned(), text(wanted.member));
        }
        if let Some(lying) = lying {
            if same_but_for_version(&lying.decision.evidence, &row) {
                return Ok(Vec::new());
            }
            row.insert("version".to_owned(), number(lying.version + 1));
        }
        let put = Put::builder()
            .table_name(&self.profiles)
            .set_item(Some(row));
        let put = match lying {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(lying) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", number(lying.version)),
        };
        Ok(vec![transact_put(put)?])
    }

    fn update(&self, id: ProfileId) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(id))
            .key("part", text(PROFILE_PART))
    }

    fn delete(&self, id: ProfileId, part: &str) -> DeleteBuilder {
        Delete::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(id))
            .key("part", text(part))
    }
}

fn same_but_for_version(lying: &Row, row: &Row) -> bool {
    let without_version = |row: &Row| {
        let mut row = row.clone();
        row.remove("version");
        row
    };
    without_version(lying) == without_version(row)
}

fn condition(before: &Profile, expected: Expected) -> String {
    let parts = match before.parts {
        _ if planted::is_on("merge-ignores-parts") => "attribute_exists(part)",
        Some(_) => "parts = :parts",
        None => "attribute_not_exists(parts)",
    };
    match expected {
        Expected::Open => {
            format!("#version = :version AND {parts} AND attribute_not_exists(closed)")
        }
        Expected::Locked(_) => "closed = :closed AND merge_id = :lock".to_owned(),
        Expected::MemberOf(_) => {
            "#version = :version AND closed = :closed AND merged_into = :root".to_owned()
        }
    }
}

fn names(expected: Expected) -> Option<HashMap<String, String>> {
    let names_version = !matches!(expected, Expected::Locked(_));
    names_version.then(|| HashMap::from([("#version".to_owned(), "version".to_owned())]))
}

fn values(before: &Profile, expected: Expected) -> HashMap<String, AttributeValue> {
    let version = (":version", number(before.version));
    let values = match expected {
        Expected::Open => vec![version],
        Expected::Locked(merge_id) => {
            vec![(":closed", text("settling")), (":lock", text(merge_id))]
        }
        Expected::MemberOf(root) => {
            vec![version, (":closed", text("merged")), (":root", text(root))]
        }
    };
    let parts = before
        .parts
        .filter(|_| expected == Expected::Open && !planted::is_on("merge-ignores-parts"));
    values
        .into_iter()
        .chain(parts.map(|parts| (":parts", number(parts))))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
