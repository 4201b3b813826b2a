//! What becomes of it when somebody says that identifiers belong to one person. In come who says it
//! and where each of the identifiers leads; out goes what is to be written, joined or refused.

use std::collections::BTreeSet;

use identity::{AnonymousId, Identifier, IdentifierKey, IdentifierKind, ProfileId};
use jiff::Timestamp;
use lambda_kit::planted;
use tenancy::{PartnerId, Segment, TenantId};

use crate::{Claimant, ProfilePatch, Source};

/// That identifiers and fields belong to one person.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// Who says it.
    pub speaker: Speaker,
    /// Of a person: their device's id. Of a partner: its own id, a device's id, contacts; one of a
    /// kind, but for another id of its own, which goes where the first one leads.
    pub identifiers: Vec<Identifier>,
    /// What is known of the person beside that.
    pub traits: ProfilePatch,
    /// What the partner's tenant calls the person from now on, if it says so.
    pub segments: Option<BTreeSet<Segment>>,
    /// When it was said, if that was before now: what was said later stays.
    pub said_at: Option<Timestamp>,
}

impl Assertion {
    /// For whom its device gets another id where the one that it has is somebody else's: for the person
    /// who speaks, the partner's customer who is named, or else the partner's visitor.
    pub(crate) fn holder(&self) -> String {
        let external = self.identifiers.iter().find_map(|each| match each {
            Identifier::External(external) => Some(external.as_str()),
            _ => None,
        });
        match (&self.speaker, external) {
            (Speaker::Person { member, .. }, _) => member.to_string(),
            (Speaker::Partner { .. }, Some(external)) => external.to_owned(),
            (Speaker::Partner { tenant, partner }, None) => format!("{tenant}/{partner}"),
        }
    }

    /// Has it go on by the id that its device gets for `holder`, and says which that is; `None` if it
    /// names no device. It follows from the id before: said again, it comes to the same one.
    pub(crate) fn move_on(&mut self, holder: &str, key: &IdentifierKey) -> Option<AnonymousId> {
        self.identifiers.iter_mut().find_map(|each| match each {
            Identifier::Anonymous(device) => {
                *device = device.reissued(holder, key);
                Some(device.clone())
            }
            _ => None,
        })
    }
}

/// Who says something about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// The person themselves, by their token.
    Person {
        /// Their root.
        profile_id: ProfileId,
        /// The profile of their login.
        member: ProfileId,
        /// By whose login they came, where that is known.
        tenant: Option<TenantId>,
    },
    /// A partner's machine.
    Partner {
        /// Whose partner it is.
        tenant: TenantId,
        /// Which.
        partner: PartnerId,
    },
}

impl Speaker {
    pub(crate) const fn source(&self) -> Source {
        match self {
            Self::Person { .. } => Source::Person,
            Self::Partner { .. } => Source::Partner,
        }
    }

    pub(crate) const fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::Person { tenant, .. } => tenant.as_ref(),
            Self::Partner { tenant, .. } => Some(tenant),
        }
    }

    /// Under which name a partner is known; a person is known by their token.
    pub(crate) fn claimant(&self) -> Option<Claimant> {
        match self {
            Self::Person { .. } => None,
            Self::Partner { tenant, partner } => {
                Some(Claimant::Partner(tenant.clone(), partner.clone()))
            }
        }
    }
}

/// Where an identifier leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Nowhere.
    Free,
    /// To somebody who was erased.
    Erased,
    /// To somebody.
    To {
        root: ProfileId,
        /// Who can tell them from others.
        known_by: BTreeSet<Claimant>,
        /// Who it was taken from on their word alone.
        asserted_by: Option<Claimant>,
    },
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// Whose fields and identifiers these are; `None` if nothing is to be done.
    pub(crate) target: Option<Target>,
    /// What nobody has yet and the target gets.
    pub(crate) claims: Vec<Identifier>,
    /// Another profile of the same person, and by which identifier that shows.
    pub(crate) join: Option<(ProfileId, Identifier)>,
    /// The device's id that is for good of somebody who is known, or was erased. The rest of the plan
    /// is without it.
    pub(crate) taken: Option<Identifier>,
    /// That of somebody who was erased something is said, and so nothing is done.
    pub(crate) is_of_the_erased: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    New,
    Existing(ProfileId),
}

/// What follows from where the identifiers lead.
pub(crate) fn plan(speaker: &Speaker, leads: &[(Identifier, Lead)]) -> Plan {
    match speaker {
        Speaker::Person { profile_id, .. } => plan_for_person(*profile_id, leads),
        Speaker::Partner { tenant, partner } => {
            plan_for_partner(&Claimant::Partner(tenant.clone(), partner.clone()), leads)
        }
    }
}

/// A person is whom their token says; the question is only whether the device is theirs too. It is,
/// where nobody can tell whose it was: whoever has a login or is a partner's customer may be another
/// one who uses it.
fn plan_for_person(mine: ProfileId, leads: &[(Identifier, Lead)]) -> Plan {
    let mut plan = Plan {
        target: Some(Target::Existing(mine)),
        claims: free(leads),
        ..Plan::default()
    };
    for (identifier, lead) in leads {
        match lead {
            Lead::Free => {}
            Lead::To { root, .. } if *root == mine => {}
            Lead::To { root, known_by, .. }
                if known_by.is_empty() || planted::is_on("shared-device-joined") =>
            {
                plan.join = Some((*root, identifier.clone()));
            }
            // It is somebody's who is known, or was erased: the device gets another id.
            Lead::To { .. } | Lead::Erased => plan.taken = Some(identifier.clone()),
        }
    }
    plan
}

/// A partner's own id leads to whom it led before. Anything weaker leads to nobody whom somebody else
/// knows, by a login or by an id of another partner's: the device may be used by two, and contacts are
/// mere words.
fn plan_for_partner(partner: &Claimant, leads: &[(Identifier, Lead)]) -> Plan {
    let lead = |kind| {
        leads
            .iter()
            .find(|(identifier, _)| identifier.kind() == kind)
    };
    let external = lead(IdentifierKind::External);
    let by_external = external.and_then(|(_, lead)| lead.root());
    let said = lead(IdentifierKind::Anonymous);
    let device = said.filter(|(_, lead)| match lead {
        Lead::To { root, known_by, .. } => {
            // Another customer of the same partner uses this device.
            let is_anothers = external.is_some() && known_by.contains(partner);
            let is_kept = is_known_to_another(known_by, partner) || is_anothers;
            Some(*root) == by_external || !is_kept
        }
        Lead::Free | Lead::Erased => false,
    });
    let taken = said
        .filter(|(_, lead)| device.is_none() && *lead != Lead::Free)
        .map(|(identifier, _)| identifier.clone());
    let speaks_of_the_erased = leads.iter().any(|(_, lead)| *lead == Lead::Erased);
    if by_external.is_none() && speaks_of_the_erased {
        return Plan {
            taken,
            is_of_the_erased: true,
            ..Plan::default()
        };
    }
    let by_device = device.and_then(|(_, lead)| lead.root());
    let by_contact = leads
        .iter()
        .filter(|_| external.is_none())
        .find_map(|(_, lead)| lead.repeated_by(partner));
    let claims = free(leads);
    let existing = by_external.or(by_device).or(by_contact);
    let target = existing
        .map(Target::Existing)
        .or_else(|| (!claims.is_empty()).then_some(Target::New));
    let join = match (by_external, by_device, device) {
        (Some(one), Some(other), Some((identifier, _))) if one != other => {
            Some((other, identifier.clone()))
        }
        _ => None,
    };
    Plan {
        target,
        claims,
        join,
        taken,
        is_of_the_erased: false,
    }
}

/// Whether anybody but `partner` can tell the person from others.
fn is_known_to_another(known_by: &BTreeSet<Claimant>, partner: &Claimant) -> bool {
    known_by.iter().any(|claimant| claimant != partner)
}

fn free(leads: &[(Identifier, Lead)]) -> Vec<Identifier> {
    let is_free = |(_, lead): &&(Identifier, Lead)| *lead == Lead::Free;
    leads
        .iter()
        .filter(is_free)
        .map(|(identifier, _)| identifier.clone())
        .collect()
}

impl Lead {
    const fn root(&self) -> Option<ProfileId> {
        match self {
            Self::To { root, .. } => Some(*root),
            Self::Free | Self::Erased => None,
        }
    }

    /// Where a contact leads that this partner brought itself, while nobody else is known there.
    fn repeated_by(&self, partner: &Claimant) -> Option<ProfileId> {
        match self {
            Self::To {
                root,
                known_by,
                asserted_by: Some(by),
            } if by == partner && !is_known_to_another(known_by, partner) => Some(*root),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "identify_tests.rs"]
mod tests;
