//! Every handler, stopped just before and just after every call it makes, and every call failing
//! in every way: the end must be that of the undisturbed run.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod actors;
pub mod planted;
pub mod scenarios;
