//! Tenants' own code, and what it says of itself. In comes a package as a tenant's developer made it;
//! out go what it is, when it runs and within which limits, or everything that is wrong with it.
//!
//! - [`Manifest`] is `extension.toml`, read strictly;
//! - [`Package`] is the archive that it comes in, read within bounds;
//! - [`Answer`] is what it answered, held to its manifest;
//! - [`Filter`] says which events of a type it wants, by the syntax of EventBridge's patterns.

mod answer;
mod answer_schema;
mod filter;
mod manifest;
mod package;
mod text;

pub use answer::{Answer, AnsweredEvent};
pub use filter::{Filter, InvalidFilter};
pub use manifest::{
    Code, InvalidManifest, Kind, LONGEST_MANIFEST, Manifest, Needs, Output, Problem, WantedType,
};
pub use package::{LARGEST_CONTENT, LARGEST_PACKAGE, MANIFEST, MOST_ENTRIES, Package, pack};
pub use text::{InvalidText, TraitName, Version};
