//! What is sent to partners unasked: decided right before, as if they had asked, and on record first.

use std::{collections::BTreeSet, sync::Arc};

use access::{
    Policies, Question, Reason, ReceiptError, ReceiptId, ReceiptWriter, Recorded, Ruling, decide,
};
use aws_types::SdkConfig;
use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    planted,
};
use profile::{PartsReader, ProfileError};
use tenancy::{
    Agreement, AgreementId, AgreementReader, DirectoryError, ExtensionName, FieldGroup,
    InvalidName, MachineScope, PartnerId, Purpose, PurposeReader, Purposes, TenantId,
};

use crate::Subject;

/// Decides on what is sent: by the agreement as the directory has it now, and by the person's consent of
/// this moment.
#[derive(Debug)]
pub struct Sending {
    purposes: PurposeReader,
    agreements: AgreementReader,
    people: PartsReader,
    receipts: ReceiptWriter,
    clock: Clock,
    ids: IdSource,
}

/// Who is sent something, and what for.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its partner.
    pub partner: &'a PartnerId,
    /// What for.
    pub purpose: &'a Purpose,
    /// Under which agreement it asked; nothing is sent without one.
    pub agreement: Option<&'a AgreementId>,
    /// What it was granted to ask for.
    pub scopes: &'a BTreeSet<String>,
}

/// Code of a tenant's own that is given something, and what for.
#[derive(Debug, Clone, Copy)]
pub struct OwnCode<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its code.
    pub extension: &'a ExtensionName,
    /// What for.
    pub purpose: &'a Purpose,
}

/// What was agreed on.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) purposes: Arc<Purposes>,
    pub(crate) agreement: Option<Arc<Agreement>>,
}

/// Under what it is on record: the same whenever the same is decided on again.
#[derive(Debug, Clone, Copy)]
pub struct Under<'a> {
    /// The receipt of what is given.
    pub given: ReceiptId,
    /// The receipt of what is withheld.
    pub withheld: ReceiptId,
    /// What stands in both as the request.
    pub request_id: &'a str,
}

/// What was decided. Unless it is for later, it is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It may be sent. The person goes by this id.
    Given(ProfileId),
    /// It may not.
    Withheld,
    /// The person is being merged or split.
    Later,
}

/// Why nothing could be decided.
#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// The directory can't be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// The receipt can't be written.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// There are no policies.
    #[error("the policies can't be read")]
    Policies,
    /// It can't be said who is given something.
    #[error("what is given to code of that name can't be put on record")]
    Name(#[from] InvalidName),
}

impl Sending {
    /// Reads `DIRECTORY_TABLE`, `PROFILES_TABLE` and `RECEIPTS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let receipts = environment.required("RECEIPTS_TABLE")?;
        Ok(Self {
            purposes: PurposeReader::new(sdk, directory, clock.clone()),
            agreements: AgreementReader::new(sdk, directory, clock.clone()),
            people: PartsReader::new(sdk, profiles),
            receipts: ReceiptWriter::new(sdk, receipts),
            clock,
            ids,
        })
    }

    /// Decides on `group` of the person `about`, or without one on whether anything of their fields may
    /// be read. Somebody who is not known is nobody, of whom nothing is sent.
    pub async fn decide(
        &self,
        to: Recipient<'_>,
        about: Option<ProfileId>,
        group: Option<FieldGroup>,
        under: Under<'_>,
    ) -> Result<Told, SendingError> {
        let terms = self.terms(to).await?;
        let subject = self.subject(to, about).await?;
        if let (Some(profile), true) = (&subject.profile, planted::is_on("webhook-undecided")) {
            return Ok(Told::Given(profile.profile_id));
        }
        let groups = group.map_or_else(
            || of_fields(terms.agreement.as_deref(), to.purpose),
            |group| BTreeSet::from([group]),
        );
        let ruling = self.rule(to, &terms, &subject, &groups)?;
        self.settle(ruling, None, &subject, under).await
    }

    /// The same for code of the tenant's own. What was agreed on is what was registered: the rules that protect
    /// the person are those that hold for partners, and each time is on record.
    pub async fn decide_for_code(
        &self,
        to: OwnCode<'_>,
        about: ProfileId,
        group: Option<FieldGroup>,
        under: Under<'_>,
    ) -> Result<Told, SendingError> {
        let agreement = Agreement::with_own_code(to.tenant, to.extension, to.purpose)?;
        let terms = Terms {
            purposes: self.purposes.all(to.tenant).await?,
            agreement: Some(Arc::new(agreement)),
        };
        let partner: PartnerId = to.extension.as_str().parse()?;
        let to_code = Recipient {
            tenant: to.tenant,
            partner: &partner,
            purpose: to.purpose,
            agreement: None,
            scopes: &BTreeSet::from([MachineScope::ProfileRead.as_str().to_owned()]),
        };
        let subject = self.subject(to_code, Some(about)).await?;
        if let (Some(profile), true) = (&subject.profile, planted::is_on("extension-undecided")) {
            return Ok(Told::Given(profile.profile_id));
        }
        let groups = match group {
            Some(group) => BTreeSet::from([group]),
            None => FieldGroup::OF_PROFILE.into(),
        };
        let ruling = self.rule(to_code, &terms, &subject, &groups)?;
        let code = Some(to.extension);
        self.settle(ruling, code, &subject, under).await
    }

    /// Puts `ruling` on record, unless it is for later.
    async fn settle(
        &self,
        ruling: Ruling,
        code: Option<&ExtensionName>,
        subject: &Subject,
        under: Under<'_>,
    ) -> Result<Told, SendingError> {
        let is_given = !ruling.allowed().is_empty();
        let reason = ruling.withheld().values().max();
        if !is_given && reason == Some(&Reason::PersonLocked) {
            return Ok(Told::Later);
        }
        let receipt = ruling.receipt(&self.ids, None, under.request_id);
        let receipt = match code {
            Some(code) => receipt.of_code(code.clone()),
            None => receipt,
        };
        let receipt = receipt.under(if is_given {
            under.given
        } else {
            under.withheld
        });
        self.receipts.record(receipt).await?;
        Ok(match &subject.profile {
            Some(profile) if is_given => Told::Given(profile.profile_id),
            _ => Told::Withheld,
        })
    }

    /// What was agreed on with whom `to` is, as the directory has it.
    pub(crate) async fn terms(&self, to: Recipient<'_>) -> Result<Terms, SendingError> {
        let purposes = self.purposes.all(to.tenant).await?;
        let agreement = match to.agreement {
            Some(id) => self.agreements.find(to.tenant, id).await?,
            None => None,
        };
        Ok(Terms {
            purposes,
            agreement,
        })
    }

    /// The ruling on `groups` of `subject` as things stand now.
    pub(crate) fn rule(
        &self,
        to: Recipient<'_>,
        terms: &Terms,
        subject: &Subject,
        groups: &BTreeSet<FieldGroup>,
    ) -> Result<Ruling, SendingError> {
        let policies = Policies::embedded().map_err(|_| SendingError::Policies)?;
        Ok(decide(
            policies,
            &Question {
                partner: to.partner,
                tenant: to.tenant,
                scopes: to.scopes,
                agreement: terms.agreement.as_deref(),
                purpose: to.purpose,
                definition: terms.purposes.get(to.purpose),
                person: subject.person,
                dealings: &subject.dealings,
                consent: subject.consent(),
                groups,
                now: self.clock.now(),
            },
        ))
    }

    /// Puts `ruling` on record under a receipt of its own.
    pub(crate) async fn record(
        &self,
        ruling: Ruling,
        request_id: &str,
    ) -> Result<Recorded, SendingError> {
        let receipt = ruling.receipt(&self.ids, None, request_id);
        Ok(self.receipts.record(receipt).await?)
    }

    pub(crate) async fn subject(
        &self,
        to: Recipient<'_>,
        about: Option<ProfileId>,
    ) -> Result<Subject, SendingError> {
        let Some(id) = about else {
            return Ok(Subject::nobody());
        };
        let part = consent::part(to.tenant, to.purpose);
        let found = self.people.people(&[id], &part).await?;
        match found.into_iter().next() {
            Some(found) => Ok(Subject::read(found)?),
            None => Ok(Subject::nobody()),
        }
    }
}

/// The groups of fields that were agreed on for the purpose; all of them where none were, so that it
/// is on record why nothing is sent.
fn of_fields(agreement: Option<&Agreement>, purpose: &Purpose) -> BTreeSet<FieldGroup> {
    let agreed = agreement.and_then(|agreement| agreement.terms().get(purpose));
    let of_fields = |group: &FieldGroup| *group != FieldGroup::Events;
    let agreed: BTreeSet<FieldGroup> = agreed
        .into_iter()
        .flatten()
        .copied()
        .filter(of_fields)
        .collect();
    if agreed.is_empty() {
        FieldGroup::OF_PROFILE.into()
    } else {
        agreed
    }
}
