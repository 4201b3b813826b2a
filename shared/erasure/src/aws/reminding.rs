//! Waiting for partners, and reminding them.

use aws_sdk_dynamodb::Client;
use event::Data;
use identity::ErasureId;
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, number, text, transact, transact_update},
    ids::IdSource,
};

use super::{ErasureError, ErasureReader, writes::Writes};
use crate::{Erasure, ErasureState, Progress, Recipient, Term};

/// Reminds partners. On the erasures: `dynamodb:GetItem`, `Query` and `UpdateItem`; on the
/// profiles: `dynamodb:PutItem`.
#[derive(Debug, Clone)]
pub struct Reminder {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
    every: Term,
}

impl Reminder {
    /// A reminder that lets `every` pass between two reminders, and puts what it tells into the
    /// outbox in the table `profiles`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        every: Term,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.into(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
            every,
        }
    }

    /// Looks who has not acknowledged yet, and reminds those whom it was not told for a while; says
    /// when to look again, and how many are left once the time is up.
    pub async fn look(&self, id: &ErasureId) -> Result<(Progress, usize), ErasureError> {
        let erasure = self.reader.erasure(id).await?;
        let by = match (erasure.state, erasure.acknowledge_by) {
            (ErasureState::Erased, _) => return Ok((Progress::done(&erasure), 0)),
            (ErasureState::Erasing, Some(by)) => by,
            _ => return Err(ErasureError::OutOfTurn),
        };
        let now = self.writes.clock.now();
        let recipients = self.reader.recipients(id).await?;
        let open = recipients
            .iter()
            .filter(|each| each.acknowledged_at.is_none());
        let open: Vec<&Recipient> = open.collect();
        if open.is_empty() || now >= by {
            return Ok((Progress::done(&erasure), open.len()));
        }
        for recipient in open {
            let last = recipient.reminded_at.unwrap_or(recipient.told_at);
            if self.every.after(last) <= now {
                self.remind(&erasure, recipient, now).await?;
            }
        }
        let next = self.every.after(now).min(by);
        Ok((Progress::done(&erasure).at(next), 0))
    }

    /// Reminds a partner, unless another run was faster or it has acknowledged.
    async fn remind(
        &self,
        erasure: &Erasure,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<(), ErasureError> {
        let seen = match recipient.reminded_at {
            Some(_) => "reminded_at = :seen",
            None => "attribute_not_exists(reminded_at)",
        };
        let reminded = self
            .writes
            .row(&recipient.erasure_id, &recipient.part)
            .update_expression("SET reminded_at = :now ADD reminders :one")
            .condition_expression(format!(
                "attribute_exists(part) AND attribute_not_exists(acknowledged_at) AND {seen}"
            ))
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":one", number(1));
        let reminded = recipient.reminded_at.iter().fold(reminded, |update, seen| {
            update.expression_attribute_values(":seen", text(seen.to_string()))
        });
        let event = Data::ErasureReminded {
            profile_id: erasure.profile_id,
            erasure_id: erasure.erasure_id.clone(),
            tenant_id: recipient.tenant.clone(),
            partner_id: recipient.partner.clone(),
            acknowledge_by: recipient.acknowledge_by,
        };
        let items = vec![
            transact_update(reminded)?,
            self.writes.told(event, &erasure.request_id)?,
        ];
        match transact(&self.client, items).await {
            Ok(()) | Err(TransactionFailure::Refused(_)) => Ok(()),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}
