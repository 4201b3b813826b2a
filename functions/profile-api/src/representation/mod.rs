//! How what is theirs looks to the person.

mod consent;
mod profile;

pub(crate) use consent::{consent, consent_with_history, consents};
pub(crate) use profile::{etag, profile};
