//! Merging, proven against a model of plain maps: every order in which the calls of a few actors
//! can meet, or many of them and others at random, and long histories at random. What the tables
//! hold at the end must be what the model holds after the same steps, one after the other.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a proof stops where something is not as it says"
)]

pub mod cast;
pub mod histories;
pub mod model;
pub mod orders;
mod playing;
pub mod scenes;
pub mod sign_ins;
pub mod tables;
