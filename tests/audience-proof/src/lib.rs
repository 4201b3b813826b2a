//! A consumer that lists an audience and follows its feed, against a model of who it may see: in
//! every order of a few actors' calls, and in histories at random.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod cast;
pub mod consumer;
pub mod forging;
pub mod histories;
pub mod model;
pub mod scenes;
