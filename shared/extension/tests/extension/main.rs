//! What packages say of themselves, and what is made of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod answers;
mod filters;
mod manifests;
mod packages;
