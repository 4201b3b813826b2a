//! Reading which merges a person went through.

use identity::ProfileId;

use super::{MergeError, reading::PersonReader, rows::MergeRecord};

/// Reads the log of merges: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub struct MergeReader(PersonReader);

impl MergeReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self(PersonReader::new(sdk, table))
    }

    /// The merges of the person of `profile_id`, the oldest first, those that were undone too.
    pub async fn merges(&self, profile_id: ProfileId) -> Result<Vec<MergeRecord>, MergeError> {
        let root = self.0.root(profile_id).await?;
        let mut merges = Vec::new();
        for member in self.0.members(root.profile_id).await?.ids() {
            merges.extend(self.0.merges(member).await?);
        }
        merges.sort_by_key(|merge| (merge.at, merge.merge_id));
        Ok(merges)
    }
}
