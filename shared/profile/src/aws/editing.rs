//! Reading a profile's fields, and changing them under an optimistic lock.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    dynamodb::{text, transact},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use tenancy::TenantId;

use super::{ProfileError, replace_person};
use crate::{Closed, PROFILE_PART, Person, Profile, ProfilePatch, Source};

/// Reads profiles' fields: `dynamodb:GetItem` on the profiles.
#[derive(Debug, Clone)]
pub struct ProfileReader {
    client: Client,
    table: String,
}

impl ProfileReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The profile as it is now. One that was merged is found by its root, in one more read.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] if there is none, or none any more, and
    /// [`ProfileError::Settling`] while it is being merged or split.
    pub async fn profile(&self, id: ProfileId) -> Result<Profile, ProfileError> {
        Ok(self.person(id).await?.root)
    }

    /// The person whose member `member` is, as its login finds them.
    ///
    /// # Errors
    /// As [`profile`](Self::profile) has them.
    pub async fn person(&self, member: ProfileId) -> Result<Person, ProfileError> {
        let (root, row) = match self.state(member).await? {
            State::Live(root) => {
                let (root, member) = (*root, None);
                return Ok(Person { root, member });
            }
            State::Merged(root, row) => (root, row),
        };
        match self.state(root).await? {
            State::Live(root) => {
                let member = serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
                Ok(Person {
                    root: *root,
                    member: Some(member),
                })
            }
            // Paths are as short as they get, but for the second in which they are shortened.
            State::Merged(..) => Err(ProfileError::Settling),
        }
    }

    async fn state(&self, id: ProfileId) -> Result<State, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(PROFILE_PART))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        State::of(answer.item.ok_or(ProfileError::Unknown)?)
    }
}

/// What a row `profile` says of its profile.
pub(super) enum State {
    /// It is a person's root.
    Live(Box<Profile>),
    /// It is a member of this root; its row.
    Merged(ProfileId, HashMap<String, AttributeValue>),
}

impl State {
    /// The state in `row`. What was erased has left too little to be a profile.
    pub(super) fn of(row: HashMap<String, AttributeValue>) -> Result<Self, ProfileError> {
        let Some(closed) = row.get("closed") else {
            let profile = serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
            return Ok(Self::Live(Box::new(profile)));
        };
        let closed = serde_dynamo::from_attribute_value(closed.clone());
        match closed.map_err(|_| ProfileError::Malformed)? {
            Closed::Settling => Err(ProfileError::Settling),
            Closed::Erasing | Closed::Erased => Err(ProfileError::Unknown),
            Closed::Merged => row
                .get("merged_into")
                .and_then(|root| root.as_s().ok())
                .and_then(|root| root.parse().ok())
                .map(|root| Self::Merged(root, row))
                .ok_or(ProfileError::Malformed),
        }
    }
}

/// Changes profiles' fields: `dynamodb:PutItem` on the profiles, beside the reader's.
#[derive(Debug, Clone)]
pub struct ProfileWriter {
    reader: ProfileReader,
    clock: Clock,
    ids: IdSource,
}

impl ProfileWriter {
    /// A writer to what `reader` reads.
    #[must_use]
    pub const fn new(reader: ProfileReader, clock: Clock, ids: IdSource) -> Self {
        Self { reader, clock, ids }
    }

    /// Applies the person's `patch` to version `expected`; returns the profile after it. A request
    /// that was applied before is recognised and answered the same.
    ///
    /// # Errors
    /// [`ProfileError::Stale`] if the profile is at another version by now.
    pub async fn patch(
        &self,
        id: ProfileId,
        expected: u64,
        patch: ProfilePatch,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<Profile, ProfileError> {
        let before = self.reader.person(id).await?;
        if before.root.version != expected && !planted::is_on("profile-written-at-any-version") {
            let is_repetition = before.root.last_request == cause.request_id;
            return if is_repetition {
                Ok(before.root)
            } else {
                Err(ProfileError::Stale)
            };
        }
        let mut after = before.clone();
        let now = self.clock.now();
        let changes = after.apply(patch, Source::Person, now, &cause.request_id);
        if !changes.is_any {
            return Ok(before.root);
        }
        let data = Data::ProfileUpdated {
            profile_id: after.root.profile_id,
            version: after.root.version,
            tenant_id: tenant.cloned(),
            changed: changes.shown.iter().map(ToString::to_string).collect(),
        };
        let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
        let mut items = replace_person(&self.reader.table, &after, &before)?;
        if !planted::is_on("change-without-outbox") {
            items.push(outbox_put(&self.reader.table, &event)?);
        }
        transact(&self.reader.client, items).await?;
        Ok(after.root)
    }
}
