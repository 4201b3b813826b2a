//! What ARCHITECTURE.md and the other documents say, held against the manifests and sources.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod api;
mod dependencies;
mod documents;
mod functions;
mod proofs;
mod sources;
mod targets;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Folders that hold what others made: compilers, installers, version control.
const NOT_OURS: [&str; 5] = [".git", ".fairlead", "target", "node_modules", "cdk.out"];

/// The top of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

/// A file's text, by its path from the top of the checkout.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} can't be read: {error}"))
}

/// Every file of ours in `folder` and below whose name ends in one of `endings`, as a path from the
/// top of the checkout, with its text.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = folder.join(&name);
            if entry.file_type().unwrap().is_dir() {
                folders.extend((!NOT_OURS.contains(&name.as_str())).then_some(path));
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let path = path.to_str().unwrap().to_owned();
                found.push((path.clone(), read(&path)));
            }
        }
    }
    found
}

/// The texts between `start` and the next `end`, from left to right.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(end)?.0))
        .collect()
}

/// The part of a document below a heading, up to the next heading of that level or above.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let (_, below) = document
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("{heading} is missing"));
    below.split("\n## ").next().unwrap_or_default()
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}
