//! What a route answers when something is wrong.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::schemas::{Schemas, reference};

/// Where a problem's `type` is described.
const TYPES: &str = "https://fairlead.dev/problems/";

/// What went wrong, by RFC 9457.
#[derive(Debug, ToSchema)]
pub struct Problem {
    /// A stable URI for this kind of problem.
    #[schema(format = "uri")]
    pub r#type: String,
    /// The same in words, for every occurrence.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What to do about this occurrence.
    pub detail: Option<String>,
    /// Which field is to blame, as a path.
    pub field: Option<String>,
}

/// What API Gateway answers by itself, before a function sees the request.
#[derive(Debug, ToSchema)]
pub struct GatewayMessage {
    /// What is wrong, in a few words.
    pub message: Option<String>,
}

/// A problem that docs/http-api.md lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The HTTP status.
    pub status: u16,
    /// The end of its `type`.
    pub name: String,
    /// What to do about it.
    pub what_to_do: String,
}

impl Known {
    fn kind(&self) -> String {
        format!("{TYPES}{}", self.name)
    }
}

/// The problems of one route, each with the schema that it has beside others or instead of theirs.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) schemas: Schemas,
    by_name: BTreeMap<&'static str, Value>,
}

impl Problems {
    pub(crate) fn add<T: ToSchema>(&mut self, name: &'static str) {
        let schema = self.schemas.answered::<T>();
        self.by_name.insert(name, schema);
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_name.keys().copied()
    }

    /// The answers by status.
    ///
    /// # Panics
    /// If docs/http-api.md does not list one of them.
    pub(crate) fn describe(&self, known: &[Known]) -> BTreeMap<u16, Value> {
        let mut by_status: BTreeMap<u16, Vec<(&Known, &Value)>> = BTreeMap::new();
        for (name, schema) in &self.by_name {
            let found = known.iter().find(|known| known.name == *name);
            let found = found.unwrap_or_else(|| {
                panic!("a route answers {name}, which the table of problems in docs/http-api.md does not list")
            });
            by_status
                .entry(found.status)
                .or_default()
                .push((found, schema));
        }
        let answers = by_status.into_iter();
        answers
            .map(|(status, problems)| (status, answer(status, &problems)))
            .collect()
    }
}

fn answer(status: u16, problems: &[(&Known, &Value)]) -> Value {
    let lines = problems
        .iter()
        .map(|(known, _)| format!("`{}`: {}.", known.name, known.what_to_do));
    let mut by_schema: Vec<(&Value, Vec<String>)> = Vec::new();
    for (known, schema) in problems {
        match by_schema.iter_mut().find(|(each, _)| each == schema) {
            Some((_, kinds)) => kinds.push(known.kind()),
            None => by_schema.push((schema, vec![known.kind()])),
        }
    }
    let mut schemas: Vec<Value> = by_schema
        .into_iter()
        .map(|(schema, kinds)| {
            let narrowed = json!({
                "type": "object",
                "properties": { "type": { "type": "string", "enum": kinds }, "status": { "type": "integer", "enum": [status] } },
            });
            json!({ "allOf": [schema, narrowed] })
        })
        .collect();
    let schema = match schemas.as_mut_slice() {
        [one] => one.take(),
        _ => json!({ "anyOf": schemas }),
    };
    let mut answer = json!({
        "description": lines.collect::<Vec<_>>().join("\n\n"),
        "content": { "application/problem+json": { "schema": schema } },
    });
    if let Some(headers) = headers(status) {
        answer["headers"] = headers;
    }
    answer
}

fn headers(status: u16) -> Option<Value> {
    let (name, about, schema) = match status {
        401 => (
            "www-authenticate",
            "How to authenticate (RFC 6750).",
            json!({ "type": "string" }),
        ),
        429 | 503 => (
            "retry-after",
            "Seconds to wait before trying again.",
            json!({ "type": "integer", "minimum": 0 }),
        ),
        _ => return None,
    };
    Some(json!({ name: { "description": about, "schema": schema } }))
}

/// Adds what API Gateway answers by itself with `status` to what the function does.
pub(crate) fn or_of_the_gateway(answers: &mut BTreeMap<u16, Value>, status: u16, about: &str) {
    let answer = answers
        .entry(status)
        .or_insert_with(|| json!({ "description": "" }));
    let description = answer["description"].as_str().unwrap_or_default();
    answer["description"] = [description, about].join("\n\n").trim().into();
    let content = json!({ "schema": reference("GatewayMessage") });
    answer["content"]["application/json"] = content;
}
