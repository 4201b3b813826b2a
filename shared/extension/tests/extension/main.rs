//! What packages say of themselves, and what is made of it.

mod answers;
mod filters;
mod manifests;
mod packages;
