//! From the whole description to what one caller sees.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::reader::Reader;

const SCHEMAS: &str = "#/components/schemas/";

const HOW_TO_GET_IN: &str = "\n\nYou see what is open to everyone. Send an access token as \
`Authorization: Bearer <token>` to see what it opens: people get theirs by the hosted login, machines \
of partners by their client's credentials.";

/// The description, with the place where this deployment's user pool tells how to get at tokens.
pub(crate) fn with_issuer(mut description: Value, issuer: &str) -> Value {
    let schemes = members(&mut description, "/components/securitySchemes");
    for (_, scheme) in schemes.into_iter().flatten() {
        let address = format!("{issuer}/.well-known/openid-configuration");
        if let Some(url) = scheme.get_mut("openIdConnectUrl") {
            *url = address.into();
        }
    }
    description
}

/// What `reader` can use of the API, and nothing that only the rest needs.
pub(crate) fn visible_to(reader: &Reader, description: &Value) -> Value {
    let mut seen = description.clone();
    if let Some(paths) = members(&mut seen, "/paths") {
        for (_, operations) in paths.iter_mut() {
            if let Some(operations) = operations.as_object_mut() {
                operations.retain(|_, operation| reader.may_call(operation));
                for (_, operation) in operations.iter_mut() {
                    leave_own_tags(reader, operation);
                }
            }
        }
        paths.retain(|_, operations| operations != &Value::Object(Map::new()));
    }
    let used = Used::by(&seen);
    if let Some(schemas) = members(&mut seen, "/components/schemas") {
        schemas.retain(|name, _| used.schemas.contains(name));
    }
    if let Some(schemes) = members(&mut seen, "/components/securitySchemes") {
        schemes.retain(|name, _| used.schemes.contains(name));
    }
    if let Some(Value::Array(tags)) = seen.get_mut("tags") {
        let is_used = |tag: &Value| {
            let name = tag.get("name").and_then(Value::as_str);
            name.is_some_and(|name| used.tags.contains(name))
        };
        tags.retain(is_used);
    }
    if used.schemes.is_empty()
        && let Some(Value::String(about)) = seen.pointer_mut("/info/description")
    {
        about.push_str(HOW_TO_GET_IN);
    }
    seen
}

/// What several kinds of callers can use stands with the reader's own.
fn leave_own_tags(reader: &Reader, operation: &mut Value) {
    if let Some(Value::Array(tags)) = operation.get_mut("tags") {
        tags.retain(|tag| tag.as_str().is_some_and(|tag| reader.is_among(tag)));
    }
}

fn members<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    value.pointer_mut(pointer)?.as_object_mut()
}

/// What the operations of a description refer to, by name.
#[derive(Default)]
struct Used {
    schemas: BTreeSet<String>,
    schemes: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Used {
    fn by(description: &Value) -> Self {
        let mut used = Self::default();
        let paths = description.get("paths").unwrap_or(&Value::Null);
        for operation in operations(paths) {
            let requirements = operation.get("security").and_then(Value::as_array);
            for requirement in requirements.into_iter().flatten() {
                let schemes = requirement.as_object().into_iter().flatten();
                used.schemes.extend(schemes.map(|(name, _)| name.clone()));
            }
            let tags = operation.get("tags").and_then(Value::as_array);
            let names = tags.into_iter().flatten().filter_map(Value::as_str);
            used.tags.extend(names.map(str::to_owned));
        }
        used.add_references(paths, description);
        used
    }

    /// Adds the schemas that `value` refers to, and those that they refer to.
    fn add_references(&mut self, value: &Value, description: &Value) {
        match value {
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                if let Some(name) = reference.and_then(|place| place.strip_prefix(SCHEMAS))
                    && self.schemas.insert(name.to_owned())
                    && let Some(schema) = schema(description, name)
                {
                    self.add_references(schema, description);
                }
                for member in members.values() {
                    self.add_references(member, description);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.add_references(item, description);
                }
            }
            _ => (),
        }
    }
}

/// The schema of that name.
pub(crate) fn schema<'a>(description: &'a Value, name: &str) -> Option<&'a Value> {
    description.pointer("/components/schemas")?.get(name)
}

/// All operations below `paths`.
fn operations(paths: &Value) -> impl Iterator<Item = &Value> {
    let paths = paths.as_object().into_iter().flatten();
    paths.flat_map(|(_, operations)| {
        let operations = operations.as_object().into_iter().flatten();
        operations.map(|(_, operation)| operation)
    })
}
