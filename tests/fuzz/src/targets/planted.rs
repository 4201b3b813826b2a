//! Parsers that panic on purpose, each in a way that has to be found.

use serde_json::Value;

use super::{Parser, Target};

/// They, with what is wrong with them.
pub static PLANTED: [(Target, &str); 4] = [
    (
        Target::new("planted-slice", sliced),
        "a text is cut where a character goes on",
    ),
    (
        Target::new("planted-number", added),
        "a number is taken to be small",
    ),
    (
        Target::new("planted-member", looked_up),
        "a member is taken to be there",
    ),
    (
        Target::new("planted-depth", descended),
        "a value is taken to be flat",
    ),
];

fn sliced() -> Parser {
    Box::new(|input| {
        let text = super::text(input);
        let cut = text.len().min(5);
        text[..cut].to_owned()
    })
}

fn added() -> Parser {
    Box::new(|input| {
        let value: Value = serde_json::from_slice(input).unwrap_or_default();
        let amount = value["amount"].as_u64().unwrap_or_default();
        u32::try_from(amount)
            .expect("an amount is small")
            .to_string()
    })
}

fn looked_up() -> Parser {
    Box::new(|input| {
        let value: Value = serde_json::from_slice(input).unwrap_or_default();
        let Value::Object(members) = &value else {
            return "none".to_owned();
        };
        members.get("id").expect("an event has an id").to_string()
    })
}

fn descended() -> Parser {
    Box::new(|input| {
        let mut value: Value = serde_json::from_slice(input).unwrap_or_default();
        let mut depth = 0;
        while let Some(inner) = value.get_mut(0).map(Value::take) {
            value = inner;
            depth += 1;
            assert!(depth < 12, "it is flat");
        }
        depth.to_string()
    })
}
