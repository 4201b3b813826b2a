//! Attribute values to plain JSON and back.

use serde_json::{Map, Value, json};

/// A row of plain JSON as an item of attribute values.
pub(super) fn from_plain_row(row: &Value) -> Value {
    let Value::Object(row) = row else {
        panic!("a row is a JSON object, not {row}")
    };
    row.iter()
        .map(|(name, value)| (name.clone(), from_plain(value)))
        .collect()
}

/// An item of attribute values as a row of plain JSON.
pub(super) fn to_plain_row(item: &Value) -> Value {
    members(item)
        .map(|(name, value)| (name.clone(), to_plain(value)))
        .collect()
}

/// An item with the members of its sets in order, so that equal items compare equal.
pub(super) fn sorted(item: Value) -> Value {
    match item {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = if is_set(&name) {
                    in_order(value)
                } else {
                    sorted(value)
                };
                (name, value)
            })
            .collect(),
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// The bytes that `DynamoDB` counts for an item: names and values, as UTF-8.
pub(super) fn size(item: &Value) -> usize {
    match item {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| name.len() + size(value))
            .sum(),
        Value::Array(values) => values.iter().map(size).sum(),
        Value::String(text) => text.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

fn from_plain(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(truth) => json!({ "BOOL": truth }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(values) => json!({ "L": values.iter().map(from_plain).collect::<Vec<_>>() }),
        Value::Object(_) if is_binary(value) => value.clone(),
        Value::Object(_) => json!({ "M": from_plain_row(value) }),
    }
}

/// Binary is an object with its type for a name, and base64 in it.
fn is_binary(value: &Value) -> bool {
    let mut all = members(value);
    let is_typed = all
        .next()
        .is_some_and(|(name, content)| name == "B" && content.is_string());
    is_typed && all.next().is_none()
}

fn to_plain(value: &Value) -> Value {
    let Some((kind, content)) = members(value).next() else {
        return Value::Null;
    };
    match (kind.as_str(), content) {
        ("S" | "BOOL", content) => content.clone(),
        ("N", Value::String(digits)) => digits
            .parse()
            .map_or_else(|_| digits.clone().into(), Value::Number),
        ("L", Value::Array(values)) => values.iter().map(to_plain).collect(),
        ("M", content) => to_plain_row(content),
        ("NULL", _) => Value::Null,
        (kind, content) => Map::from_iter([(kind.to_owned(), in_order(content.clone()))]).into(),
    }
}

fn is_set(name: &str) -> bool {
    matches!(name, "SS" | "NS" | "BS")
}

fn in_order(set: Value) -> Value {
    match set {
        Value::Array(mut values) => {
            values.sort_by_cached_key(Value::to_string);
            values.into()
        }
        other => other,
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
