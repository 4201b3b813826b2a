//! Pages of those who run the house. What each may see and do, the API decides by their token.

pub(crate) mod agreement;
pub(crate) mod dead_letters;
pub(crate) mod event_type;
pub(crate) mod extension;
pub(crate) mod find;
pub(crate) mod house;
mod identifiers;
pub(crate) mod made;
pub(crate) mod mending;
pub(crate) mod partner;
pub(crate) mod people;
pub(crate) mod purpose;
mod purposes;
pub(crate) mod rejected;
pub(crate) mod requests;
pub(crate) mod rule;
mod sums;
pub(crate) mod tenant;
