//! Reading a pattern.

use serde_json::{Map, Value};

use super::{
    Fields, InvalidFilter, Rule,
    test::{Comparison, Test, Words},
};
use crate::manifest::shown;

/// As deep as fields lie within each other.
const DEEPEST: usize = 16;

type Parsed<T> = Result<T, InvalidFilter>;

fn wrong<T>(place: &str, problem: impl Into<String>) -> Parsed<T> {
    Err(InvalidFilter {
        place: place.to_owned(),
        problem: problem.into(),
    })
}

/// What stands at `place`: fields, each with what it has to be.
pub(super) fn fields(pattern: &Value, place: &str, depth: usize) -> Parsed<Fields> {
    let Some(members) = pattern.as_object() else {
        return wrong(place, "it has to be a table of fields");
    };
    if members.is_empty() {
        return wrong(
            place,
            "it names no field: leave it out, or say what has to fit",
        );
    }
    if depth >= DEEPEST {
        return wrong(
            place,
            format!("fields lie within each other {DEEPEST} times at most"),
        );
    }
    let mut fields = Fields::default();
    for (name, value) in members {
        let place = format!("{place}.{}", shown(name));
        if name == "$or" {
            fields.one_of = Some(alternatives(value, &place, depth)?);
        } else if name.contains('.') {
            let problem =
                "a field is named without quotes around its dots: data.country = [\"DE\"]";
            return wrong(&place, problem);
        } else {
            fields.all.push((name.clone(), rule(value, &place, depth)?));
        }
    }
    Ok(fields)
}

fn alternatives(value: &Value, place: &str, depth: usize) -> Parsed<Vec<Fields>> {
    match value.as_array() {
        Some(values) if values.len() >= 2 => {
            let values = values.iter().enumerate();
            let values =
                values.map(|(at, value)| fields(value, &format!("{place}[{at}]"), depth + 1));
            values.collect()
        }
        _ => wrong(
            place,
            "it has to be a list of two tables of fields at least",
        ),
    }
}

fn rule(value: &Value, place: &str, depth: usize) -> Parsed<Rule> {
    match value {
        Value::Object(_) => Ok(Rule::Below(fields(value, place, depth + 1)?)),
        Value::Array(values) if values.is_empty() => {
            wrong(place, "the list is empty: name a value that fits")
        }
        Value::Array(values) => {
            let values = values.iter().enumerate();
            let tests = values.map(|(at, value)| test(value, &format!("{place}[{at}]")));
            Ok(Rule::Any(tests.collect::<Parsed<_>>()?))
        }
        _ => wrong(place, "what fits stands in a list: [\"DE\"] and not \"DE\""),
    }
}

fn test(value: &Value, place: &str) -> Parsed<Test> {
    match value {
        Value::Object(operator) => operation(operator, place),
        Value::Array(_) => wrong(place, "a list within the list: leave one out"),
        value => plain(value, place),
    }
}

fn plain(value: &Value, place: &str) -> Parsed<Test> {
    match value {
        Value::Null => Ok(Test::Null),
        Value::Bool(flag) => Ok(Test::Flag(*flag)),
        Value::Number(_) => Ok(Test::Number(number(value, place)?)),
        Value::String(text) => Ok(Test::Text(Words::Exactly(text.clone()))),
        Value::Array(_) | Value::Object(_) => wrong(place, "it has to be a text or a number"),
    }
}

/// The name of an operator and what it is given: the only member of its table.
fn only<'a>(operator: &'a Map<String, Value>, place: &str) -> Parsed<(&'a str, &'a Value)> {
    let mut members = operator.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        _ => wrong(
            place,
            "an operator is a table of one member: {prefix = \"A\"}",
        ),
    }
}

fn operation(operator: &Map<String, Value>, place: &str) -> Parsed<Test> {
    let (name, value) = only(operator, place)?;
    match name {
        "exists" => match value.as_bool() {
            Some(exists) => Ok(Test::Exists(exists)),
            None => wrong(place, "exists is true or false"),
        },
        "numeric" => numeric(value, place),
        "anything-but" => anything_but(value, place),
        name => match words(name, value, place)? {
            Some(words) => Ok(Test::Text(words)),
            None => wrong(
                place,
                format!(
                    "unknown operator {}: there are prefix, suffix, equals-ignore-case, wildcard, numeric, exists and anything-but",
                    shown(name)
                ),
            ),
        },
    }
}

/// None, if `name` is no operator on texts.
fn words(name: &str, value: &Value, place: &str) -> Parsed<Option<Words>> {
    let ignoring = value
        .as_object()
        .filter(|_| matches!(name, "prefix" | "suffix"));
    if let Some(ignoring) = ignoring {
        let (inner, value) = only(ignoring, place)?;
        if inner != "equals-ignore-case" {
            return wrong(
                place,
                format!("{name} takes a text or {{equals-ignore-case = \"a\"}}"),
            );
        }
        let lowered = Value::String(text(inner, value, place)?.to_lowercase());
        let words = words(name, &lowered, place)?;
        return Ok(words.map(|words| Words::IgnoringCase(Box::new(words))));
    }
    let make: fn(&str) -> Words = match name {
        "prefix" => |text| Words::Prefix(text.to_owned()),
        "suffix" => |text| Words::Suffix(text.to_owned()),
        "equals-ignore-case" => {
            |text| Words::IgnoringCase(Box::new(Words::Exactly(text.to_lowercase())))
        }
        "wildcard" => return wildcard(text(name, value, place)?, place).map(Some),
        _ => return Ok(None),
    };
    Ok(Some(make(text(name, value, place)?)))
}

fn text<'a>(operator: &str, value: &'a Value, place: &str) -> Parsed<&'a str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => wrong(place, format!("{operator} takes a text between quotes")),
    }
}

/// A star is any text; `\*` is a star and `\\` a backslash.
fn wildcard(pattern: &str, place: &str) -> Parsed<Words> {
    let mut pieces = vec![String::new()];
    let mut characters = pattern.chars();
    let mut after_star = false;
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' if after_star => {
                return wrong(place, "two stars one after the other: leave one out");
            }
            '*' => None,
            '\\' => match characters.next() {
                Some(escaped @ ('*' | '\\')) => Some(escaped),
                _ => return wrong(place, "after a backslash comes a star or a backslash"),
            },
            other => Some(other),
        };
        after_star = literal.is_none();
        match (literal, pieces.last_mut()) {
            (Some(literal), Some(piece)) => piece.push(literal),
            _ => pieces.push(String::new()),
        }
    }
    match <[String; 1]>::try_from(pieces) {
        Ok([exactly]) => Ok(Words::Exactly(exactly)),
        Err(pieces) => Ok(Words::Wildcard(pieces)),
    }
}

fn number(value: &Value, place: &str) -> Parsed<f64> {
    match value.as_f64() {
        Some(number) => Ok(number),
        None => wrong(place, "it has to be a number"),
    }
}

fn numeric(value: &Value, place: &str) -> Parsed<Test> {
    const RULE: &str =
        "numeric is [\"=\", 5], [\">\", 0], or a lower and an upper bound: [\">=\", 0, \"<\", 5]";
    let comparison = |value: &Value| match value.as_str() {
        Some("=") => Ok(Comparison::Equal),
        Some(">") => Ok(Comparison::Above),
        Some(">=") => Ok(Comparison::AtLeast),
        Some("<") => Ok(Comparison::Below),
        Some("<=") => Ok(Comparison::AtMost),
        _ => wrong(place, RULE),
    };
    match value.as_array().map(Vec::as_slice) {
        Some([is, bound]) => Ok(Test::Numeric(vec![(
            comparison(is)?,
            number(bound, place)?,
        )])),
        Some([above, least, below, most]) => {
            let lower = (comparison(above)?, number(least, place)?);
            let upper = (comparison(below)?, number(most, place)?);
            let is_range = matches!(lower.0, Comparison::Above | Comparison::AtLeast)
                && matches!(upper.0, Comparison::Below | Comparison::AtMost)
                && lower.1 < upper.1;
            if is_range {
                Ok(Test::Numeric(vec![lower, upper]))
            } else {
                wrong(place, RULE)
            }
        }
        _ => wrong(place, RULE),
    }
}

fn anything_but(value: &Value, place: &str) -> Parsed<Test> {
    let tests = if let Value::Object(operator) = value {
        let (name, values) = only(operator, place)?;
        each(values, place, &|value| match words(name, value, place)? {
            Some(words) => Ok(Test::Text(words)),
            None => wrong(
                place,
                "anything-but takes values, or prefix, suffix, equals-ignore-case or wildcard",
            ),
        })?
    } else {
        each(value, place, &|value| match value {
            Value::String(_) | Value::Number(_) => plain(value, place),
            _ => wrong(place, "anything-but takes texts and numbers"),
        })?
    };
    Ok(Test::AnythingBut(tests))
}

/// What a value is, or each in a list.
fn each(values: &Value, place: &str, make: &dyn Fn(&Value) -> Parsed<Test>) -> Parsed<Vec<Test>> {
    match values {
        Value::Array(values) if values.is_empty() => {
            wrong(place, "the list is empty: name a value that does not fit")
        }
        Value::Array(values) => values.iter().map(make).collect(),
        value => Ok(vec![make(value)?]),
    }
}
