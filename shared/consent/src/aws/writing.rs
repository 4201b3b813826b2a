//! Recording decisions.

use aws_sdk_dynamodb::types::TransactWriteItem;
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{
    clock::{Clock, after},
    dynamodb::{TransactionFailure, transact},
    ids::IdSource,
    planted,
};
use tenancy::{LegalBasis, PurposeDefinition, Purposes};

use super::{ConsentError, ConsentReader, items, members::Standing};
use crate::{Consent, Decision, DecisionId, DecisionRecord, Recorded, part};

/// How often a decision that met another one is tried.
pub(super) const ATTEMPTS: u32 = 3;

/// Writes decisions: `dynamodb:PutItem` and `UpdateItem` on the profiles, beside the reader's.
#[derive(Debug, Clone)]
pub struct ConsentWriter {
    pub(super) reader: ConsentReader,
    pub(super) clock: Clock,
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
        let standing = self.reader.standing(id).await?;
        let part = part(tenant, purpose);
        let latest = self.reader.at(standing.root, &part).await?;
        let consent = self
            .decide_after(latest, standing, definition, decision, cause)
            .await?;
        consent.ok_or(ConsentError::Malformed)
    }

    /// Withdraws, on a Global Privacy Control signal, every sale and sharing among `purposes` that
    /// is permitted and that the person did not grant in spite of it, or since `said_at`. One read, if
    /// the tenant sells or shares at all; no write if there is nothing to withdraw.
    pub(crate) async fn honour_gpc(
        &self,
        id: ProfileId,
        purposes: &Purposes,
        said_at: Option<Timestamp>,
        cause: &Cause,
    ) -> Result<(), ConsentError> {
        let sales = purposes.iter().filter(|each| each.sale_or_sharing());
        let sales: Vec<&PurposeDefinition> = sales.collect();
        let Some(first) = sales.first() else {
            return Ok(());
        };
        let standing = self.reader.standing(id).await?;
        let mut consents = self.reader.shown(standing.root, first.tenant()).await?;
        let withdrawal = Decision {
            said_at,
            ..Decision::by_gpc()
        };
        for definition in sales {
            let latest = consents.remove(definition.purpose());
            self.decide_after(latest, standing, definition, &withdrawal, cause)
                .await?;
        }
        Ok(())
    }

    /// The same as [`decide`](Self::decide) where `latest` was read before. `None` if nothing was
    /// ever decided and nothing is now.
    async fn decide_after(
        &self,
        mut latest: Option<Consent>,
        mut standing: Standing,
        definition: &PurposeDefinition,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<Option<Consent>, ConsentError> {
        let part = part(definition.tenant(), definition.purpose());
        for _ in 0..ATTEMPTS {
            let seen = latest.as_ref().map(|latest| latest.decided_at);
            let (root, now) = (standing.root, after(seen, self.clock.now()));
            let Some(mut after) = decision.settle(root, definition, latest.as_ref(), now)? else {
                return Ok(latest);
            };
            // That a grant ended is on record before what came after it.
            if let Some(due) = latest.as_ref().filter(|latest| latest.is_due(now)) {
                self.record_end(root, due, cause).await?;
                standing = self.reader.standing_anew(standing.member).await?;
                latest = self.reader.at(standing.root, &part).await?;
                continue;
            }
            after.member = Some(standing.member).filter(|member| *member != root);
            let basis = definition.legal_basis();
            let writes = self.writes(standing, &after, latest.as_ref(), basis, cause);
            match transact(&self.reader.client, writes.await?).await {
                Ok(()) => return Ok(Some(after)),
                Err(TransactionFailure::Refused(_)) => {
                    standing = self.reader.standing_anew(standing.member).await?;
                    latest = self.reader.at(standing.root, &part).await?;
                }
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(ConsentError::Contended)
    }

    /// State, evidence and event, all or nothing. The profile's own row comes first.
    pub(super) async fn writes(
        &self,
        standing: Standing,
        after: &Consent,
        before: Option<&Consent>,
        basis: LegalBasis,
        cause: &Cause,
    ) -> Result<Vec<TransactWriteItem>, ConsentError> {
        let table = &self.reader.table;
        let id = self.ids.uuid();
        let told = DecisionRecord::new(DecisionId::new(id), after, basis, &cause.request_id);
        let event = CloudEvent::new(told.event(), cause, &self.clock, &self.ids);
        let mut items = vec![
            items::part_changed(table, after.profile_id)?,
            items::replace(table, after, before)?,
            outbox_put(table, &event)?,
        ];
        let (own, decided) = self.reader.own(standing, after, before).await?;
        items.extend(own);
        if !planted::is_on("decision-without-evidence") {
            let id = DecisionId::new(id);
            let record = DecisionRecord::new(id, &decided, basis, &cause.request_id);
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
            text_sha256: self.text_sha256.as_ref().map(ToString::to_string),
            surface: self.surface,
            decision_id: Some(self.decision_id.to_string()),
            legal_basis: Some(self.legal_basis),
            language: self.language.as_ref().map(ToString::to_string),
            expires_at: self.expires_at,
            overrides_gpc: self.overrides_gpc,
        };
        match self.outcome {
            Recorded::Granted => Data::ConsentGranted(decision),
            Recorded::Withdrawn => Data::ConsentWithdrawn(decision),
            Recorded::Expired => Data::ConsentExpired(decision),
        }
    }
}
