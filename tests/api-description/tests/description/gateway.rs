//! What API Gateway refuses on import, as its developer guide lists it under "Important notes" (REST APIs)
//! and "Use OpenAPI definitions for HTTP APIs".

use std::collections::BTreeSet;

use docs_api::as_3_0;
use fairlead_api_description::generated;
use serde_json::Value;

/// A path has letters, digits and `-.,_` in each of its segments, or is a parameter as a whole.
fn is_taken(segment: &str) -> bool {
    let is_word = |text: &str, beside: &str| {
        text.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || beside.contains(letter))
    };
    let parameter = segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    parameter.map_or_else(
        || is_word(segment, "-.,_"),
        |name| !name.is_empty() && is_word(name, "_"),
    )
}

/// Everything that a `$ref` leads to.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|each| references(each, found));
        }
        Value::Array(items) => items.iter().for_each(|each| references(each, found)),
        _ => (),
    }
}

#[test]
fn api_gateway_imports_the_older_form() {
    let older = as_3_0(generated());
    assert_eq!(older["openapi"], "3.0.1");
    let paths = older["paths"].as_object().unwrap();
    let odd: Vec<&String> = paths
        .keys()
        .filter(|path| !path.split('/').all(is_taken))
        .collect();
    assert!(odd.is_empty(), "paths that are refused: {odd:?}");
    let models = older["components"]["schemas"].as_object().unwrap();
    let odd: Vec<&String> = models
        .keys()
        .filter(|name| !name.chars().all(|letter| letter.is_ascii_alphanumeric()))
        .collect();
    assert!(odd.is_empty(), "models that are refused: {odd:?}");
    let mut found = BTreeSet::new();
    references(&older, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#');
        let led_to = pointer.and_then(|pointer| older.pointer(pointer));
        assert!(
            led_to.is_some(),
            "{reference} leads nowhere, or to another document"
        );
    }
}
