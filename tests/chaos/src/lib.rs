//! The functions' executables on the whole way of partners' events, killed at random calls, with pollers of
//! our own between them, and against the model of `tests/delivery-proof`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod executables;
mod instance;
mod pollers;
pub mod queue;
pub mod run;
mod site;
pub mod weather;
