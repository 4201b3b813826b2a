//! Whether a schema takes all that an earlier one took.
//!
//! It can't be told of every two schemas. What is not seen to take as much counts as breaking: a
//! new version of the type is the way out.

mod references;

use serde_json::{Map, Value};

use crate::schema::MEDIA_TYPE;

use self::references::{leading_out, said};

/// By what references find their places: with another name, or without, they may lead elsewhere.
const ANCHORS: [&str; 3] = ["$id", "$anchor", "$dynamicAnchor"];

/// Limits that may be raised, and those that may be lowered.
const UPPER: [&str; 5] = [
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
];
const LOWER: [&str; 5] = [
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
];

/// What holds for all values that nothing else of a schema reaches.
const UNEVALUATED: &[&str] = &["unevaluatedProperties", "unevaluatedItems"];

/// What keeps values out of the reach of others, or says that few are enough; and of which others.
const EXEMPTIONS: [(&str, &[&str]); 15] = [
    ("$ref", UNEVALUATED),
    ("$dynamicRef", UNEVALUATED),
    ("allOf", UNEVALUATED),
    ("anyOf", UNEVALUATED),
    ("oneOf", UNEVALUATED),
    ("if", UNEVALUATED),
    ("then", UNEVALUATED),
    ("else", UNEVALUATED),
    ("dependentSchemas", UNEVALUATED),
    (
        "patternProperties",
        &["additionalProperties", "unevaluatedProperties"],
    ),
    ("additionalProperties", &["unevaluatedProperties"]),
    ("prefixItems", &["items", "unevaluatedItems"]),
    ("items", &["unevaluatedItems"]),
    ("contains", &["unevaluatedItems"]),
    ("minContains", &["contains"]),
];

/// As many places as are named.
const MOST: usize = 20;

/// The places of `new`, as JSON pointers, that may refuse what `old` takes.
#[must_use]
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    // What were bytes are JSON from then on.
    if old.get(MEDIA_TYPE).is_some() && new.get(MEDIA_TYPE).is_none() {
        found.push(format!("/{MEDIA_TYPE}"));
    }
    let (old, new) = (said(old), said(new));
    compare(&old, &new, "", &mut found);
    if old != new {
        found.extend(leading_out(&new));
    }
    found.truncate(MOST);
    found
}

fn compare(old: &Value, new: &Value, place: &str, found: &mut Vec<String>) {
    if old == new || *new == Value::Bool(true) || *old == Value::Bool(false) {
        return;
    }
    let nothing = Map::new();
    let (old, new) = match (old, new) {
        (Value::Object(old), Value::Object(new)) => (old, new),
        (Value::Bool(true), Value::Object(new)) => (&nothing, new),
        _ => return found.push(place.to_owned()),
    };
    for (name, value) in new {
        let before = old.get(name);
        if before == Some(value) {
            continue;
        }
        let here = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
        match name.as_str() {
            "properties" => properties(old, value, &here, found),
            "items" | "additionalProperties" | "propertyNames" => {
                compare(before.unwrap_or(&Value::Bool(true)), value, &here, found);
            }
            "type" => hold(is_superset(types(Some(value)), types(before)), here, found),
            "enum" => hold(lists_no_less(value, before), here, found),
            "required" => hold(requires_no_more(value, before), here, found),
            limit if UPPER.contains(&limit) => {
                hold(is_ordered(before, Some(value)), here, found);
            }
            limit if LOWER.contains(&limit) => {
                hold(is_ordered(Some(value), before), here, found);
            }
            // What is new or changed, and may mean anything.
            _ => found.push(here),
        }
    }
    let gone = ANCHORS.into_iter();
    let gone = gone.filter(|name| old.contains_key(*name) && !new.contains_key(*name));
    found.extend(gone.map(|name| format!("{place}/{name}")));
    no_longer_named(old, new, place, found);
    no_longer_exempt(old, new, place, found);
}

/// Without what kept values out of its reach, a rule for all others reaches further.
fn no_longer_exempt(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    place: &str,
    found: &mut Vec<String>,
) {
    for (name, others) in EXEMPTIONS {
        let is_gone = old.contains_key(name) && !new.contains_key(name);
        if is_gone && others.iter().any(|other| new.contains_key(*other)) {
            found.push(format!("{place}/{name}"));
        }
    }
}

/// What is no longer named falls under what is said of the others.
fn no_longer_named(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    place: &str,
    found: &mut Vec<String>,
) {
    let (anything, nothing) = (Value::Bool(true), Value::Bool(false));
    let others = if new.contains_key("unevaluatedProperties") {
        &nothing
    } else {
        new.get("additionalProperties").unwrap_or(&anything)
    };
    let named = new.get("properties").and_then(Value::as_object);
    let before = old.get("properties").and_then(Value::as_object);
    for (name, schema) in before.into_iter().flatten() {
        if named.is_none_or(|named| !named.contains_key(name)) {
            compare(schema, others, &format!("{place}/properties/{name}"), found);
        }
    }
}

/// A property that was not named before could have been anything, unless others were not taken.
fn properties(old: &Map<String, Value>, new: &Value, place: &str, found: &mut Vec<String>) {
    let anything = Value::Bool(true);
    // A pattern may have taken it.
    let others = if old.contains_key("patternProperties") {
        &anything
    } else {
        old.get("additionalProperties").unwrap_or(&anything)
    };
    let before = old.get("properties").and_then(Value::as_object);
    for (name, schema) in new.as_object().into_iter().flatten() {
        let was = before.and_then(|before| before.get(name)).unwrap_or(others);
        compare(was, schema, &format!("{place}/{name}"), found);
    }
}

fn hold(holds: bool, place: String, found: &mut Vec<String>) {
    if !holds {
        found.push(place);
    }
}

/// The types that a schema names; `None` if it names none, and takes all.
fn types(named: Option<&Value>) -> Option<Vec<&str>> {
    match named? {
        Value::String(one) => Some(vec![one.as_str()]),
        Value::Array(many) => Some(many.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is_superset(new: Option<Vec<&str>>, old: Option<Vec<&str>>) -> bool {
    match (new, old) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => old
            .iter()
            .all(|kind| new.contains(kind) || (*kind == "integer" && new.contains(&"number"))),
    }
}

fn lists_no_less(new: &Value, old: Option<&Value>) -> bool {
    let (Some(new), Some(old)) = (new.as_array(), old.and_then(Value::as_array)) else {
        return false;
    };
    old.iter().all(|value| new.contains(value))
}

fn requires_no_more(new: &Value, old: Option<&Value>) -> bool {
    let nothing = Vec::new();
    let old = old.and_then(Value::as_array).unwrap_or(&nothing);
    new.as_array()
        .is_some_and(|new| new.iter().all(|name| old.contains(name)))
}

/// Whether both are there, and the first is no more than the second.
fn is_ordered(lesser: Option<&Value>, greater: Option<&Value>) -> bool {
    // Doubles do not tell all integers apart.
    let integer = |value: Option<&Value>| {
        let value = value?;
        let signed = value.as_i64().map(i128::from);
        signed.or_else(|| value.as_u64().map(i128::from))
    };
    if let (Some(lesser), Some(greater)) = (integer(lesser), integer(greater)) {
        return lesser <= greater;
    }
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    matches!((number(lesser), number(greater)), (Some(lesser), Some(greater)) if lesser <= greater)
}

#[cfg(test)]
mod tests;
