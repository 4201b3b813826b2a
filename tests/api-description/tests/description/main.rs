//! What is said of the API is so.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod gateway;
mod problems;
mod routes;

use fairlead_api_description::{PATH, generated, read};
use serde_json::Value;

#[test]
fn the_committed_description_is_what_the_code_says() {
    let committed: Value = serde_json::from_str(&read(PATH)).unwrap();
    assert!(
        committed == generated(),
        "{PATH} is not what the functions say of their routes: run `cargo xtask openapi`, and commit it"
    );
}
