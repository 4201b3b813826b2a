//! What docs/openapi.json shows is so.

use serde_json::{Value, json};

use crate::read;

/// What is said of the API.
fn description() -> Value {
    serde_json::from_str(&read("docs/openapi.json")).unwrap()
}

/// Everything in `value` that has an example or a schema of its own, with where it stands.
fn each_with_example(value: &Value, place: &str, found: &mut Vec<(String, Value, Value)>) {
    if let (Some(schema), Some(example)) = (value.get("schema"), value.get("example")) {
        found.push((place.to_owned(), schema.clone(), example.clone()));
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                each_with_example(member, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                each_with_example(item, &format!("{place}/{number}"), found);
            }
        }
        _ => (),
    }
}

fn assert_fits(document: &Value, place: &str, schema: &Value, example: &Value) {
    let mut whole = json!({ "allOf": [schema], "components": document["components"] });
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::validator_for(&whole).unwrap();
    if let Err(error) = validator.validate(example) {
        panic!("the example at {place} does not fit its schema: {error}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = description();
    let mut examples = Vec::new();
    each_with_example(&document["paths"], "", &mut examples);
    assert!(!examples.is_empty(), "no example was found");
    for (place, schema, example) in examples {
        assert_fits(&document, &place, &schema, &example);
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            assert_fits(&document, name, schema, example);
        }
    }
}

#[test]
fn every_json_body_has_an_example_and_every_operation_a_summary() {
    for (path, operations) in description()["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(
                operation["summary"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{place}"
            );
            let answers = operation["responses"].as_object().unwrap();
            let good = answers.iter().filter(|(status, _)| status.starts_with('2'));
            for (status, answer) in good {
                let content = &answer["content"]["application/json"];
                // Of a body that is a document of another standard, no schema is given, and no example.
                let is_described = content
                    .get("schema")
                    .is_some_and(|schema| *schema != json!({}));
                assert!(
                    !is_described || content.get("example").is_some(),
                    "{place}, {status}"
                );
            }
        }
    }
}
