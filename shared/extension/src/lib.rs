//! Tenants' own code, and what it says of itself. In comes a package as a tenant's developer made it;
//! out go what it is, when it runs and within which limits, or everything that is wrong with it.
//!
//! - [`Manifest`] is `extension.toml`, read strictly;
//! - [`Package`] is the archive that it comes in, read within bounds;
//! - [`Answer`] is what it answered, held to its manifest;
//! - [`RunMessage`] brings an event to an extension, [`RunKey`] seals what it answers, [`Breaker`] leaves one in
//!   peace that keeps failing, and [`Chain`] says what came about by which;
//! - [`Filter`] says which events of a type it wants, by the syntax of EventBridge's patterns;
//! - [`registry`] is what is on record of extensions, their versions, and the host that runs a tenant's.

mod answer;
mod answer_schema;
#[cfg(feature = "rows")]
mod aws;
#[cfg(feature = "running")]
mod breaker;
mod filter;
#[cfg(feature = "running")]
mod hops;
mod manifest;
#[cfg(feature = "running")]
mod message;
mod package;
pub mod registry;
#[cfg(feature = "running")]
mod sealed;
mod text;

/// For how long whoever hands out events believes what it last read of a tenant's extensions: what is activated or
/// disabled is so everywhere by then.
pub const KNOWN_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

pub use answer::{Answer, AnsweredEvent};
#[cfg(feature = "rows")]
pub use aws::*;
#[cfg(feature = "running")]
pub use breaker::{Breaker, Circuit, Notice, Paused, Permit};
pub use filter::{Filter, InvalidFilter};
#[cfg(feature = "running")]
pub use hops::{Chain, EXTENSIONS, HOPS, MOST_HOPS};
pub use manifest::{
    Code, InvalidManifest, Kind, LONGEST_MANIFEST, Manifest, Needs, Output, Problem, WantedType,
};
#[cfg(feature = "running")]
pub use message::{Carried, RunId, RunMessage};
pub use package::{LARGEST_CONTENT, LARGEST_PACKAGE, MANIFEST, MOST_ENTRIES, Package, pack};
#[cfg(feature = "running")]
pub use sealed::{InvalidRunKey, RunKey, Unsealable};
pub use text::{InvalidText, TraitName, Version};
