//! What packages say of themselves, and what is made of it.

mod filters;
mod manifests;
