//! How what is theirs looks to the person.

mod consent;
mod events;
mod notices;
mod profile;
mod traits;

#[cfg(feature = "openapi")]
pub(crate) use consent::{ConsentsResponse, DecisionResponse, HistoryResponse};
pub(crate) use consent::{consent, consent_with_history, consents};
#[cfg(feature = "openapi")]
pub(crate) use events::EventsResponse;
pub(crate) use events::events;
#[cfg(feature = "openapi")]
pub(crate) use notices::NoticesResponse;
pub(crate) use notices::notices;
#[cfg(feature = "openapi")]
pub(crate) use profile::ProfileResponse;
pub(crate) use profile::{etag, profile};
#[cfg(feature = "openapi")]
pub(crate) use traits::TraitsResponse;
pub(crate) use traits::traits;
