//! What a partner asks, and all that the answer depends on.

use std::collections::BTreeSet;

use identity::ProfileId;
use jiff::Timestamp;
use tenancy::{Agreement, FieldGroup, PartnerId, Purpose, PurposeDefinition, TenantId};

/// May this partner read these groups of this person's fields, for this purpose, now?
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Who asks, by the verified token.
    pub partner: &'a PartnerId,
    /// Whose partner that is, by the verified token.
    pub tenant: &'a TenantId,
    /// The scopes of the verified token.
    pub scopes: &'a BTreeSet<String>,
    /// The agreement that the token names, if the directory has it.
    pub agreement: Option<&'a Agreement>,
    /// What for.
    pub purpose: &'a Purpose,
    /// How the tenant defined that purpose, if it did.
    pub definition: Option<&'a PurposeDefinition>,
    /// Of whom.
    pub person: Person,
    /// With which tenants the person deals.
    pub dealings: &'a BTreeSet<TenantId>,
    /// The person's latest decision on that purpose of that tenant, if there is one.
    pub consent: Option<ConsentState<'a>>,
    /// Which fields.
    pub groups: &'a BTreeSet<FieldGroup>,
    /// When.
    pub now: Timestamp,
}

/// A person, and whether their record can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// It can.
    Live(ProfileId),
    /// It is being merged, split or erased.
    Locked(ProfileId),
    /// It was erased.
    Erased(ProfileId),
    /// There is no such person.
    Unknown,
}

/// A person's latest decision on a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentState<'a> {
    /// To whom.
    pub tenant: &'a TenantId,
    /// For what.
    pub purpose: &'a Purpose,
    /// Yes or no.
    pub decision: Decision,
    /// From when on it no longer stands, if it was given for a time.
    pub valid_until: Option<Timestamp>,
}

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Granted,
    /// No, or no longer.
    Withdrawn,
}
