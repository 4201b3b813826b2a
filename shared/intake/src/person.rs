//! Whom an event is about.

use cloudevent::{Extension, Incoming};
use identity::{ExternalId, Identifier, ProfileId};
use profile::{IdentifierReader, Pointed, ProfileError};

use crate::EventItem;

/// The extension attribute by which a partner names somebody without their profile's id:
/// `external:<its own id for them>` or `anonymous:<the id of a device>`.
const IDENTIFIER: &str = "fairleadidentifier";

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
    Ok(match identifiers.find(&identifier).await? {
        Some(Pointed::At(owner)) => Whose::Member(owner.member),
        Some(Pointed::Erased) => Whose::Erased,
        None => Whose::Nobody,
    })
}

/// What a partner calls people is its own: the namespace is that of the sender.
fn identifier(item: &EventItem, event: &Incoming) -> Option<Identifier> {
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
