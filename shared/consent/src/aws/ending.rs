//! Recording that grants ended by themselves.

use event::Cause;
use identity::ProfileId;
use lambda_kit::dynamodb::{TransactionFailure, transact};
use tenancy::{LegalBasis, Purpose, TenantId};

use super::{ConsentError, ConsentWriter, members::Standing, writing::ATTEMPTS};
use crate::{Consent, part};

impl ConsentWriter {
    /// Puts on record that what the person of `id` granted has ended, if its time is over and nothing
    /// says so yet; returns whether it did. What they decided meanwhile stands. Of whoever is not there
    /// nothing is recorded, nor while they are being merged or split: they are found again afterwards.
    ///
    /// Of the profiles it needs `dynamodb:GetItem`, `PutItem`, `UpdateItem` and `ConditionCheckItem`.
    pub async fn end(
        &self,
        id: ProfileId,
        tenant: &TenantId,
        purpose: &Purpose,
        cause: &Cause,
    ) -> Result<bool, ConsentError> {
        let part = part(tenant, purpose);
        for _ in 0..ATTEMPTS {
            let root = match self.reader.standing_anew(id).await {
                Ok(standing) => standing.root,
                Err(ConsentError::UnknownProfile | ConsentError::Settling) => return Ok(false),
                Err(error) => return Err(error),
            };
            let latest = self.reader.at(root, &part).await?;
            let now = self.clock.now();
            let Some(due) = latest.filter(|latest| latest.is_due(now)) else {
                return Ok(false);
            };
            if self.record_end(root, &due, cause).await? {
                return Ok(true);
            }
        }
        Err(ConsentError::Contended)
    }

    /// Writes the end of `grant`, as the person of `root` shows it, with its evidence and the event that
    /// tells of it, if that still is what holds. Nothing but consent is granted, so that the directory,
    /// which may have the purpose no longer, is not asked.
    pub(super) async fn record_end(
        &self,
        root: ProfileId,
        grant: &Consent,
        cause: &Cause,
    ) -> Result<bool, ConsentError> {
        let member = grant.member.unwrap_or(root);
        let standing = Standing { root, member };
        let basis = LegalBasis::Consent;
        let ended = grant.at_its_end();
        let writes = self.writes(standing, &ended, Some(grant), basis, cause);
        match transact(&self.reader.client, writes.await?).await {
            Ok(()) => Ok(true),
            Err(TransactionFailure::Refused(_)) => Ok(false),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}
