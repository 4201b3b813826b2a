//! The rules once more, in plain Rust, from their prose in docs/flows/access-decision.md: nothing of
//! this is used by what is deployed.

use access::Reason;
use tenancy::FieldGroup;

use crate::scene::{Basis, Decision, Record, Scene};

/// Why a group is withheld; `None` if it is given.
pub(crate) fn objection(scene: &Scene, group: FieldGroup) -> Option<Reason> {
    of_the_partner(scene, group).or_else(|| of_the_person(scene))
}

/// What stands against it whoever the person is.
fn of_the_partner(scene: &Scene, group: FieldGroup) -> Option<Reason> {
    if !scene
        .scopes
        .iter()
        .any(|scope| *scope == "fairlead/profile.read")
    {
        return Some(Reason::ScopeMissing);
    }
    let Some(agreement) = &scene.agreement else {
        return Some(Reason::NoAgreement);
    };
    if (agreement.tenant, agreement.partner) != (scene.tenant, scene.partner) {
        return Some(Reason::AgreementOfAnother);
    }
    if agreement.valid_until.is_some_and(|end| end <= scene.now) {
        return Some(Reason::AgreementExpired);
    }
    let Some(purpose) = scene
        .purpose
        .filter(|purpose| purpose.tenant == scene.tenant)
    else {
        return Some(Reason::PurposeUnknown);
    };
    match agreement.terms.get(purpose.name) {
        None => Some(Reason::PurposeNotInAgreement),
        Some(groups) if !groups.contains(&group) => Some(Reason::GroupNotInAgreement),
        Some(_) => None,
    }
}

/// What stands against it because of the person.
fn of_the_person(scene: &Scene) -> Option<Reason> {
    match scene.record {
        Record::Live => {}
        Record::Unknown => return Some(Reason::PersonUnknown),
        Record::Erased => return Some(Reason::PersonErased),
        Record::Locked => return Some(Reason::PersonLocked),
    }
    let purpose = scene.purpose?;
    if purpose.basis != Basis::Consent && !scene.dealings.contains(scene.tenant) {
        return Some(Reason::PersonOfAnother);
    }
    let decided = scene.consent;
    if decided
        .is_some_and(|consent| (consent.tenant, consent.purpose) != (scene.tenant, purpose.name))
    {
        return Some(Reason::ConsentOfAnother);
    }
    match (purpose.basis, decided.map(|consent| consent.decision)) {
        (Basis::Consent, None) => Some(Reason::ConsentMissing),
        (Basis::Consent, Some(Decision::Withdrawn)) => Some(Reason::ConsentWithdrawn),
        (Basis::Consent, Some(Decision::Granted)) => {
            let end = decided.and_then(|consent| consent.valid_until);
            end.filter(|end| *end <= scene.now)
                .map(|_| Reason::ConsentExpired)
        }
        (Basis::LegitimateInterests, Some(Decision::Withdrawn)) => Some(Reason::Objected),
        _ => None,
    }
}
