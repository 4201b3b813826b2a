//! Consents in the table `profiles`.

use aws_sdk_dynamodb::{
    Client,
    types::{ConditionCheck, TransactWriteItem},
};
use event::{Cause, CloudEvent, Data, outbox_put};
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, number, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
    ids::IdSource,
};

use crate::{Consent, Decision, Ruling, part};

/// How often a decision that met another one is tried.
const ATTEMPTS: u32 = 3;

/// Writes decisions: `dynamodb:GetItem`, `PutItem` and `ConditionCheckItem` on the profiles.
#[derive(Debug, Clone)]
pub struct ConsentWriter {
    client: Client,
    table: String,
    clock: Clock,
    ids: IdSource,
}

/// Why a decision was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// DynamoDB did not do it.
    #[error("the consent can't be read or written")]
    Service(#[from] ServiceError),
    /// There is no such person.
    #[error("there is no such profile")]
    UnknownProfile,
    /// Others kept deciding at the same time.
    #[error("the consent kept changing while it was written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of a consent can't be read")]
    Malformed,
}

impl ConsentWriter {
    /// A writer to `table`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
            ids,
        }
    }

    /// Records a decision, with the event that tells of it; returns what now holds. One that says
    /// what holds already changes nothing.
    pub async fn decide(&self, decision: Decision, cause: &Cause) -> Result<Consent, ConsentError> {
        for _ in 0..ATTEMPTS {
            let before = self.read(&decision).await?;
            let Some(after) = Consent::after(before.as_ref(), decision.clone(), self.clock.now())
            else {
                return before.ok_or(ConsentError::Malformed);
            };
            match transact(&self.client, self.writes(&after, before.as_ref(), cause)?).await {
                Ok(()) => return Ok(after),
                Err(TransactionFailure::Refused(places)) if places.contains(&0) => {
                    return Err(ConsentError::UnknownProfile);
                }
                Err(TransactionFailure::Refused(_)) => {}
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(ConsentError::Contended)
    }

    async fn read(&self, decision: &Decision) -> Result<Option<Consent>, ConsentError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(decision.profile_id))
            .key("part", text(part(&decision.tenant, &decision.purpose)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer
            .item
            .map(serde_dynamo::from_item)
            .transpose()
            .map_err(|_| ConsentError::Malformed)
    }

    fn writes(
        &self,
        after: &Consent,
        before: Option<&Consent>,
        cause: &Cause,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let profile_exists = ConditionCheck::builder()
            .table_name(&self.table)
            .key("profile_id", text(after.profile_id))
            .key("part", text("profile"))
            .condition_expression("attribute_exists(part)")
            .build()
            .map_err(|_| unmakeable())?;
        let put = put(&self.table, after)?;
        let put = match before {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(before) => put
                .condition_expression("#version = :expected")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":expected", number(before.version)),
        };
        let event = CloudEvent::new(after.event(), cause, &self.clock, &self.ids);
        Ok(vec![
            TransactWriteItem::builder()
                .condition_check(profile_exists)
                .build(),
            transact_put(put)?,
            outbox_put(&self.table, &event)?,
        ])
    }
}

impl Consent {
    fn event(&self) -> Data {
        let decision = event::Decision {
            profile_id: self.profile_id,
            version: self.version,
            tenant_id: self.tenant.clone(),
            purpose: self.purpose.clone(),
            text_version: self.text_version.to_string(),
            surface: self.surface,
        };
        match self.ruling {
            Ruling::Granted => Data::ConsentGranted(decision),
            Ruling::Withdrawn => Data::ConsentWithdrawn(decision),
        }
    }
}
