//! Tenants' own code, and what it says of itself. In comes a package as a tenant's developer made it;
//! out go what it is, when it runs and within which limits, or everything that is wrong with it.
//!
//! - [`Manifest`] is `extension.toml`, read strictly;
//! - [`RunMessage`] brings an event to an extension, [`RunKey`] seals what it answers, [`Breaker`] leaves one in
//!   peace that keeps failing, and [`Chain`] says what came about by which;
//! - [`Filter`] says which events of a type it wants, by the syntax of EventBridge's patterns.

mod answer_schema;
mod breaker;
mod filter;
mod hops;
mod manifest;
mod message;
mod sealed;
mod text;

pub use breaker::{Breaker, Circuit, Notice, Paused, Permit};
pub use filter::{Filter, InvalidFilter};
pub use hops::{Chain, EXTENSIONS, HOPS, MOST_HOPS};
pub use manifest::{
    Code, InvalidManifest, Kind, LONGEST_MANIFEST, Manifest, Needs, Output, Problem, WantedType,
};
pub use message::{Carried, RunId, RunMessage};
pub use sealed::{InvalidRunKey, RunKey, Unsealable};
pub use text::{InvalidText, TraitName, Version};
