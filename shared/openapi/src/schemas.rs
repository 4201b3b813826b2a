//! The schemas of the types that go over the wire, by their names.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Schemas by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Takes a type that a route takes, with all that it is made of.
    pub(crate) fn taken<T: ToSchema>(&mut self) -> Value {
        self.of::<T>(one_member_alone)
    }

    /// Takes a type that a route answers, with all that it is made of. What is not known is absent
    /// from an answer, and not null.
    pub(crate) fn answered<T: ToSchema>(&mut self) -> Value {
        self.of::<T>(absent_is_not_null)
    }

    fn of<T: ToSchema>(&mut self, adapt: fn(&mut Value)) -> Value {
        let mut all = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            let mut schema = json!(schema);
            adapt(&mut schema);
            self.add(name, schema);
        }
        reference(&T::name())
    }

    /// # Panics
    /// If another schema has the name.
    fn add(&mut self, name: String, schema: Value) {
        match self.0.get(&name) {
            Some(known) => assert!(
                *known == schema,
                "two types are called {name} and differ: name one of them by #[schema(as = …)]"
            ),
            None => {
                self.0.insert(name, schema);
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (name, schema) in &other.0 {
            self.add(name.clone(), schema.clone());
        }
    }

    pub(crate) fn into_value(self) -> Value {
        self.0.into_iter().collect::<Map<_, _>>().into()
    }
}

/// Where the schema of that name stands.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Of several members exactly one may be there: an enum of Rust, as serde reads it.
fn one_member_alone(schema: &mut Value) {
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        let choices = choices.iter_mut();
        for choice in choices.filter(|choice| choice.get("properties").is_some()) {
            choice["additionalProperties"] = false.into();
        }
    }
    if let Value::Object(members) = schema {
        members.values_mut().for_each(one_member_alone);
    }
}

/// Takes `null` away from the properties that need not be there.
fn absent_is_not_null(schema: &mut Value) {
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &String| {
        let mut names = required.as_array().into_iter().flatten();
        names.any(|each| each == name.as_str())
    };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            if !is_required(name) {
                without_null(property);
            }
        }
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(absent_is_not_null),
        Value::Array(items) => items.iter_mut().for_each(absent_is_not_null),
        _ => (),
    }
}

fn without_null(property: &mut Value) {
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|each| each != "null");
        if let [one] = types.as_slice() {
            property["type"] = one.clone();
        }
    }
    let Some(Value::Array(choices)) = property.get_mut("oneOf") else {
        return;
    };
    choices.retain(|each| each["type"] != "null");
    if let [one] = choices.as_slice() {
        *property = one.clone();
    }
}
