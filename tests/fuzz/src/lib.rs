//! Inputs that nobody thought of, for every parser of what strangers send and of what is read back:
//! none of them may panic, and what is taken has to read back as what it was.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod corpus;
pub mod fuzz;
mod mutate;
pub mod targets;
