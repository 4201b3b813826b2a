//! Reading all of a person that a merge or a split goes by.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use identity::{IDENTIFIER_PREFIX, Identifier, IdentifierKind, MergeId, ProfileId, Social};
use lambda_kit::{
    dynamodb::{query_all, text},
    error::ServiceError,
};
use serde::de::DeserializeOwned;
use tokio::try_join;

use super::{
    identifiers::OwnedRow,
    rows::{
        CONSENT_PREFIX, ConsentRow, MEMBER_PREFIX, MERGE_PREFIX, MemberItem, MergeRecord,
        MergeStatus, OWN_PREFIX, PARTING_PREFIX, PartingItem, Row, merge_part, part,
    },
};
use crate::{
    Closed, PROFILE_PART, Profile,
    aws::{ProfileError, taking_off::TAKEN_OFF_PREFIX},
    merge::{Members, Owned, State},
};

/// Reads what persons are made of: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub(super) struct PersonReader {
    client: Client,
    table: String,
}

/// The consents that lie in one partition, by part: the latest of all members, and, where that is
/// another member's, the partition's own.
#[derive(Default)]
pub(super) struct Consents {
    pub(super) view: BTreeMap<String, ConsentRow>,
    pub(super) own: BTreeMap<String, ConsentRow>,
}

impl Consents {
    /// What `member`, in whose partition these lie, decided itself.
    pub(super) fn own_of(&self, member: ProfileId) -> State<Row> {
        let own = self.own.iter();
        let view = self.view.iter().filter(|(part, row)| {
            row.member.is_none_or(|owner| owner == member) && !self.own.contains_key(*part)
        });
        State {
            consents: own
                .chain(view)
                .map(|(part, row)| (part.clone(), owned(member, row)))
                .collect(),
            ..State::default()
        }
    }

    /// The latest decision on each, whose partition this is being `root`'s.
    pub(super) fn view_of(&self, root: ProfileId) -> State<Row> {
        let view = self.view.iter();
        State {
            consents: view
                .map(|(part, row)| (part.clone(), owned(row.member.unwrap_or(root), row)))
                .collect(),
            ..State::default()
        }
    }
}

fn owned(member: ProfileId, row: &ConsentRow) -> Owned<crate::merge::Decision<Row>> {
    Owned {
        member,
        what: row.decision.clone(),
    }
}

impl PersonReader {
    pub(super) fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The row `profile` of `id`, whatever became of it but for an erasure.
    pub(super) async fn profile(&self, id: ProfileId) -> Result<Profile, ProfileError> {
        let row = self.row(id, PROFILE_PART).await?;
        let row = row.ok_or(ProfileError::Unknown)?;
        // What was erased has left too little to be a profile.
        let closed = row.get("closed").and_then(|closed| closed.as_s().ok());
        if closed.is_some_and(|closed| closed.starts_with("eras")) {
            return Err(ProfileError::Unknown);
        }
        serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)
    }

    /// The root to which `id` belongs, open or under the lock of a merge or split. It takes one
    /// read more than for a root, but for the moments in which a redirect is being shortened.
    pub(super) async fn root(&self, id: ProfileId) -> Result<Profile, ProfileError> {
        let mut profile = self.profile(id).await?;
        for _ in 0..3 {
            match (profile.closed, profile.merged_into) {
                (Some(Closed::Merged), Some(root)) => profile = self.profile(root).await?,
                (Some(Closed::Merged), None) => return Err(ProfileError::Malformed),
                _ => return Ok(profile),
            }
        }
        Err(ProfileError::Settling)
    }

    /// The members of `root`.
    pub(super) async fn members(&self, root: ProfileId) -> Result<Members, ProfileError> {
        let rows = self.rows::<MemberItem>(root, MEMBER_PREFIX).await?;
        let edges = rows.into_iter().map(|row| Ok((row.member()?, row.edge)));
        Ok(Members::new(
            root,
            edges.collect::<Result<_, ProfileError>>()?,
        ))
    }

    /// The consents in the partition of `id`. The own ones are looked for only if one is displaced.
    pub(super) async fn consents(&self, id: ProfileId) -> Result<Consents, ProfileError> {
        let mut consents = Consents::default();
        for row in self.query(id, CONSENT_PREFIX, None).await? {
            let part = part(&row)?.to_owned();
            consents.view.insert(part, row.try_into()?);
        }
        if consents.view.values().any(|row| row.member.is_some()) {
            let prefix = format!("{OWN_PREFIX}{CONSENT_PREFIX}");
            for row in self.query(id, &prefix, None).await? {
                let part = part(&row)?.trim_start_matches(OWN_PREFIX).to_owned();
                consents.own.insert(part, row.try_into()?);
            }
        }
        Ok(consents)
    }

    /// The keys of the identifiers that came with `member`, as far as they begin with `prefix`.
    pub(super) async fn identifiers(
        &self,
        member: ProfileId,
        prefix: &str,
    ) -> Result<Vec<String>, ProfileError> {
        let prefix = format!("{IDENTIFIER_PREFIX}{prefix}");
        let rows = self.query(member, &prefix, Some("part")).await?;
        let key = |row: &Row| Ok(part(row)?.trim_start_matches(IDENTIFIER_PREFIX).to_owned());
        rows.iter().map(key).collect()
    }

    /// The keys of the logins at other providers that `member` took off.
    pub(super) async fn taken_off(&self, member: ProfileId) -> Result<Vec<String>, ProfileError> {
        let rows = self.query(member, TAKEN_OFF_PREFIX, Some("part")).await?;
        let key = |row: &Row| Ok(part(row)?.trim_start_matches(TAKEN_OFF_PREFIX).to_owned());
        rows.iter().map(key).collect()
    }

    /// The logins at other providers that came with `member`.
    pub(super) async fn socials(&self, member: ProfileId) -> Result<Vec<Identifier>, ProfileError> {
        let prefix = format!("{IDENTIFIER_PREFIX}{}#", IdentifierKind::Social);
        let rows = self.query(member, &prefix, Some("value")).await?;
        let social = |row: &Row| {
            let value = row.get("value").and_then(|value| value.as_s().ok());
            let social = value.and_then(|value| Social::read(value).ok());
            social
                .map(Identifier::Social)
                .ok_or(ProfileError::Malformed)
        };
        rows.iter().map(social).collect()
    }

    /// At most `most` of the merges that `survivor` absorbed others by, those after `after`.
    pub(super) async fn merges(
        &self,
        survivor: ProfileId,
        after: Option<MergeId>,
        most: usize,
    ) -> Result<Vec<MergeRecord>, ProfileError> {
        let after = after.map(merge_part);
        let rows = self.behind(survivor, MERGE_PREFIX, after, most).await?;
        serde_dynamo::from_items(rows).map_err(|_| ProfileError::Malformed)
    }

    /// At most `most` of the identifiers that came with `member`, those behind that of the key `after`.
    pub(super) async fn owned(
        &self,
        member: ProfileId,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<OwnedRow>, ProfileError> {
        let after = after.map(|key| format!("{IDENTIFIER_PREFIX}{key}"));
        let rows = self.behind(member, IDENTIFIER_PREFIX, after, most).await?;
        serde_dynamo::from_items(rows).map_err(|_| ProfileError::Malformed)
    }

    /// At most `most` of the parts of `id` that begin with `prefix`, those behind the part `after`.
    async fn behind(
        &self,
        id: ProfileId,
        prefix: &str,
        after: Option<String>,
        most: usize,
    ) -> Result<Vec<Row>, ProfileError> {
        let first = after.clone().unwrap_or_else(|| prefix.to_owned());
        let read = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("profile_id = :id AND part BETWEEN :first AND :last")
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":first", text(first))
            // A character behind all that names of parts have.
            .expression_attribute_values(":last", text(format!("{prefix}~")))
            .limit(i32::try_from(most.saturating_add(1)).unwrap_or(i32::MAX))
            .send();
        let page = Box::pin(read)
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let after = after.map(text);
        let rows = page.items.unwrap_or_default().into_iter();
        Ok(rows
            .filter(|row| after.is_none() || row.get("part") != after.as_ref())
            .take(most)
            .collect())
    }

    /// Those with whom `member` was one, until a merge by the identifier `key` was undone.
    pub(super) async fn parted_from(
        &self,
        member: ProfileId,
        key: &str,
    ) -> Result<Vec<ProfileId>, ProfileError> {
        let (merges, partings) = try_join!(
            self.rows::<MergeRecord>(member, MERGE_PREFIX),
            self.partings(member)
        )?;
        let absorbed = merges.into_iter().filter(|merge| {
            merge.status == MergeStatus::Undone && merge.by_identifier.as_deref() == Some(key)
        });
        let survivors = partings
            .into_iter()
            .filter(|parting| parting.by_identifier.as_deref() == Some(key));
        Ok(absorbed
            .map(|merge| merge.absorbed)
            .chain(survivors.map(|parting| parting.survivor))
            .collect())
    }

    /// The merges that had absorbed `member` and were undone.
    pub(super) async fn partings(
        &self,
        member: ProfileId,
    ) -> Result<Vec<PartingItem>, ProfileError> {
        self.rows(member, PARTING_PREFIX).await
    }

    /// One of them.
    pub(super) async fn merge(
        &self,
        survivor: ProfileId,
        merge_id: MergeId,
    ) -> Result<Option<MergeRecord>, ProfileError> {
        let row = self.row(survivor, &merge_part(merge_id)).await?;
        let record = row.map(serde_dynamo::from_item).transpose();
        record.map_err(|_| ProfileError::Malformed)
    }

    async fn rows<T: DeserializeOwned>(
        &self,
        id: ProfileId,
        prefix: &str,
    ) -> Result<Vec<T>, ProfileError> {
        let rows = self.query(id, prefix, None).await?;
        serde_dynamo::from_items(rows).map_err(|_| ProfileError::Malformed)
    }

    async fn row(&self, id: ProfileId, part: &str) -> Result<Option<Row>, ProfileError> {
        let read = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(part))
            .consistent_read(true)
            .send();
        // Boxed: several are under way at once, and each reaches deep into the SDK and is kilobytes.
        let answer = Box::pin(read)
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        Ok(answer.item)
    }

    /// All parts of `id` that begin with `prefix`, page by page.
    async fn query(
        &self,
        id: ProfileId,
        prefix: &str,
        only: Option<&str>,
    ) -> Result<Vec<Row>, ProfileError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("profile_id = :id AND begins_with(part, :prefix)")
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":prefix", text(prefix))
            .set_projection_expression(only.map(|name| format!("#{name}")))
            .set_expression_attribute_names(
                only.map(|name| HashMap::from([(format!("#{name}"), name.to_owned())])),
            );
        Ok(query_all(query).await?)
    }
}
