//! Deciding.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Decision as Answer, Response};
use jiff::Timestamp;
use tenancy::{AgreementId, FieldGroup, LegalBasis, PartnerId, Purpose, TenantId};

use crate::{Person, Policies, Question, Reason, facts::Unaskable};

/// What was decided, and on what. It gives nothing away: only a receipt that is on record does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    pub(crate) tenant: TenantId,
    pub(crate) partner: PartnerId,
    pub(crate) agreement: Option<AgreementId>,
    pub(crate) purpose: Purpose,
    pub(crate) legal_basis: Option<LegalBasis>,
    pub(crate) person: Person,
    pub(crate) at: Timestamp,
    pub(crate) allowed: BTreeSet<FieldGroup>,
    pub(crate) withheld: BTreeMap<FieldGroup, Reason>,
    pub(crate) policies: BTreeSet<String>,
}

impl Ruling {
    /// The groups that the partner may read.
    #[must_use]
    pub const fn allowed(&self) -> &BTreeSet<FieldGroup> {
        &self.allowed
    }

    /// The groups that it may not read, and why.
    #[must_use]
    pub const fn withheld(&self) -> &BTreeMap<FieldGroup, Reason> {
        &self.withheld
    }
}

/// Decides on each group that is asked for. Pure: the same question gets the same ruling. What
/// can't be decided is withheld.
#[must_use]
pub fn decide(policies: &Policies, question: &Question<'_>) -> Ruling {
    let mut ruling = Ruling {
        tenant: question.tenant.clone(),
        partner: question.partner.clone(),
        agreement: question
            .agreement
            .map(|agreement| agreement.agreement().clone()),
        purpose: question.purpose.clone(),
        legal_basis: question
            .definition
            .map(tenancy::PurposeDefinition::legal_basis),
        person: question.person,
        at: question.now,
        allowed: BTreeSet::new(),
        withheld: BTreeMap::new(),
        policies: BTreeSet::new(),
    };
    let facts = policies.names.facts(question);
    for group in question.groups {
        let answer = facts.as_ref().map_err(|_| Unaskable).and_then(|facts| {
            let request = policies.names.request(facts, *group)?;
            let asked = &policies.authorizer;
            Ok(asked.is_authorized(&request, &policies.set, &facts.entities))
        });
        match answer.map_or(Err(Reason::Undecided), |answer| ruling.heed(&answer)) {
            Ok(()) => drop(ruling.allowed.insert(*group)),
            Err(reason) => drop(ruling.withheld.insert(*group, reason)),
        }
    }
    ruling
}

impl Ruling {
    /// Notes the policies that decided, and gives the first reason of those that forbid. Cedar
    /// passes over a policy that fails, which might be a prohibition: then nothing is permitted.
    fn heed(&mut self, answer: &Response) -> Result<(), Reason> {
        let ids = answer.diagnostics().reason().map(ToString::to_string);
        let ids: Vec<String> = ids.collect();
        let reasons = ids.iter().filter_map(|id| id.parse::<Reason>().ok());
        let reason = reasons.min().unwrap_or(Reason::Undecided);
        self.policies.extend(ids);
        let failed = answer.diagnostics().errors().next().is_some();
        match answer.decision() {
            Answer::Allow if !failed => Ok(()),
            Answer::Allow => Err(Reason::Undecided),
            Answer::Deny => Err(reason),
        }
    }
}
