//! Reading several parts of profiles at once.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::dynamodb::{Row, batch_get, text};
use serde::de::DeserializeOwned;

use super::ProfileError;
use crate::{Closed, Profile};

/// How many ids there are at most on the way to a root, while paths are being shortened.
const PATH: u32 = 3;

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

    /// The part as the fields of somebody; `None` if they were erased, or are being erased.
    pub fn profile(self) -> Result<Option<Profile>, ProfileError> {
        let closed = self.0.get("closed").cloned();
        let closed = closed.map(serde_dynamo::from_attribute_value).transpose();
        match closed.map_err(|_| ProfileError::Malformed)? {
            Some(Closed::Erasing | Closed::Erased) => Ok(None),
            Some(Closed::Merged | Closed::Settling) | None => self.read().map(Some),
        }
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

    /// The parts named `parts`, of which the first is the profile's own row, as the person of `id`
    /// has them now: of their root, if `id` became a member of another. Nothing of one who was erased.
    ///
    /// # Errors
    /// [`ProfileError::Settling`] while the person is being merged or split.
    pub async fn of_person<const N: usize>(
        &self,
        mut id: ProfileId,
        parts: [&str; N],
    ) -> Result<[Option<Part>; N], ProfileError> {
        for _ in 0..PATH {
            let found = self.parts(id, parts).await?;
            let Some(Part(row)) = found.first().and_then(Option::as_ref) else {
                return Ok(found);
            };
            let attribute = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
            match attribute("closed").map(String::as_str) {
                None => return Ok(found),
                Some("merged") => {
                    let root = attribute("merged_into").and_then(|root| root.parse().ok());
                    id = root.ok_or(ProfileError::Malformed)?;
                }
                Some("settling") => break,
                Some(_) => return Ok(parts.map(|_| None)),
            }
        }
        Err(ProfileError::Settling)
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
