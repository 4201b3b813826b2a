//! Tenants' own code, and what it says of itself. In comes a package as a tenant's developer made it;
//! out go what it is, when it runs and within which limits, or everything that is wrong with it.
//!
//! - [`Manifest`] is `extension.toml`, read strictly;
//! - [`Filter`] says which events of a type it wants, by the syntax of EventBridge's patterns;
//! - [`registry`] is what is on record of extensions, their versions, and the host that runs a tenant's.

mod answer_schema;
#[cfg(feature = "rows")]
mod aws;
mod filter;
mod manifest;
pub mod registry;
mod text;

#[cfg(feature = "rows")]
pub use aws::*;
pub use filter::{Filter, InvalidFilter};
pub use manifest::{
    Code, InvalidManifest, Kind, LONGEST_MANIFEST, Manifest, Needs, Output, Problem, WantedType,
};
pub use text::{InvalidText, TraitName, Version};
