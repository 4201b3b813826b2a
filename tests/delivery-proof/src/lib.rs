//! Partners' events on the whole way, from the request to the timelines of people, through faults and
//! crashes, and against a model of what has to come of each.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod cast;
pub mod history;
pub mod model;
pub mod page;
pub mod sender;
pub mod timelines;
pub mod transport;
pub mod weather;
