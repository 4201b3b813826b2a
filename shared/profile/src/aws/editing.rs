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

use super::{ProfileError, replace};
use crate::{Closed, PROFILE_PART, Profile, ProfilePatch};

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
        match self.state(id).await? {
            State::Live(profile) => Ok(*profile),
            State::Merged(root) => match self.state(root).await? {
                State::Live(profile) => Ok(*profile),
                // Paths are as short as they get, but for the second in which they are shortened.
                State::Merged(_) => Err(ProfileError::Settling),
            },
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
    /// It is a member of this root.
    Merged(ProfileId),
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
                .map(Self::Merged)
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
        let mut profile = self.reader.profile(id).await?;
        if profile.version != expected && !planted::is_on("profile-written-at-any-version") {
            let is_repetition = profile.last_request == cause.request_id;
            return if is_repetition {
                Ok(profile)
            } else {
                Err(ProfileError::Stale)
            };
        }
        let now = self.clock.now();
        let changed = profile.apply(patch, now);
        if changed.is_empty() {
            return Ok(profile);
        }
        profile.advance(now, &cause.request_id);
        let data = Data::ProfileUpdated {
            profile_id: id,
            version: profile.version,
            tenant_id: tenant.cloned(),
            changed: changed.iter().map(ToString::to_string).collect(),
        };
        let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
        let mut items = vec![replace(&self.reader.table, &profile, expected)?];
        if !planted::is_on("change-without-outbox") {
            items.push(outbox_put(&self.reader.table, &event)?);
        }
        transact(&self.reader.client, items).await?;
        Ok(profile)
    }
}
