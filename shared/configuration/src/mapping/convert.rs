//! Values of Salesforce, as a record has them.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Number, Value};

use crate::value::{LONGEST, is_plain};

/// How deep a value of type `json` may be.
const DEEPEST: usize = 10;

/// The end of a day, which is no time of day in Salesforce but may be a text there.
const MIDNIGHT: &str = "24:00";

/// How a field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FieldType {
    #[default]
    Text,
    Number,
    Boolean,
    Date,
    Time,
    Datetime,
    List,
    Json,
    TimeZone,
}

/// What a value is not.
type Not = &'static str;

impl FieldType {
    /// The value that a record has; `None` where there is none. The error says what it is not.
    pub(super) fn convert(self, value: &Value) -> Result<Option<Value>, Not> {
        if let Value::String(text) = value {
            if text.trim().is_empty() {
                return Ok(None);
            }
            if text.chars().count() > LONGEST {
                return Err("is longer than 4,000 characters");
            }
        }
        if value.is_null() {
            return Ok(None);
        }
        match self {
            Self::Text => text(value).map(Value::from),
            Self::Number => number(value),
            Self::Boolean => boolean(value),
            Self::Date => date(value),
            Self::Time => time(value),
            Self::Datetime => moment(value),
            Self::List => return list(value),
            Self::Json => json(value),
            Self::TimeZone => zone(value),
        }
        .map(Some)
    }
}

fn text(value: &Value) -> Result<String, Not> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err("is no text"),
    }
}

/// A number without a fraction is whole, however it is written.
fn number(value: &Value) -> Result<Value, Not> {
    const NOT: Not = "is no number";
    let number = match value {
        Value::Number(number) => number.clone(),
        Value::String(text) => text.trim().parse::<Number>().map_err(|_| NOT)?,
        _ => return Err(NOT),
    };
    if !is_plain(&number) {
        return Err("is too large a number");
    }
    let whole = number.as_f64().filter(|number| number.fract() == 0.0);
    let whole = whole.and_then(|number| format!("{number:.0}").parse::<i64>().ok());
    Ok(whole.map_or(Value::Number(number), Value::from))
}

fn boolean(value: &Value) -> Result<Value, Not> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Ok(true.into()),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Ok(false.into()),
        _ => Err("is neither true nor false"),
    }
}

/// `2026-12-24`; in some forms of events, milliseconds of the epoch.
fn date(value: &Value) -> Result<Value, Not> {
    const NOT: Not = "is no date";
    let date = match value {
        Value::String(text) => text.trim().parse::<civil::Date>().map_err(|_| NOT)?,
        other => at(other)
            .map(|at| at.to_zoned(TimeZone::UTC).date())
            .ok_or(NOT)?,
    };
    Ok(date.to_string().into())
}

/// `08:30:00.000Z`, of which `08:30` is left; in some forms of events, milliseconds of the day.
fn time(value: &Value) -> Result<Value, Not> {
    const NOT: Not = "is no time of day";
    let time = match value {
        Value::String(text) if text.trim() == MIDNIGHT => return Ok(MIDNIGHT.into()),
        Value::String(text) => {
            let text = text.trim().trim_end_matches('Z');
            text.parse::<civil::Time>().map_err(|_| NOT)?
        }
        other => {
            let millis = other.as_i64().filter(|millis| *millis < 86_400_000);
            let at = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
            at.map(|at| at.to_zoned(TimeZone::UTC).time()).ok_or(NOT)?
        }
    };
    Ok(format!("{:02}:{:02}", time.hour(), time.minute()).into())
}

/// `2026-12-24T11:00:00.000Z`, of which whole seconds in UTC are left.
fn moment(value: &Value) -> Result<Value, Not> {
    const NOT: Not = "is no date with a time";
    let at = match value {
        Value::String(text) => text.trim().parse::<Timestamp>().ok(),
        other => at(other),
    };
    let at = at.and_then(|at| Timestamp::from_second(at.as_second()).ok());
    Ok(at.ok_or(NOT)?.to_string().into())
}

/// Milliseconds of the epoch.
fn at(value: &Value) -> Option<Timestamp> {
    Timestamp::from_millisecond(value.as_i64()?).ok()
}

/// `mon;tue`, as Salesforce writes what was picked; each once. Of nothing nothing is left.
fn list(value: &Value) -> Result<Option<Value>, Not> {
    const NOT: Not = "is no list";
    let items: Vec<String> = match value {
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text).map_err(|_| NOT)?
        }
        Value::String(text) => text.split(';').map(str::to_owned).collect(),
        Value::Array(items) => items.iter().map(text).collect::<Result<_, _>>()?,
        _ => return Err(NOT),
    };
    let mut seen = BTreeSet::new();
    let items = items.iter().map(|item| item.trim());
    let items: Vec<&str> = items
        .filter(|item| !item.is_empty() && seen.insert(*item))
        .collect();
    Ok((!items.is_empty()).then(|| items.into()))
}

fn json(value: &Value) -> Result<Value, Not> {
    let value = match value {
        Value::String(text) => serde_json::from_str(text).map_err(|_| "is no JSON")?,
        other => other.clone(),
    };
    if !is_shallow(&value, DEEPEST) {
        return Err("is too deep, or has too large a number");
    }
    Ok(value)
}

/// Whether a row holds it.
fn is_shallow(value: &Value, depth: usize) -> bool {
    let Some(below) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        Value::Number(number) => is_plain(number),
        Value::Array(items) => items.iter().all(|item| is_shallow(item, below)),
        Value::Object(members) => members.values().all(|member| is_shallow(member, below)),
        _ => true,
    }
}

fn zone(value: &Value) -> Result<Value, Not> {
    const NOT: Not = "is no time zone of the IANA database";
    let name = text(value)?;
    let name = name.trim();
    TimeZone::get(name).map_err(|_| NOT)?;
    Ok(name.into())
}
