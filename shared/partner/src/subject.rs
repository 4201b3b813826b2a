//! Whom a question is about.

use std::collections::BTreeSet;

use access::{ConsentState, Decision, Person};
use consent::{Consent, Ruling};
use lambda_kit::planted;
use profile::{Found, Profile, ProfileError, Record};
use tenancy::TenantId;

/// A person that was asked about, as they are now.
#[derive(Debug)]
pub struct Subject {
    pub(crate) person: Person,
    pub(crate) profile: Option<Box<Profile>>,
    /// The tenants that they deal with.
    pub(crate) dealings: BTreeSet<TenantId>,
    consent: Option<Consent>,
}

impl Subject {
    /// Someone who is not there.
    #[must_use]
    pub const fn nobody() -> Self {
        Self {
            person: Person::Unknown,
            profile: None,
            dealings: BTreeSet::new(),
            consent: None,
        }
    }

    /// Whether there is such a person, and whether their record can be read.
    #[must_use]
    pub const fn person(&self) -> Person {
        self.person
    }

    /// Their latest decision on the purpose.
    pub(crate) fn consent(&self) -> Option<ConsentState<'_>> {
        let consent = self.consent.as_ref()?;
        Some(ConsentState {
            tenant: &consent.tenant,
            purpose: &consent.purpose,
            decision: match consent.ruling {
                Ruling::Withdrawn if !planted::is_on("partner-ignores-consent") => {
                    Decision::Withdrawn
                }
                _ => Decision::Granted,
            },
            valid_until: consent.expires_at,
        })
    }

    pub(crate) fn read(found: Found) -> Result<Self, ProfileError> {
        let consent: Option<Consent> = found.part.map(profile::Part::read).transpose()?;
        // Whoever decided on something that a tenant asked them deals with it.
        let mut dealings = found.tenants;
        dealings.extend(consent.as_ref().map(|consent| consent.tenant.clone()));
        let (person, profile) = match found.record {
            Record::Live(profile) => (Person::Live(found.profile_id), Some(profile)),
            Record::Settling => (Person::Locked(found.profile_id), None),
            Record::Erased => (Person::Erased(found.profile_id), None),
            Record::Unknown => (Person::Unknown, None),
        };
        Ok(Self {
            person,
            profile,
            dealings,
            consent,
        })
    }
}
