//! Whom an event is about.

use cloudevent::{Extension, Incoming};
use identity::{AnonymousId, ExternalId, Identifier, ProfileId};
use profile::{IdentifierReader, IdentifierRules, Pointed, ProfileError, RulesReader};
use segment::{Person, Subject};

use crate::EventItem;

/// The extension attribute by which a partner names somebody without their profile's id:
/// `external:<its own id for them>` or `anonymous:<the id of a device>`.
const IDENTIFIER: &str = "fairleadidentifier";

/// How the types of SDKs' messages begin. No sender's own do.
const MESSAGES: &str = "dev.fairlead.segment.";

/// Whose an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// It goes with this profile, if there is one.
    Member(ProfileId),
    /// Of somebody who was erased.
    Erased,
    /// Nobody is named, or nobody who is known.
    Nobody,
}

/// That whom an event is about was erased: nothing that it says is given to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased;

impl From<Option<Pointed>> for Whose {
    fn from(found: Option<Pointed>) -> Self {
        match found {
            Some(Pointed::At(owner)) => Self::Member(owner.member),
            Some(Pointed::Erased) => Self::Erased,
            None => Self::Nobody,
        }
    }
}

/// Whom `event` names: by the profile's id in `subject`, or else by an identifier.
pub async fn whose(
    identifiers: &IdentifierReader,
    item: &EventItem,
    event: &Incoming,
) -> Result<Whose, ProfileError> {
    let subject = event.subject.as_deref();
    if let Some(id) = subject.and_then(|subject| subject.parse().ok()) {
        return Ok(Whose::Member(id));
    }
    let Some(identifier) = identifier(item, event) else {
        return Ok(Whose::Nobody);
    };
    Ok(Whose::from(identifiers.find(&identifier).await?))
}

/// What a partner calls people is its own: the namespace is that of the sender.
pub(crate) fn identifier(item: &EventItem, event: &Incoming) -> Option<Identifier> {
    let Some(Extension::Text(text)) = event.extensions.get(IDENTIFIER) else {
        return None;
    };
    let (kind, value) = text.split_once(':')?;
    match kind {
        "external" => ExternalId::new(item.tenant.as_str(), item.partner.as_str(), value)
            .ok()
            .map(Identifier::External),
        "anonymous" => value.parse().ok().map(Identifier::Anonymous),
        _ => None,
    }
}

/// Whom `event` is about, by whichever way it came: `None` if it names nobody who is known.
///
/// # Errors
/// The inner one is that whom it is about was erased.
pub async fn about(
    (identifiers, rules): (&IdentifierReader, &RulesReader),
    item: &EventItem,
    event: &Incoming,
) -> Result<Result<Option<ProfileId>, Erased>, ProfileError> {
    let whose = match message_subject(item, event) {
        Some(subject) => {
            let rules = rules.rules().await?;
            whose_message(identifiers, item, &subject.person, &rules).await?
        }
        None => whose(identifiers, item, event).await?,
    };
    Ok(match whose {
        Whose::Member(id) => Ok(Some(id)),
        Whose::Nobody => Ok(None),
        Whose::Erased => Err(Erased),
    })
}

/// What `event` says of somebody, if it is a message of an SDK.
#[must_use]
pub fn message_subject(item: &EventItem, event: &Incoming) -> Option<Subject> {
    let data = event
        .data
        .as_ref()
        .filter(|_| item.kind.starts_with(MESSAGES))?;
    segment::subject(data)
}

/// Whose such a message about `person` is, as far as it is anybody's by `rules`.
pub async fn whose_message(
    identifiers: &IdentifierReader,
    item: &EventItem,
    person: &Person,
    rules: &IdentifierRules,
) -> Result<Whose, ProfileError> {
    match person {
        Person::Renamed { user_id, .. } => {
            of(identifiers, customer_identifier(item, user_id, rules)).await
        }
        Person::Anonymous { anonymous_id } => {
            of(identifiers, device_identifier(anonymous_id, rules)).await
        }
        Person::User {
            user_id,
            anonymous_id,
        } => {
            let whose = of(identifiers, customer_identifier(item, user_id, rules)).await?;
            let has_waited = item.told_again_at.is_some();
            if whose != Whose::Nobody && !has_waited {
                return Ok(whose);
            }
            let device = anonymous_id.as_deref();
            let device = device.and_then(|id| device_identifier(id, rules));
            // A device may be another one's who uses it, but what was erased stays erased: also what
            // waited meanwhile, though whom it names is known by now.
            Ok(match of(identifiers, device).await? {
                Whose::Erased => Whose::Erased,
                Whose::Member(_) | Whose::Nobody => whose,
            })
        }
    }
}

async fn of(
    identifiers: &IdentifierReader,
    identifier: Option<Identifier>,
) -> Result<Whose, ProfileError> {
    Ok(match identifier {
        Some(identifier) => Whose::from(identifiers.find(&identifier).await?),
        None => Whose::Nobody,
    })
}

/// What the sender calls somebody, if it is anybody's name.
#[must_use]
pub fn customer_identifier(
    item: &EventItem,
    id: &str,
    rules: &IdentifierRules,
) -> Option<Identifier> {
    let external = ExternalId::new(item.tenant.as_str(), item.partner.as_str(), id).ok()?;
    Some(Identifier::External(external)).filter(|each| !rules.blocks(each))
}

/// A device, if nobody guesses its id.
#[must_use]
pub fn device_identifier(id: &str, rules: &IdentifierRules) -> Option<Identifier> {
    let device: AnonymousId = id.parse().ok()?;
    Some(Identifier::Anonymous(device)).filter(|each| !rules.blocks(each))
}
