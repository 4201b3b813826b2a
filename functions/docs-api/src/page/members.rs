//! The members of an object on the wire, as rows of a table.

use serde_json::Value;

use super::html::{escaped, line, text};
use crate::visible::schema;

/// As deep as members of members are listed.
const DEEPEST: usize = 3;

/// A row for each member that an object of `of` has, and for what those are made of.
pub(super) fn rows(description: &Value, of: &Value) -> String {
    let mut rows = String::new();
    add(description, of, "", 0, &mut rows);
    rows
}

fn add(description: &Value, of: &Value, prefix: &str, depth: usize, rows: &mut String) {
    let of = resolved(description, of);
    if depth > DEEPEST {
        return;
    }
    for kind in ["allOf", "oneOf", "anyOf"] {
        let parts = of.get(kind).and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            add(description, part, prefix, depth, rows);
        }
    }
    if let Some(items) = of.get("items") {
        add(description, items, &format!("{prefix}[]"), depth, rows);
    }
    let required = of.get("required").and_then(Value::as_array);
    let is_required = |name: &String| {
        let mut names = required.into_iter().flatten();
        names.any(|each| each == name.as_str())
    };
    let properties = of.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let place = match prefix {
            "" => name.clone(),
            prefix => format!("{prefix}.{name}"),
        };
        let found = resolved(description, property);
        let needed = if is_required(name) { "yes" } else { "" };
        let row = format!(
            "<tr><td><code>{}</code></td><td>{}</td><td>{needed}</td><td>{}</td></tr>\n",
            escaped(&place),
            kind(description, property),
            about(found),
        );
        rows.push_str(&row);
        add(description, property, &place, depth + 1, rows);
    }
}

/// What stands where `of` refers to.
fn resolved<'a>(description: &'a Value, of: &'a Value) -> &'a Value {
    let place = of.get("$ref").and_then(Value::as_str);
    let name = place.and_then(|place| place.strip_prefix("#/components/schemas/"));
    name.and_then(|name| schema(description, name))
        .unwrap_or(of)
}

/// What kind of value it is, in a few words.
pub(super) fn kind(description: &Value, of: &Value) -> String {
    let of = resolved(description, of);
    if let Some(choices) = of.get("enum").and_then(Value::as_array) {
        let choices = choices.iter().map(|each| match each {
            Value::String(text) => format!("<code>{}</code>", escaped(text)),
            other => format!("<code>{}</code>", escaped(&other.to_string())),
        });
        return choices.collect::<Vec<_>>().join(", ");
    }
    let name = |kind: &str| match (kind, of.get("format").and_then(Value::as_str)) {
        ("string", Some("date-time")) => "moment".to_owned(),
        ("string", Some("date")) => "day".to_owned(),
        ("string", _) => "text".to_owned(),
        ("array", _) => match of.get("items") {
            Some(items) => format!("list of {}", kind_of_items(description, items)),
            None => "list".to_owned(),
        },
        (kind, _) => escaped(kind),
    };
    match of.get("type") {
        Some(Value::String(one)) => name(one),
        Some(Value::Array(some)) => {
            let names = some.iter().filter_map(Value::as_str).map(name);
            names.collect::<Vec<_>>().join(" or ")
        }
        _ => "object".to_owned(),
    }
}

fn kind_of_items(description: &Value, items: &Value) -> String {
    match kind(description, items) {
        kind if kind == "object" => "objects".to_owned(),
        kind => kind,
    }
}

fn about(of: &Value) -> String {
    let description = of.get("description").and_then(Value::as_str);
    let description = line(description.unwrap_or_default());
    match of.get("pattern") {
        Some(_) => format!("{description} <code>{}</code>", text(of, "/pattern")),
        None => description,
    }
}
