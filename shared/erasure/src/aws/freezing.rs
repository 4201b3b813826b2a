//! Closing all profiles of a person.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use identity::{ErasureId, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{number, text, transact, transact_update},
    ids::IdSource,
    planted,
};

use super::{
    ErasureError, ErasureReader, TRANSACTION_ITEMS,
    reading::{attribute, parts},
    writes::Writes,
};
use crate::{Erasure, ErasureState, Progress};

/// Before the profile that a row of a root tells of: the same in the table `profiles`.
const MEMBERS: &str = "member#";

/// Closes what belongs to a person. On the erasures: `dynamodb:GetItem`, `Query`, `PutItem` and
/// `UpdateItem`; on the profiles: `dynamodb:Query` and `UpdateItem`.
#[derive(Debug, Clone)]
pub struct Freezer {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
}

impl Freezer {
    /// A freezer of people in the table `profiles`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.into(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
        }
    }

    /// Closes every profile that leads to the person's root. The root itself was closed when they
    /// asked for it, so that none joins and none leaves any more.
    pub async fn freeze(&self, id: &ErasureId) -> Result<Progress, ErasureError> {
        let erasure = self.reader.erasure(id).await?;
        if erasure.state != ErasureState::Requested {
            return Ok(Progress::done(&erasure));
        }
        let closed = self.reader.members(id).await?;
        let closed: BTreeSet<ProfileId> = closed.iter().map(|member| member.profile_id).collect();
        let open = self.members_of(erasure.profile_id).await?;
        let open = open.difference(&closed).copied();
        let open: Vec<ProfileId> = open
            .filter(|_| !planted::is_on("erasure-forgets-members"))
            .collect();
        // Two writes for each, and one that counts them.
        for some in open.chunks((TRANSACTION_ITEMS - 1) / 2) {
            self.close(&erasure, some).await?;
        }
        let frozen = self
            .writes
            .erasure(id, ErasureState::Requested)
            .update_expression("SET #state = :frozen, frozen_at = :now")
            .expression_attribute_values(":frozen", text(ErasureState::Frozen.as_str()))
            .expression_attribute_values(":now", text(self.writes.clock.now().to_string()));
        // Whoever was faster, the person who took it back or another run, has said how it stands.
        match transact(&self.client, vec![transact_update(frozen)?])
            .await
            .map_err(ErasureError::from)
        {
            Ok(()) | Err(ErasureError::Contended) => {}
            Err(error) => return Err(error),
        }
        let erasure = self.reader.erasure(id).await?;
        Ok(Progress::done(&erasure))
    }

    /// Closes these members, unless the person took it back.
    async fn close(&self, erasure: &Erasure, some: &[ProfileId]) -> Result<(), ErasureError> {
        let id = &erasure.erasure_id;
        let counted = self
            .writes
            .erasure(id, ErasureState::Requested)
            .update_expression("ADD members :some")
            .expression_attribute_values(":some", number(some.len() as i128));
        let mut items = vec![transact_update(counted)?];
        for member in some {
            items.push(self.writes.close(*member, erasure.profile_id, id)?);
            items.push(self.writes.member(id, *member)?);
        }
        Ok(transact(&self.client, items).await?)
    }

    /// Who is on the root's list of members.
    async fn members_of(&self, root: ProfileId) -> Result<BTreeSet<ProfileId>, ErasureError> {
        let root = root.to_string();
        let list = parts(&self.writes.profiles, &root, Some(MEMBERS));
        let mut members = BTreeSet::new();
        let mut start = None;
        loop {
            let page = list.page(&self.client, start, None, Some("part")).await?;
            for row in &page.rows {
                let member = attribute(row, "part").and_then(|part| part.strip_prefix(MEMBERS));
                let member = member.and_then(|member| member.parse().ok());
                members.insert(member.ok_or(ErasureError::Malformed)?);
            }
            start = page.next;
            if start.is_none() {
                return Ok(members);
            }
        }
    }
}
