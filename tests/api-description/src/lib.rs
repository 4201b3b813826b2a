//! The description of the whole API. In come what the functions say of their routes and the problems
//! that docs/http-api.md lists; out goes docs/openapi.json.
#![cfg(feature = "openapi")]
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a generator stops at once where something is not as it says"
)]

use std::{fs, path::Path};

use openapi::{Known, Service, Value};

/// Where the description is kept, from the top of the checkout.
pub const PATH: &str = "docs/openapi.json";

/// Every function that has routes, with them.
#[must_use]
pub fn services() -> Vec<Service> {
    vec![
        dead_letters_api::description(),
        directory_api::description(),
        directory_clients::description(),
        docs_api::description(),
        erasure_api::description(),
        event_data::description(),
        event_rejected::description(),
        event_types::description(),
        event_uploaded::description(),
        event_uploads::description(),
        extension_api::description(),
        identity_logins::description(),
        operations_api::description(),
        partner_api::description(),
        partner_changes::description(),
        partner_hooks::description(),
        partner_ingest::description(),
        partner_list::description(),
        partner_segment::description(),
        partner_subscriptions::description(),
        profile_api::description(),
        profile_datasets::description(),
        profile_export::description(),
        profile_identify::description(),
        profile_merge::description(),
        receipt_api::description(),
    ]
}

/// The description, as the functions' code has it.
#[must_use]
pub fn generated() -> Value {
    openapi::document(&services(), &known_problems())
}

/// The description as text: members in the order of their names, so that a change shows as a change.
#[must_use]
pub fn rendered() -> String {
    let mut text = serde_json::to_string_pretty(&sorted(generated())).unwrap();
    text.push('\n');
    text
}

/// The problems that docs/http-api.md lists.
#[must_use]
pub fn known_problems() -> Vec<Known> {
    let document = read("docs/http-api.md");
    let (_, table) = document
        .split_once("\n## Problems\n")
        .expect("docs/http-api.md has a part ## Problems");
    table.lines().filter_map(known).collect()
}

/// A row of the table: status, name in backticks, what to do.
fn known(row: &str) -> Option<Known> {
    let mut cells = row.strip_prefix("| ")?.splitn(3, " | ");
    Some(Known {
        status: cells.next()?.parse().ok()?,
        name: cells.next()?.trim_matches('`').to_owned(),
        what_to_do: cells.next()?.trim_end_matches([' ', '|']).to_owned(),
    })
}

/// A file's text, by its path from the top of the checkout.
#[must_use]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} can't be read: {error}"))
}

/// The top of the checkout.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let members = members.into_iter();
            members.map(|(name, value)| (name, sorted(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        plain => plain,
    }
}
