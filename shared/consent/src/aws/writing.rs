//! Recording decisions.

use aws_sdk_dynamodb::types::TransactWriteItem;
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, transact},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use tenancy::{LegalBasis, PurposeDefinition, Purposes};

use super::{ConsentError, ConsentReader, items};
use crate::{Consent, Decision, DecisionId, DecisionRecord, Ruling};

/// How often a decision that met another one is tried.
const ATTEMPTS: u32 = 3;

/// Writes decisions: `dynamodb:PutItem` and `UpdateItem` on the profiles, beside the reader's.
#[derive(Debug, Clone)]
pub struct ConsentWriter {
    reader: ConsentReader,
    clock: Clock,
    ids: IdSource,
}

impl ConsentWriter {
    /// A writer to what `reader` reads.
    #[must_use]
    pub const fn new(reader: ConsentReader, clock: Clock, ids: IdSource) -> Self {
        Self { reader, clock, ids }
    }

    /// Records a person's decision on a purpose, with its evidence and the event that tells of it;
    /// returns what now holds. One that says what holds already changes nothing.
    pub async fn decide(
        &self,
        id: ProfileId,
        definition: &PurposeDefinition,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<Consent, ConsentError> {
        let (tenant, purpose) = (definition.tenant(), definition.purpose());
        let latest = self.reader.latest(id, tenant, purpose).await?;
        let consent = self
            .decide_after(latest, id, definition, decision, cause)
            .await?;
        consent.ok_or(ConsentError::Malformed)
    }

    /// Withdraws, on a Global Privacy Control signal, every sale and sharing among `purposes` that
    /// is permitted and that the person did not grant in spite of it. One read, if the tenant sells
    /// or shares at all; no write if there is nothing to withdraw.
    pub async fn honour_gpc(
        &self,
        id: ProfileId,
        purposes: &Purposes,
        cause: &Cause,
    ) -> Result<(), ConsentError> {
        let sales = purposes.iter().filter(|each| each.sale_or_sharing());
        let sales: Vec<&PurposeDefinition> = sales.collect();
        let Some(first) = sales.first() else {
            return Ok(());
        };
        let mut consents = self.reader.all(id, first.tenant()).await?;
        let withdrawal = Decision::by_gpc();
        for definition in sales {
            let latest = consents.remove(definition.purpose());
            self.decide_after(latest, id, definition, &withdrawal, cause)
                .await?;
        }
        Ok(())
    }

    /// The same as [`decide`](Self::decide) where `latest` was read before. `None` if nothing was
    /// ever decided and nothing is now.
    async fn decide_after(
        &self,
        mut latest: Option<Consent>,
        id: ProfileId,
        definition: &PurposeDefinition,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<Option<Consent>, ConsentError> {
        let (tenant, purpose) = (definition.tenant(), definition.purpose());
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let Some(after) = decision.settle(id, definition, latest.as_ref(), now)? else {
                return Ok(latest);
            };
            let writes = self.writes(&after, latest.as_ref(), definition.legal_basis(), cause)?;
            match transact(&self.reader.client, writes).await {
                Ok(()) => return Ok(Some(after)),
                Err(TransactionFailure::Refused(places)) if places.contains(&0) => {
                    return Err(ConsentError::UnknownProfile);
                }
                Err(TransactionFailure::Refused(_)) => {
                    latest = self.reader.latest(id, tenant, purpose).await?;
                }
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(ConsentError::Contended)
    }

    /// State, evidence and event, all or nothing. The profile's own row comes first.
    fn writes(
        &self,
        after: &Consent,
        before: Option<&Consent>,
        basis: LegalBasis,
        cause: &Cause,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let table = &self.reader.table;
        let decision_id = DecisionId::new(self.ids.uuid());
        let record = DecisionRecord::new(decision_id, after, basis, &cause.request_id);
        let event = CloudEvent::new(record.event(), cause, &self.clock, &self.ids);
        let mut items = vec![
            items::part_changed(table, after.profile_id)?,
            items::replace(table, after, before)?,
            outbox_put(table, &event)?,
        ];
        if !planted::is_on("decision-without-evidence") {
            items.push(items::append(table, &record)?);
        }
        Ok(items)
    }
}

impl DecisionRecord {
    /// What others are told of it.
    fn event(&self) -> Data {
        let decision = event::Decision {
            profile_id: self.profile_id,
            version: self.version,
            tenant_id: self.tenant.clone(),
            purpose: self.purpose.clone(),
            text_version: self.text_version.to_string(),
            surface: self.surface,
            decision_id: Some(self.decision_id.to_string()),
            legal_basis: Some(self.legal_basis),
            language: self.language.as_ref().map(ToString::to_string),
            expires_at: self.expires_at,
        };
        match self.ruling {
            Ruling::Granted => Data::ConsentGranted(decision),
            Ruling::Withdrawn => Data::ConsentWithdrawn(decision),
        }
    }
}
