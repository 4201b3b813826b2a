//! What is shown to people of ours who serve somebody: those of the contact centre. They ask by no token,
//! but by the one agreement that their function was set up with; it is decided and on record as if they
//! had asked by one.

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use tenancy::{Agreement, FieldGroup, Purpose};

use crate::{Answer, Recipient, Sending, SendingError};

/// Decides on what is shown, and lets out what is on record. On the directory: `dynamodb:GetItem` and
/// `Query`; on the profiles: `BatchGetItem`; on the receipts: `PutItem`.
#[derive(Debug)]
pub struct Desk(Sending);

impl Desk {
    /// Reads `DIRECTORY_TABLE`, `PROFILES_TABLE` and `RECEIPTS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        Sending::new(environment, sdk, clock, ids).map(Self)
    }

    /// What `to` may see of the person `about`: of all groups that were agreed on for the purpose. Somebody
    /// who is not known is nobody, and that it was asked for is on record all the same.
    pub async fn ask(
        &self,
        to: Recipient<'_>,
        about: Option<ProfileId>,
        request_id: &str,
    ) -> Result<Answer, SendingError> {
        let Self(sending) = self;
        let terms = sending.terms(to).await?;
        let subject = sending.subject(to, about).await?;
        let groups = agreed(terms.agreement.as_deref(), to.purpose);
        let ruling = sending.rule(to, &terms, &subject, &groups)?;
        let recorded = sending.record(ruling, request_id).await?;
        let asked = (to.tenant, terms.purposes.get(to.purpose));
        Ok(Answer::of(asked, recorded, subject))
    }
}

/// The groups that were agreed on for the purpose; all of them where none were, so that it is on record
/// why nothing is shown.
fn agreed(agreement: Option<&Agreement>, purpose: &Purpose) -> BTreeSet<FieldGroup> {
    let agreed = agreement.and_then(|agreement| agreement.terms().get(purpose));
    match agreed {
        Some(groups) if !groups.is_empty() => groups.clone(),
        _ => FieldGroup::ALL.into(),
    }
}
