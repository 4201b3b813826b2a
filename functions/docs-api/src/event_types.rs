//! The types of events of the caller's tenant, in the description that they see.

use serde_json::{Value, json};
use tenancy::{ShownEventType, ShownEventTypes};

/// The member of a description that lists them; their schemas stand among the others.
pub(crate) const MEMBER: &str = "x-event-types";

/// Adds `types` to what somebody sees.
pub(crate) fn add(seen: &mut Value, types: &ShownEventTypes) {
    let listed: Vec<Value> = types.types.iter().map(listed).collect();
    let schemas = seen.pointer_mut("/components/schemas");
    if let Some(schemas) = schemas.and_then(Value::as_object_mut) {
        let named = types.types.iter();
        schemas.extend(named.map(|each| (each.name.to_string(), schema(each))));
    }
    if let Some(seen) = seen.as_object_mut() {
        let shown = json!({ "types": listed, "are_all": types.are_all });
        seen.insert(MEMBER.to_owned(), shown);
    }
}

fn listed(each: &ShownEventType) -> Value {
    json!({
        "type": each.name.as_str(),
        "revision": each.revision,
        "registered_by": each.registered_by,
        "schema": { "$ref": format!("#/components/schemas/{}", each.name) },
    })
}

/// The schema as a document of its own, so that what refers to a part of it is not looked for in the
/// description around it.
fn schema(each: &ShownEventType) -> Value {
    let mut schema: Value = serde_json::from_str(&each.schema).unwrap_or_default();
    if let Some(members) = schema.as_object_mut() {
        let place = format!("/v1/event-types/{}", each.name);
        members.entry("$id").or_insert_with(|| place.into());
    }
    schema
}
