//! Telling whoever was given the person's data.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use event::Data;
use identity::ErasureId;
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, is_refused, number, put, text, transact, transact_put},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use tenancy::{PartnerId, TenantId};

use super::{ErasureError, ErasureReader, writes::Writes};
use crate::{
    Erasure, ErasureState, Progress, Recipient, Term,
    recipient::Given,
    record::{DISCLOSED_PREFIX, Disclosed, ERASURE_PART},
};

/// Tells partners. On the erasures: `dynamodb:GetItem`, `Query`, `PutItem` and `UpdateItem`; on the
/// profiles: `dynamodb:PutItem`.
#[derive(Debug, Clone)]
pub struct PartnerTeller {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
    term: Term,
}

/// The partners that were given something, and what.
type Recipients = BTreeMap<(TenantId, PartnerId), Given>;

impl PartnerTeller {
    /// A teller that puts what it tells into the outbox in the table `profiles`; acknowledgements are
    /// awaited for `term`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: &str,
        term: Term,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.to_owned(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
            term,
        }
    }

    /// Tells every partner that was given anything of the person within the time for which receipts
    /// are kept, as far as `has_time` says: by what was put on record when the receipts were gone through.
    pub async fn tell(
        &self,
        id: &ErasureId,
        has_time: impl Fn() -> bool,
    ) -> Result<Progress, ErasureError> {
        let erasure = self.reader.erasure(id).await?;
        match (erasure.state, erasure.data_removed_at) {
            (ErasureState::Erased, _) => return Ok(Progress::done(&erasure)),
            (ErasureState::Erasing, Some(_)) => {}
            _ => return Err(ErasureError::OutOfTurn),
        }
        let (told_at, acknowledge_by) = match (erasure.told_at, erasure.acknowledge_by) {
            (Some(told_at), Some(by)) => (told_at, by),
            _ => self.set_term(id).await?,
        };
        let recipients = self.recipients(id).await?;
        let told = recipients.len() as u64;
        let before = self.reader.told(id).await?;
        for (partner, given) in recipients {
            let recipient = Recipient::new(id.clone(), partner, given, told_at, acknowledge_by);
            if before.contains(&recipient.part) {
                continue;
            }
            if !has_time() {
                return Ok(Progress::done(&erasure).more());
            }
            self.tell_one(&erasure, &recipient).await?;
        }
        self.note(id, told).await?;
        Ok(Progress::done(&erasure))
    }

    /// Tells a partner, unless it was told before: it finds the erasure when it asks, and whoever wants
    /// to be told by webhooks hears of it.
    async fn tell_one(&self, erasure: &Erasure, recipient: &Recipient) -> Result<(), ErasureError> {
        let row = put(&self.writes.erasures, recipient)?
            .condition_expression("attribute_not_exists(part)");
        let event = Data::ErasureTold {
            profile_id: erasure.profile_id,
            erasure_id: erasure.erasure_id.clone(),
            tenant_id: recipient.tenant.clone(),
            partner_id: recipient.partner.clone(),
            acknowledge_by: recipient.acknowledge_by,
        };
        let mut items = vec![transact_put(row)?];
        if !planted::is_on("partner-told-without-event") {
            items.push(self.writes.told(event, &erasure.request_id)?);
        }
        match transact(&self.client, items).await {
            Ok(()) | Err(TransactionFailure::Refused(_)) => Ok(()),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// From when to when acknowledgements are awaited: as whoever came first has set it.
    async fn set_term(&self, id: &ErasureId) -> Result<(Timestamp, Timestamp), ErasureError> {
        let now = self.writes.clock.now();
        let by = self.term.after(now);
        let set = self
            .client
            .update_item()
            .table_name(&self.reader.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(ERASURE_PART))
            .update_expression("SET told_at = :now, acknowledge_by = :by")
            .condition_expression("attribute_exists(part) AND attribute_not_exists(told_at)")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":by", text(by.to_string()))
            .send()
            .await;
        match set {
            Ok(_) => Ok((now, by)),
            Err(error) if is_refused(&error) => {
                let erasure = self.reader.erasure(id).await?;
                let set = erasure.told_at.zip(erasure.acknowledge_by);
                set.ok_or(ErasureError::Malformed)
            }
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    /// Whom anything was given to, by the places whose receipts are gone through.
    async fn recipients(&self, id: &ErasureId) -> Result<Recipients, ErasureError> {
        let mut recipients = Recipients::new();
        let places: Vec<Disclosed> = self.reader.rows(id, DISCLOSED_PREFIX).await?;
        for place in places {
            for partner in &place.to {
                let (tenant, partner) = partner.split_once('#').ok_or(ErasureError::Malformed)?;
                let tenant = tenant.parse().map_err(|_| ErasureError::Malformed)?;
                let partner = partner.parse().map_err(|_| ErasureError::Malformed)?;
                let given = recipients.entry((tenant, partner)).or_default();
                given.add(place.profile_id, place.shared);
            }
        }
        Ok(recipients)
    }

    async fn note(&self, id: &ErasureId, told: u64) -> Result<(), ErasureError> {
        self.client
            .update_item()
            .table_name(&self.reader.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(ERASURE_PART))
            .update_expression("SET told = :told")
            .condition_expression("attribute_exists(told_at)")
            .expression_attribute_values(":told", number(told))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:UpdateItem", &error))?;
        Ok(())
    }
}
