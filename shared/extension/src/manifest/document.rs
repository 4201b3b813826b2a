//! Manifests as JSON: of TOML, and of what was read.

use serde_json::{Map, Value, json};
use toml::Value as Toml;

use super::{Code, InvalidManifest, LONGEST_MANIFEST, Manifest, Needs, Output, Problem};

/// What `text` says, as JSON.
pub(super) fn from_toml(text: &str) -> Result<Value, InvalidManifest> {
    if text.len() > LONGEST_MANIFEST {
        let problem = format!(
            "the manifest has {} bytes; make it {LONGEST_MANIFEST} at most",
            text.len()
        );
        return Err(Problem::new("", problem).into());
    }
    let table: toml::Table =
        toml::from_str(text).map_err(|error| Problem::new("", syntax(text, &error)))?;
    let mut problems = Vec::new();
    let document = json(Toml::Table(table), "", &mut problems);
    if problems.is_empty() {
        Ok(document)
    } else {
        Err(InvalidManifest::of(problems))
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line} is no TOML: {}", error.message())
}

fn json(value: Toml, path: &str, problems: &mut Vec<Problem>) -> Value {
    match value {
        Toml::String(text) => Value::String(text),
        Toml::Integer(number) => number.into(),
        Toml::Boolean(is_so) => is_so.into(),
        Toml::Float(number) => serde_json::Number::from_f64(number).map_or_else(
            || refused(path, "is no number that JSON has", problems),
            Value::Number,
        ),
        Toml::Datetime(_) => refused(path, "is a date: put it between quotes", problems),
        Toml::Array(values) => {
            let values = values.into_iter().enumerate();
            let values = values.map(|(at, value)| json(value, &format!("{path}[{at}]"), problems));
            Value::Array(values.collect())
        }
        Toml::Table(table) => {
            let members = table.into_iter().map(|(name, value)| {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                let value = json(value, &path, problems);
                (name, value)
            });
            Value::Object(members.collect())
        }
    }
}

fn refused(path: &str, problem: &str, problems: &mut Vec<Problem>) -> Value {
    problems.push(Problem::new(path, problem));
    Value::Null
}

/// What was read, in the form in which it is read again.
pub(super) fn of(manifest: &Manifest) -> Value {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("name", json!(manifest.name));
    put("version", json!(manifest.version));
    put("kind", json!(manifest.kind()));
    put("events", json!(manifest.events));
    put("ordered", json!(manifest.ordered));
    put(
        "limits",
        json!({ "timeout_ms": manifest.timeout_ms, "memory_mib": manifest.memory_mib }),
    );
    put("output", output(&manifest.output));
    if let Some(purpose) = &manifest.purpose {
        put("purpose", json!(purpose));
    }
    if let Some(filter) = &manifest.filter {
        put("filter", json!(filter));
    }
    match &manifest.code {
        Code::Wasm {
            module,
            needs: Needs { clock, random },
        } => {
            put("code", json!(module));
            put("needs", json!({ "clock": clock, "random": random }));
        }
        Code::Lambda { runtime, handler } => {
            put("lambda", json!({ "runtime": runtime, "handler": handler }));
        }
    }
    Value::Object(document)
}

fn output(output: &Output) -> Value {
    let mut document = json!({ "events": output.events, "traits": output.traits });
    if let (Some(schema), Some(members)) = (&output.schema, document.as_object_mut()) {
        members.insert("schema".to_owned(), schema.clone());
    }
    document
}
