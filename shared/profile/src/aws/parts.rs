//! Reading several parts of profiles at once.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::dynamodb::{Row, batch_get, text};
use serde::de::DeserializeOwned;

use super::ProfileError;

/// Reads parts of profiles: `dynamodb:BatchGetItem` on the profiles.
#[derive(Debug, Clone)]
pub struct PartsReader {
    client: Client,
    table: String,
}

/// One part of a profile, as it lies in the table.
#[derive(Debug, Clone)]
pub struct Part(Row);

impl Part {
    pub(super) const fn new(row: Row) -> Self {
        Self(row)
    }

    /// The part as a row of type `T`.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ProfileError> {
        serde_dynamo::from_item(self.0).map_err(|_| ProfileError::Malformed)
    }
}

impl PartsReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The parts named `parts` as they are now, in that order; `None` where there is none.
    pub async fn parts<const N: usize>(
        &self,
        id: ProfileId,
        parts: [&str; N],
    ) -> Result<[Option<Part>; N], ProfileError> {
        let mut rows = self.rows(parts.iter().map(|part| (id, *part))).await?;
        Ok(parts.map(|part| take(&mut rows, id, part).map(Part)))
    }

    /// The rows that there are of those named, none of them twice.
    pub(super) async fn rows<'a>(
        &self,
        named: impl Iterator<Item = (ProfileId, &'a str)>,
    ) -> Result<Vec<Row>, ProfileError> {
        let key = |(id, part): (ProfileId, &str)| {
            Row::from([
                ("profile_id".to_owned(), text(id)),
                ("part".to_owned(), text(part)),
            ])
        };
        let keys: Vec<Row> = named.map(key).collect();
        Ok(batch_get(&self.client, &self.table, &keys).await?)
    }
}

/// Takes one row out of those that were read.
fn take(rows: &mut Vec<Row>, id: ProfileId, part: &str) -> Option<Row> {
    let is = |row: &Row, name: &str, value: String| {
        row.get(name)
            .is_some_and(|attribute| *attribute == text(value))
    };
    let place = rows.iter().position(|row| {
        is(row, "profile_id", id.to_string()) && is(row, "part", part.to_owned())
    })?;
    Some(rows.swap_remove(place))
}
