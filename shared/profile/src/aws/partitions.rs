//! All that lies in the partitions of a person, page by page.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{Row, text},
    error::ServiceError,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Part, ProfileError, ProfileReader, merge::MEMBER_PREFIX};

/// Walks through a person's partitions: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub struct PartitionReader {
    profiles: ProfileReader,
    client: Client,
    table: String,
}

/// Some parts of a profile, and where the rest of them begins.
#[derive(Debug)]
pub struct PartPage {
    /// The parts, in the order of their names.
    pub parts: Vec<Part>,
    /// Where to go on; `None` after the last of them.
    pub next: Option<PageStart>,
}

/// Where a page begins.
#[derive(Debug)]
pub struct PageStart(Row);

/// A row `member#<member>`, as far as it names the member.
#[derive(Deserialize)]
struct Member {
    part: String,
}

impl PartitionReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        let table = table.into();
        Self {
            profiles: ProfileReader::new(sdk, table.clone()),
            client: Client::new(sdk),
            table,
        }
    }

    /// The members of the person to whom `id` belongs, the root first.
    ///
    /// # Errors
    /// As [`ProfileReader::profile`] has them.
    pub async fn members(&self, id: ProfileId) -> Result<Vec<ProfileId>, ProfileError> {
        let root = self.profiles.profile(id).await?.profile_id;
        let mut members = vec![root];
        for Member { part } in self.all(root, MEMBER_PREFIX).await? {
            let member = part.strip_prefix(MEMBER_PREFIX).unwrap_or_default();
            members.push(member.parse().map_err(|_| ProfileError::Malformed)?);
        }
        Ok(members)
    }

    /// All parts in the partition of `id` whose names begin with `prefix`.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        id: ProfileId,
        prefix: &str,
    ) -> Result<Vec<T>, ProfileError> {
        let (mut rows, mut start) = (Vec::new(), None);
        loop {
            let page = self.page(id, prefix, start).await?;
            for part in page.parts {
                rows.push(part.read()?);
            }
            start = page.next;
            if start.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Up to a megabyte of the parts in the partition of `id` whose names begin with `prefix`, which
    /// may be empty, as they are now.
    pub async fn page(
        &self,
        id: ProfileId,
        prefix: &str,
        start: Option<PageStart>,
    ) -> Result<PartPage, ProfileError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .expression_attribute_values(":id", text(id))
            .set_exclusive_start_key(start.map(|PageStart(key)| key));
        let query = if prefix.is_empty() {
            query.key_condition_expression("profile_id = :id")
        } else {
            query
                .key_condition_expression("profile_id = :id AND begins_with(part, :prefix)")
                .expression_attribute_values(":prefix", text(prefix))
        };
        // Boxed: it reaches deep into the SDK and is kilobytes.
        let answer = Box::pin(query.send())
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(PartPage {
            parts: answer
                .items
                .unwrap_or_default()
                .into_iter()
                .map(Part::new)
                .collect(),
            next: next.map(PageStart),
        })
    }
}
