//! The description by OpenAPI 3.0.1, which API Gateway imports.
//!
//! What 3.1 says in the words of JSON Schema 2020-12, 3.0 says in its own: `null` is `nullable`, a
//! constant is an enumeration of one, and beside a reference nothing may stand.

use serde_json::{Map, Value, json};

/// Members whose values are anything, and no schemas.
const DATA: [&str; 4] = ["default", "enum", "example", "security"];

/// Members that 3.0 does not know.
const UNKNOWN: [&str; 3] = ["identifier", "propertyNames", "$schema"];

/// A description by 3.1 as one by 3.0.1.
#[must_use]
pub fn as_3_0(mut description: Value) -> Value {
    restate(&mut description);
    if let Some(version) = description.get_mut("openapi") {
        *version = "3.0.1".into();
    }
    description
}

fn restate(value: &mut Value) {
    match value {
        Value::Object(members) => restate_members(members),
        Value::Array(items) => items.iter_mut().for_each(restate),
        _ => (),
    }
}

fn restate_members(members: &mut Map<String, Value>) {
    members.retain(|name, _| !UNKNOWN.contains(&name.as_str()));
    for (name, value) in members.iter_mut() {
        if name == "properties" {
            // Here the names are a schema's, and say nothing of what stands there.
            let properties = value.as_object_mut().into_iter().flatten();
            properties.for_each(|(_, property)| restate(property));
        } else if !DATA.contains(&name.as_str()) {
            restate(value);
        }
    }
    constant(members);
    example(members);
    bounds(members);
    null(members);
    beside_a_reference(members);
}

fn constant(members: &mut Map<String, Value>) {
    if let Some(constant) = members.remove("const") {
        members.insert("enum".to_owned(), json!([constant]));
    }
}

fn example(members: &mut Map<String, Value>) {
    if let Some(Value::Array(examples)) = members.get("examples") {
        let first = examples.first().cloned();
        members.remove("examples");
        if let Some(first) = first {
            members.insert("example".to_owned(), first);
        }
    }
}

fn bounds(members: &mut Map<String, Value>) {
    let pairs = [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ];
    for (exclusive, bound) in pairs {
        if let Some(number @ Value::Number(_)) = members.get(exclusive).cloned() {
            members.insert(bound.to_owned(), number);
            members.insert(exclusive.to_owned(), true.into());
        }
    }
}

fn null(members: &mut Map<String, Value>) {
    let mut is_nullable = false;
    if let Some(Value::Array(types)) = members.get_mut("type") {
        let before = types.len();
        types.retain(|each| each != "null");
        is_nullable = types.len() < before;
        if let Some(one) = types.first().cloned() {
            members.insert("type".to_owned(), one);
        }
    }
    for kind in ["oneOf", "anyOf"] {
        if let Some(Value::Array(choices)) = members.get_mut(kind) {
            let before = choices.len();
            choices.retain(|each| each.get("type") != Some(&"null".into()));
            is_nullable |= choices.len() < before;
        }
    }
    if is_nullable {
        members.insert("nullable".to_owned(), true.into());
    }
}

fn beside_a_reference(members: &mut Map<String, Value>) {
    if members.len() > 1
        && let Some(reference @ Value::String(_)) = members.remove("$ref")
    {
        members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}
