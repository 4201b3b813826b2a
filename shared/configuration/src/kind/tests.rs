use std::{fs, path::PathBuf};

use serde_json::json;

use super::*;

fn folders() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/salesforce");
    let entries = fs::read_dir(root).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Values of Salesforce that make `record`.
fn values(kind: &Kind, record: &Value) -> BTreeMap<String, Value> {
    let members = record.as_object().unwrap().iter();
    let value = |value: &Value| match value {
        Value::Array(items) => {
            let items: Vec<&str> = items.iter().map(|item| item.as_str().unwrap()).collect();
            items.join(";").into()
        }
        other => other.clone(),
    };
    members
        .map(|(member, told)| {
            let field = kind.mapping().field_of(member).unwrap();
            (field.to_owned(), value(told))
        })
        .collect()
}

#[test]
fn every_folder_is_a_kind_with_samples_that_its_mapping_and_schema_make() {
    let kinds = Kinds::built_in().unwrap();
    assert_eq!(kinds.iter().count(), folders().len());
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let kind = kinds.named(name).unwrap();
        let samples: Vec<_> = fs::read_dir(folder.join("samples")).unwrap().collect();
        assert!(samples.len() > 1, "{name} has too few samples");
        for sample in samples {
            let sample = read(sample.unwrap().path());
            let record = kind.record(&values(kind, &sample));
            assert_eq!(record, Ok(sample), "{name}");
        }
    }
}

#[test]
fn every_member_that_a_schema_describes_comes_from_a_field_and_the_other_way_round() {
    let kinds = Kinds::built_in().unwrap();
    for folder in folders() {
        let kind = kinds
            .named(folder.file_name().unwrap().to_str().unwrap())
            .unwrap();
        let schema = read(folder.join("schema.json"));
        let described = schema["properties"].as_object().unwrap();
        let mapping = kind.mapping();
        assert_eq!(described.len(), mapping.fields().count(), "{kind:?}");
        for member in described.keys() {
            assert!(mapping.field_of(member).is_some(), "{kind:?}: {member}");
        }
        for member in schema["required"].as_array().unwrap() {
            assert!(described.contains_key(member.as_str().unwrap()), "{kind:?}");
        }
    }
}

#[test]
fn a_kind_is_found_by_its_object_and_by_its_platform_event() {
    let kinds = Kinds::built_in().unwrap();
    let by_object = kinds.of_object("Holiday__c").map(Kind::name);
    let by_event = kinds.of_platform_event("Holiday_Change__e").map(Kind::name);
    assert_eq!((by_object, by_event), (Some("holiday"), Some("holiday")));
    assert!(kinds.of_object("Account").is_none());
}

fn unfit(kind: &str, values: Value) -> String {
    let kinds = Kinds::built_in().unwrap();
    let values = serde_json::from_value(values).unwrap();
    let unfit = kinds.named(kind).unwrap().record(&values).unwrap_err();
    unfit.to_string()
}

#[test]
fn what_a_schema_does_not_allow_is_told_by_the_field_in_salesforce_without_its_value() {
    let roster = json!({
        "Name": "Night", "From__c": "2026-01-15T17:00:00Z", "Until__c": "2026-01-16T07:00:00Z",
        "Line__c": 1.0, "Phone__c": "canary",
    });
    let told = unfit("roster", roster);
    assert_eq!(told, r"Phone__c: is not of the form ^\+[1-9][0-9]{6,14}$");
    assert_eq!(
        unfit("holiday", json!({ "Name": "canary" })),
        "From__c: is missing"
    );
    let days = json!({
        "Name": "a", "Days__c": "mon;canary", "Opens__c": "08:00", "Closes__c": "18:00",
        "Time_Zone__c": "Europe/Berlin",
    });
    let told = unfit("opening-hours", days);
    assert_eq!(
        told,
        "Days__c: is none of mon, tue, wed, thu, fri, sat, sun"
    );
    let half = json!({ "Name": "a", "From__c": "2026-01-01", "Starts__c": "08:00" });
    assert!(unfit("holiday", half).contains("is missing"));
}

#[test]
fn who_is_on_call_is_so_from_a_quarter_of_an_hour_to_another() {
    let roster = json!({
        "Name": "Night", "From__c": "2026-01-15T17:10:00Z", "Until__c": "2026-01-16T07:00:00Z",
        "Line__c": 1, "Phone__c": "+4915112345678",
    });
    assert!(unfit("roster", roster).starts_with("From__c: is not of the form"));
}

#[test]
fn a_number_is_where_calls_are_led_to_only_if_it_is_one() {
    let routing =
        json!({ "Name": "a", "When__c": "open", "To_Type__c": "number", "To__c": "canary" });
    assert!(unfit("routing", routing).starts_with("To__c: is not of the form"));
}

#[test]
fn a_folder_that_is_no_kind_is_named() {
    let invalid = Kind::new("thing", "{}", "{}").unwrap_err();
    let told = "events/salesforce/thing has no mapping.json as a kind needs it";
    assert_eq!(invalid.to_string(), told);
    let mapping = r#"{"object":"A__c","published":"contact","fields":{}}"#;
    assert_eq!(
        Kind::new("thing", mapping, r#"{"type":1}"#)
            .unwrap_err()
            .file,
        "schema.json"
    );
}
