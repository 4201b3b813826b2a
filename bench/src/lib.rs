//! What Fairlead costs, counted and not guessed.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a benchmark stops at once, with a sentence that says why"
)]

pub mod audience_costs;
pub mod costs;
pub mod dispatch;
pub mod event_costs;
pub mod extensions;
pub mod ingest;
