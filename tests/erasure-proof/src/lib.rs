//! A person of whom something is kept in every place that there is, each with a marker of its own; the
//! search for the markers, in every form that they could have taken.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod late;
pub mod life;
mod marks;
pub mod places;
pub mod search;
