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
    let mut of_question = None;
    for group in question.groups {
        let verdict = facts.as_ref().map_err(|_| Unaskable).and_then(|facts| {
            let request = policies.names.request(facts, *group)?;
            let for_all =
                of_question.get_or_insert_with(|| policies.of_question(&request, &facts.entities));
            let for_this = policies.of_group(&request, &facts.entities);
            Ok(ruling.heed([for_all, &for_this]))
        });
        match verdict.unwrap_or(Err(Reason::Undecided)) {
            Ok(()) => drop(ruling.allowed.insert(*group)),
            Err(reason) => drop(ruling.withheld.insert(*group, reason)),
        }
    }
    ruling
}

impl Ruling {
    /// Notes the policies that decided, and gives the first reason of those that forbid: one
    /// prohibition in any of the answers outweighs every permission. Cedar passes over a policy that
    /// fails, which might be a prohibition: then nothing is permitted.
    fn heed(&mut self, answers: [&Response; 2]) -> Result<(), Reason> {
        // Of what it denies Cedar names the prohibitions, of what it allows the permissions.
        let deciding = |decision: Answer| -> Vec<String> {
            let answers = answers
                .iter()
                .filter(|answer| answer.decision() == decision);
            let ids = answers.flat_map(|answer| answer.diagnostics().reason());
            ids.map(ToString::to_string).collect()
        };
        let prohibitions = deciding(Answer::Deny);
        if !prohibitions.is_empty() {
            let reasons = prohibitions.iter().filter_map(|id| id.parse().ok());
            let reason = reasons.min().unwrap_or(Reason::Undecided);
            self.policies.extend(prohibitions);
            return Err(reason);
        }
        let permissions = deciding(Answer::Allow);
        let is_permitted = !permissions.is_empty();
        self.policies.extend(permissions);
        let fails = |answer: &&Response| answer.diagnostics().errors().next().is_some();
        if is_permitted && !answers.iter().any(fails) {
            Ok(())
        } else {
            Err(Reason::Undecided)
        }
    }
}
