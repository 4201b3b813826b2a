//! What every function stands on, seen from outside: configuration, requests and answers, batches.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod batch;
mod configuration;
mod http;
mod http_client;
mod outside;
