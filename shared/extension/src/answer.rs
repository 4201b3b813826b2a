//! What code answered, held to what its manifest says that it may.

use std::collections::BTreeMap;

use cloudevent::{Limits, json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::EventTypeName;

use crate::{Manifest, Problem, TraitName, answer_schema, manifest::shown};

/// As many events as one answer has.
const MOST_EVENTS: usize = 20;

/// As many bytes as the value of a trait has as JSON.
const LONGEST_TRAIT: usize = 1024;

/// As deep as an answer goes.
const DEEPEST: usize = 32;

/// An answer within what the manifest allows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What it tells of the person whom its event is about: a text, a number or a flag each, or `null` for what it
    /// takes back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub traits: BTreeMap<TraitName, Value>,
    /// Events of the tenant's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<AnsweredEvent>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// An event that is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredEvent {
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: EventTypeName,
    /// Its data.
    #[serde(default)]
    pub data: Value,
}

impl Answer {
    /// Reads what code wrote to its standard output, or returned. Nothing at all is an answer that says nothing.
    /// Problems name places and never values, which may be personal.
    pub fn read(written: &[u8], manifest: &Manifest) -> Result<Self, Vec<Problem>> {
        if written.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let limits = Limits {
            depth: DEEPEST,
            ..Limits::at(Timestamp::UNIX_EPOCH)
        };
        json::check(written, &limits).map_err(|fault| {
            vec![Problem::new(
                &fault.pointer,
                format!("byte {}: {}", fault.at, fault.wrong),
            )]
        })?;
        let value = serde_json::from_slice(written);
        let value = value.map_err(|_| vec![Problem::new("", "it is no JSON")])?;
        let answer = parsed(&value).map_err(|problem| vec![problem])?;
        let problems = answer.beyond(manifest);
        if problems.is_empty() {
            Ok(answer)
        } else {
            Err(problems)
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traits.is_empty() && self.events.is_empty() && self.output.is_none()
    }

    /// What of it the manifest does not allow.
    fn beyond(&self, manifest: &Manifest) -> Vec<Problem> {
        let mut problems = Vec::new();
        let allowed = manifest.output();
        for (name, value) in &self.traits {
            let field = format!("traits.{name}");
            if !allowed.traits.contains(name) {
                problems.push(Problem::new(
                    &field,
                    "the manifest does not name it: add it to output.traits",
                ));
            }
            if value.is_array() || value.is_object() || value.to_string().len() > LONGEST_TRAIT {
                let problem = format!(
                    "a trait is a text, a number, true, false or null, of {LONGEST_TRAIT} bytes at most"
                );
                problems.push(Problem::new(&field, problem));
            }
        }
        if self.events.len() > MOST_EVENTS {
            problems.push(Problem::new(
                "events",
                format!("there are more than {MOST_EVENTS}"),
            ));
        }
        for (at, event) in self.events.iter().enumerate().take(MOST_EVENTS) {
            if !allowed.events.contains(&event.event_type) {
                let problem = format!(
                    "the manifest does not name {}: add it to output.events",
                    event.event_type
                );
                problems.push(Problem::new(format!("events[{at}].type"), problem));
            }
        }
        problems.extend(
            allowed
                .schema
                .as_ref()
                .and_then(|schema| self.unlike(schema)),
        );
        problems
    }

    /// Where `output` is not as the schema says. The message would quote the value.
    fn unlike(&self, schema: &Value) -> Option<Problem> {
        let schema = answer_schema::compile(schema).ok()?;
        let output = self.output.as_ref().unwrap_or(&Value::Null);
        let error = schema.validate(output).err()?;
        let place = format!("output{}", error.instance_path().as_str());
        let rule = shown(error.schema_path().as_str());
        Some(Problem::new(
            place,
            format!("it is not as output.schema says at {rule}"),
        ))
    }
}

fn parsed(value: &Value) -> Result<Answer, Problem> {
    Answer::deserialize(value).map_err(|_| {
        let fields = value.as_object().into_iter().flat_map(|members| members.keys());
        let unknown = fields.map(String::as_str).find(|name| !["traits", "events", "output"].contains(name));
        let problem = "an answer is {\"traits\": {\"name\": \"value\"}, \"events\": [{\"type\": \"com.acme.a.v1\", \"data\": {}}], \"output\": …}, each of which may be left out";
        match unknown {
            Some(name) => Problem::new(shown(name), format!("unknown field: {problem}")),
            None => Problem::new("", problem),
        }
    })
}
