//! What a schema says of values, and which of its references lead to where more may mean less.

use serde_json::{Map, Value};

/// What says nothing of what is taken.
const WORDS: [&str; 7] = [
    "$schema",
    "$comment",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
];

/// What has values, and no schemas, in it.
const VALUES: [&str; 2] = ["const", "enum"];

/// What has schemas under names in it, which are no keywords.
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];

/// What takes less if a schema below it takes more.
const CONTRARY: [&str; 4] = ["not", "if", "oneOf", "contains"];

/// The same of what is referred to beside it: what is looked at there is out of its reach.
const UNEVALUATED: [&str; 2] = ["unevaluatedProperties", "unevaluatedItems"];

const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];

/// Where schemas are kept of which nothing may change anyway.
const KEPT: [&str; 2] = ["#/$defs/", "#/definitions/"];

/// What `schema` says, without words and its own address.
pub(super) fn said(schema: &Value) -> Value {
    let mut said = without_words(schema);
    if let Value::Object(members) = &mut said {
        members.remove("$id");
    }
    said
}

fn without_words(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let members = members.iter();
            let members = members.filter(|(name, _)| !WORDS.contains(&name.as_str()));
            let said = members.map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    (name, _) if VALUES.contains(&name) => value.clone(),
                    (name, Value::Object(named)) if NAMED.contains(&name) => {
                        let named = named.iter();
                        let named = named.map(|(name, each)| (name.clone(), without_words(each)));
                        named.collect::<Map<_, _>>().into()
                    }
                    _ => without_words(value),
                };
                (name.clone(), value)
            });
            said.collect::<Map<_, _>>().into()
        }
        Value::Array(all) => all.iter().map(without_words).collect::<Vec<_>>().into(),
        value => value.clone(),
    }
}

/// The places of references to what may change, from where it takes less when that takes more: whatever
/// changes elsewhere, they may refuse what they took.
pub(super) fn leading_out(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let is_contrary = says(schema, &UNEVALUATED);
    look(schema, is_contrary, "", &mut found);
    found
}

/// Whether one of `keywords` stands anywhere in `schema`.
fn says(schema: &Value, keywords: &[&str]) -> bool {
    match schema {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| keywords.contains(&name.as_str()) || says(value, keywords)),
        Value::Array(all) => all.iter().any(|value| says(value, keywords)),
        _ => false,
    }
}

fn look(schema: &Value, is_contrary: bool, place: &str, found: &mut Vec<String>) {
    let members = match schema {
        Value::Object(members) => members,
        Value::Array(all) => {
            for (index, each) in all.iter().enumerate() {
                look(each, is_contrary, &format!("{place}/{index}"), found);
            }
            return;
        }
        _ => return,
    };
    for (name, value) in members {
        let name = name.as_str();
        let here = at(place, name);
        if REFERENCES.contains(&name) {
            let target = value.as_str().unwrap_or_default();
            let leads_out = !KEPT.iter().any(|kept| target.starts_with(kept));
            if is_contrary && leads_out {
                found.push(here);
            }
            continue;
        }
        if VALUES.contains(&name) {
            continue;
        }
        // What is kept may be referred to from anywhere.
        let is_kept = KEPT
            .iter()
            .any(|kept| kept.trim_matches(['#', '/']) == name);
        let is_contrary = is_contrary || is_kept || CONTRARY.contains(&name);
        match value {
            Value::Object(named) if NAMED.contains(&name) => {
                for (name, each) in named {
                    look(each, is_contrary, &at(&here, name), found);
                }
            }
            _ => look(value, is_contrary, &here, found),
        }
    }
}

/// The JSON pointer to `name` at `place`.
fn at(place: &str, name: &str) -> String {
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}
