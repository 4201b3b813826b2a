//! The writes that several steps make.

use aws_sdk_dynamodb::{
    Client,
    types::{TransactWriteItem, Update, builders::UpdateBuilder},
};
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{ErasureId, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{is_refused, put, text, transact_put, transact_update},
    error::ServiceError,
    ids::IdSource,
};
use profile::PROFILE_PART;
use serde::Serialize;

use super::ErasureError;
use crate::{
    ErasureState,
    record::{ERASURE_PART, Member},
};

/// Names the tables and makes the writes.
#[derive(Debug, Clone)]
pub(super) struct Writes {
    pub(super) erasures: String,
    pub(super) profiles: String,
    pub(super) clock: Clock,
    pub(super) ids: IdSource,
}

impl Writes {
    /// A change of a row of the erasure.
    pub(super) fn row(&self, id: &ErasureId, part: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.erasures)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(part))
    }

    /// A change of the erasure, if it still is in `state`.
    pub(super) fn erasure(&self, id: &ErasureId, state: ErasureState) -> UpdateBuilder {
        self.row(id, ERASURE_PART)
            .condition_expression("#state = :expected")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":expected", text(state.as_str()))
    }

    /// A change of the row `profile`.
    pub(super) fn profile(&self, id: ProfileId) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(id))
            .key("part", text(PROFILE_PART))
    }

    /// A change of the row `profile` that this erasure has closed.
    pub(super) fn closed_profile(&self, id: ProfileId, erasure_id: &ErasureId) -> UpdateBuilder {
        self.profile(id)
            .condition_expression("closed = :erasing AND erasure_id = :erasure")
            .expression_attribute_values(":erasing", text("erasing"))
            .expression_attribute_values(":erasure", text(erasure_id.as_str()))
    }

    /// Closes a profile of the person, whose other members lead to `root`.
    pub(super) fn close(
        &self,
        id: ProfileId,
        root: ProfileId,
        erasure_id: &ErasureId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = self
            .profile(id)
            .update_expression("SET closed = :erasing, erasure_id = :erasure")
            .expression_attribute_values(":erasing", text("erasing"))
            .expression_attribute_values(":erasure", text(erasure_id.as_str()));
        transact_update(if id == root {
            update.condition_expression("attribute_exists(part) AND attribute_not_exists(closed)")
        } else {
            update
                .condition_expression("closed = :merged AND merged_into = :root")
                .expression_attribute_values(":merged", text("merged"))
                .expression_attribute_values(":root", text(root))
        })
    }

    /// The row that tells of a closed profile.
    pub(super) fn member(
        &self,
        erasure_id: &ErasureId,
        id: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let member = Member::new(erasure_id.clone(), id);
        transact_put(
            put(&self.erasures, &member)?.condition_expression("attribute_not_exists(part)"),
        )
    }

    /// What others are told of it.
    pub(super) fn told(
        &self,
        data: Data,
        request_id: &str,
    ) -> Result<TransactWriteItem, ServiceError> {
        let cause = Cause {
            request_id: request_id.to_owned(),
        };
        let event = CloudEvent::new(data, &cause, &self.clock, &self.ids);
        outbox_put(&self.profiles, &event)
    }
}

/// Puts a row of an erasure into `table`, unless it is there.
pub(super) async fn put_once(
    client: &Client,
    table: &str,
    row: &impl Serialize,
) -> Result<(), ErasureError> {
    let row = serde_dynamo::to_item(row).map_err(|_| ErasureError::Malformed)?;
    let put = client
        .put_item()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression("attribute_not_exists(part)")
        .send()
        .await;
    match put {
        Ok(_) => Ok(()),
        Err(error) if is_refused(&error) => Ok(()),
        Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
    }
}
