//! From whom a partner asks about to the profile that it leads to.
//!
//! Nobody is looked up differently for not being there: an identifier that leads nowhere is followed
//! to a profile that does not exist, by the same calls.

use identity::{Identifier, ProfileId};
use lambda_kit::problem::Problem;
use partner::problems;
use profile::{Owner, Pointed};

use crate::{App, target::Target};

/// The profile that each of `targets` leads to; a new id, which nobody has, for one that leads
/// nowhere.
pub(crate) async fn ids(app: &App, targets: &[Target]) -> Result<Vec<ProfileId>, Problem> {
    let identifiers: Vec<&Identifier> = targets
        .iter()
        .filter_map(|target| match target {
            Target::Identifier(identifier) => Some(identifier),
            Target::Profile(_) => None,
        })
        .collect();
    let pointed = app.identifiers.find(&identifiers).await;
    let pointed = pointed.map_err(|error| problems::unavailable(&error))?;
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
