//! Reading what tenants call a person, whichever of their members it came by.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::dynamodb::{query_all, text};
use tenancy::TenantId;

use super::{Part, PartsReader, ProfileError};
use crate::{SegmentsWord, segments::traits_part};

/// Before the id of a member, in its root's partition.
const MEMBER_PREFIX: &str = "member#";

/// Reads what tenants call people: `dynamodb:Query` and `BatchGetItem` on the profiles.
#[derive(Debug, Clone)]
pub struct SegmentsReader {
    client: Client,
    table: String,
    parts: PartsReader,
}

impl SegmentsReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        let table = table.into();
        Self {
            client: Client::new(sdk),
            parts: PartsReader::new(sdk, table.clone()),
            table,
        }
    }

    /// The latest word of each of `tenants` on the person of `root`, as it is now. A call for the
    /// members, and one for each hundred words that there may be; none for no tenants.
    pub async fn latest(
        &self,
        root: ProfileId,
        tenants: &BTreeSet<TenantId>,
    ) -> Result<BTreeMap<TenantId, SegmentsWord>, ProfileError> {
        let mut latest: BTreeMap<TenantId, SegmentsWord> = BTreeMap::new();
        if tenants.is_empty() {
            return Ok(latest);
        }
        let members = self.members(root).await?;
        let parts: Vec<String> = tenants.iter().map(traits_part).collect();
        let of_member = |member: ProfileId| parts.iter().map(move |part| (member, part.as_str()));
        for row in self
            .parts
            .rows(members.into_iter().flat_map(of_member))
            .await?
        {
            let word: SegmentsWord = Part::new(row).read()?;
            let word = match latest.remove(&word.tenant) {
                Some(other) => other.later(word),
                None => word,
            };
            latest.insert(word.tenant.clone(), word);
        }
        Ok(latest)
    }

    /// The root and all its members, page by page.
    async fn members(&self, root: ProfileId) -> Result<Vec<ProfileId>, ProfileError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("profile_id = :id AND begins_with(part, :prefix)")
            .expression_attribute_values(":id", text(root))
            .expression_attribute_values(":prefix", text(MEMBER_PREFIX))
            .projection_expression("part");
        let mut members = vec![root];
        for row in query_all(query).await? {
            let part = row.get("part").and_then(|part| part.as_s().ok());
            let member = part.and_then(|part| part.strip_prefix(MEMBER_PREFIX));
            let member = member.and_then(|member| member.parse().ok());
            members.push(member.ok_or(ProfileError::Malformed)?);
        }
        Ok(members)
    }
}
