//! Finding people: identifiers in one call, then profiles and consents in another.
//!
//! Nobody is looked up differently for not being there: an identifier that leads nowhere is followed
//! to a profile that does not exist, by the same calls.

use access::{ConsentState, Decision, Person};
use consent::{Consent, Ruling};
use identity::{Identifier, ProfileId};
use lambda_kit::{planted, problem::Problem};
use profile::{Found, Owner, Pointed, Profile, ProfileError, Record};

use crate::{App, asking::Asking, problems, target::Target};

/// A person that was asked about, as they are now.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) person: Person,
    pub(crate) profile: Option<Box<Profile>>,
    consent: Option<Consent>,
}

impl Subject {
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

    fn read(found: Found) -> Result<Self, ProfileError> {
        let consent = found.part.map(profile::Part::read).transpose()?;
        let (person, profile) = match found.record {
            Record::Live(profile) => (Person::Live(found.profile_id), Some(profile)),
            Record::Settling => (Person::Locked(found.profile_id), None),
            Record::Erased => (Person::Erased(found.profile_id), None),
            Record::Unknown => (Person::Unknown, None),
        };
        Ok(Self {
            person,
            profile,
            consent,
        })
    }
}

/// Finds each of `targets`, in order, with their consent on the purpose of `asking`.
pub(crate) async fn look_up(
    app: &App,
    asking: &Asking,
    targets: &[Target],
) -> Result<Vec<Subject>, Problem> {
    let ids = ids(app, targets).await;
    let ids = ids.map_err(|error| problems::unavailable(&error))?;
    let part = consent::part(&asking.machine.tenant, asking.definition.purpose());
    let found = app.people.people(&ids, &part).await;
    found
        .and_then(|found| found.into_iter().map(Subject::read).collect())
        .map_err(|error| problems::unavailable(&error))
}

/// The profile that each of `targets` leads to; a new id, which nobody has, for one that leads
/// nowhere.
async fn ids(app: &App, targets: &[Target]) -> Result<Vec<ProfileId>, ProfileError> {
    let identifiers: Vec<&Identifier> = targets
        .iter()
        .filter_map(|target| match target {
            Target::Identifier(identifier) => Some(identifier),
            Target::Profile(_) => None,
        })
        .collect();
    let pointed = app.identifiers.find(&identifiers).await?;
    let mut owners = identifiers.into_iter().zip(pointed);
    let ids = targets.iter().map(|target| match target {
        Target::Profile(id) => *id,
        Target::Identifier(_) => {
            let owner = owners
                .next()
                .and_then(|(identifier, pointed)| owner(identifier, pointed));
            owner.map_or_else(|| ProfileId::new(app.ids.uuid()), |owner| owner.profile_id)
        }
    });
    Ok(ids.collect())
}

/// Whose an identifier is. A contact that nobody proved leads to nobody: whoever asks by it would
/// be given somebody else's data.
fn owner(identifier: &Identifier, pointed: Option<Pointed>) -> Option<Owner> {
    let is_contact = matches!(identifier, Identifier::Email(_) | Identifier::Phone(_));
    match pointed? {
        Pointed::At(owner) if owner.verified || !is_contact => Some(owner),
        Pointed::At(_) | Pointed::Erased => None,
    }
}
