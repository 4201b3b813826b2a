//! Webhooks, in and out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod addresses;
mod deliveries;
mod signatures;
