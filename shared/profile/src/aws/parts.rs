//! Reading several parts of one profile at once.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use identity::ProfileId;
use lambda_kit::{
    Retry,
    dynamodb::{text, unmakeable},
    error::ServiceError,
};
use serde::de::DeserializeOwned;

use super::ProfileError;
use crate::{Closed, Profile};

/// How often what a call left out is asked for again.
const ROUNDS: u32 = 3;

/// Reads parts of profiles: `dynamodb:BatchGetItem` on the profiles.
#[derive(Debug, Clone)]
pub struct PartsReader {
    client: Client,
    table: String,
}

/// One part of a profile, as it lies in the table.
#[derive(Debug, Clone)]
pub struct Part(HashMap<String, AttributeValue>);

impl Part {
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
        let mut rows = self.rows(id, &parts).await?;
        let is_part = |row: &HashMap<_, _>, part: &str| {
            row.get("part").is_some_and(|value| *value == text(part))
        };
        Ok(parts.map(|part| {
            let place = rows.iter().position(|row| is_part(row, part))?;
            Some(Part(rows.swap_remove(place)))
        }))
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
        for _ in 0..ROUNDS {
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

    async fn rows(
        &self,
        id: ProfileId,
        parts: &[&str],
    ) -> Result<Vec<HashMap<String, AttributeValue>>, ProfileError> {
        let key = |part: &&str| {
            HashMap::from([
                ("profile_id".to_owned(), text(id)),
                ("part".to_owned(), text(*part)),
            ])
        };
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(parts.iter().map(key).collect()))
            .consistent_read(true)
            .build()
            .map_err(|_| unmakeable())?;
        let mut rows = Vec::with_capacity(parts.len());
        let mut wanted = Some(HashMap::from([(self.table.clone(), keys)]));
        for _ in 0..ROUNDS {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(wanted)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:BatchGetItem", &error))?;
            rows.extend(answer.responses.unwrap_or_default().into_values().flatten());
            wanted = answer.unprocessed_keys.filter(|left| !left.is_empty());
            if wanted.is_none() {
                return Ok(rows);
            }
        }
        let code = "UnprocessedKeys".to_owned();
        Err(ServiceError {
            operation: "dynamodb:BatchGetItem",
            code,
            retry: Retry::MayHelp,
        }
        .into())
    }
}
