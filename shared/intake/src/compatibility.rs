//! Whether a schema takes all that an earlier one took.
//!
//! It can't be told of every two schemas. What is not seen to take as much counts as breaking: a
//! new version of the type is the way out.

use serde_json::{Map, Value};

/// What says nothing of what is taken.
const WORDS: [&str; 8] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
];

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

/// As many places as are named.
const MOST: usize = 20;

/// The places of `new`, as JSON pointers, that may refuse what `old` takes.
#[must_use]
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(old, new, "", &mut found);
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
        if WORDS.contains(&name.as_str()) || before == Some(value) {
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
    no_longer_named(old, new, place, found);
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
    let others = old.get("additionalProperties").unwrap_or(&anything);
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
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    matches!((number(lesser), number(greater)), (Some(lesser), Some(greater)) if lesser <= greater)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn order() -> Value {
        json!({
            "type": "object",
            "properties": {
                "order": { "type": "string", "maxLength": 10 },
                "amount": { "type": "integer", "minimum": 1 },
                "kind": { "enum": ["new", "used"] },
            },
            "required": ["order", "amount"],
            "additionalProperties": false,
        })
    }

    #[rstest]
    #[case("/properties/order/maxLength", json!(20))]
    #[case("/properties/amount/minimum", json!(0))]
    #[case("/properties/amount/type", json!("number"))]
    #[case("/properties/amount/type", json!(["integer", "null"]))]
    #[case("/properties/kind/enum", json!(["used", "new", "broken"]))]
    #[case("/required", json!(["order"]))]
    #[case("/additionalProperties", json!(true))]
    #[case("/properties/order", json!({}))]
    fn what_takes_more_breaks_nothing(#[case] place: &str, #[case] value: Value) {
        let mut new = order();
        *new.pointer_mut(place).unwrap() = value;
        assert_eq!(breaks(&order(), &new), Vec::<String>::new());
    }

    #[rstest]
    #[case("/properties/order/maxLength", json!(5))]
    #[case("/properties/amount/minimum", json!(2))]
    #[case("/properties/amount/type", json!("string"))]
    #[case("/properties/kind/enum", json!(["new"]))]
    #[case("/required", json!(["order", "amount", "kind"]))]
    fn what_takes_less_is_named(#[case] place: &str, #[case] value: Value) {
        let mut new = order();
        *new.pointer_mut(place).unwrap() = value;
        assert_eq!(breaks(&order(), &new), [place]);
    }

    #[test]
    fn a_property_may_be_added_where_others_were_not_taken_and_not_where_they_were() {
        let mut new = order();
        new["properties"]["note"] = json!({ "type": "string" });
        assert_eq!(breaks(&order(), &new), Vec::<String>::new());
        let mut open = order();
        open["additionalProperties"] = json!(true);
        let mut narrower = open.clone();
        narrower["properties"]["note"] = json!({ "type": "string" });
        assert_eq!(breaks(&open, &narrower), ["/properties/note/type"]);
    }

    #[test]
    fn what_is_no_longer_named_or_can_not_be_judged_is_named() {
        let mut new = order();
        new["properties"].as_object_mut().unwrap().remove("kind");
        assert_eq!(breaks(&order(), &new), ["/properties/kind"]);
        let mut new = order();
        new["properties"]["order"]["pattern"] = json!("^[0-9]+$");
        assert_eq!(breaks(&order(), &new), ["/properties/order/pattern"]);
        let mut new = order();
        new["title"] = json!("An order");
        assert_eq!(breaks(&order(), &new), Vec::<String>::new());
    }
}
