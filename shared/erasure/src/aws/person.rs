//! Which erasures somebody asked for, those too that were taken back.

use aws_sdk_dynamodb::Client;
use identity::ErasureId;
use jiff::Timestamp;
use lambda_kit::dynamodb::{query_all, text};
use profile::Stretch;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    ErasureError,
    reading::{Partition, Rows},
};

/// The sparse index of the rows `erasure`, by whose they are.
const PERSON_INDEX: &str = "by_person";

/// Finds the erasures of people: `dynamodb:Query` on the erasures and on their index `by_person`.
#[derive(Debug, Clone)]
pub struct PersonErasures {
    client: Client,
    table: String,
}

/// A row `erasure`, as far as it says which one it is and of when.
#[derive(Deserialize)]
struct Asked {
    erasure_id: ErasureId,
    requested_at: Timestamp,
}

impl PersonErasures {
    /// A reader of `table` and its index.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The erasures that were asked for while the person went along `stretch`.
    pub async fn of(&self, stretch: Stretch) -> Result<Vec<ErasureId>, ErasureError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(PERSON_INDEX)
            .key_condition_expression("profile_id = :person")
            .expression_attribute_values(":person", text(stretch.profile_id));
        let found: Result<Vec<Asked>, _> = serde_dynamo::from_items(query_all(query).await?);
        let found = found.map_err(|_| ErasureError::Malformed)?.into_iter();
        let theirs =
            found.filter(|asked| (stretch.from..stretch.until).contains(&asked.requested_at));
        Ok(theirs.map(|asked| asked.erasure_id).collect())
    }

    /// All rows of an erasure, each as a `T`.
    pub async fn rows<T: DeserializeOwned>(&self, id: &ErasureId) -> Result<Vec<T>, ErasureError> {
        let partition = Partition {
            table: &self.table,
            key: ("erasure_id", id.as_str()),
            rows: Rows::All,
        };
        let rows = partition.all(&self.client).await?;
        serde_dynamo::from_items(rows).map_err(|_| ErasureError::Malformed)
    }
}
