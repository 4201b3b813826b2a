//! Edits of configuration on the whole way: from a Salesforce through flows that break, late and lost
//! events and failing calls to what the contact centre looks up, and what became of each back on its
//! record; against a model of what has to come of each.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod actors;
pub mod appflow;
pub mod history;
pub mod model;
pub mod operators;
pub mod transport;
