use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn mapping() -> Mapping {
    let mapping = json!({
        "object": "Thing__c",
        "platform_event": "Thing_Change__e",
        "published": "contact",
        "fields": {
            "Name": "name",
            "Text__c": { "to": "text" },
            "Number__c": { "to": "number", "type": "number" },
            "Boolean__c": { "to": "boolean", "type": "boolean" },
            "Date__c": { "to": "date", "type": "date" },
            "Until__c": { "to": "until", "type": "date" },
            "Time__c": { "to": "time", "type": "time" },
            "Datetime__c": { "to": "datetime", "type": "datetime" },
            "List__c": { "to": "list", "type": "list" },
            "Json__c": { "to": "json", "type": "json" },
            "Zone__c": { "to": "zone", "type": "time-zone" },
        },
        "order": [["date", "until"]],
    });
    serde_json::from_value(mapping).unwrap()
}

fn record(field: &str, value: &Value) -> Result<Value, Unfit> {
    let values = BTreeMap::from([(field.to_owned(), tame(value))]);
    let mut record = mapping().record(&values)?;
    let member = mapping().fields[field].to().to_owned();
    Ok(record.remove(&member).unwrap_or_default())
}

#[rstest]
#[case("Name", json!("New Year"), json!("New Year"))]
#[case("Text__c", json!(12), json!("12"))]
#[case("Text__c", json!("   "), Value::Null)]
#[case("Number__c", json!(10.0), json!(10))]
#[case("Number__c", json!("2.5"), json!(2.5))]
#[case("Number__c", json!(-0.0), json!(0))]
#[case("Boolean__c", json!("True"), json!(true))]
#[case("Boolean__c", json!(false), json!(false))]
#[case("Date__c", json!("2026-12-24"), json!("2026-12-24"))]
#[case("Date__c", json!(1_782_259_200_000_i64), json!("2026-06-24"))]
#[case("Time__c", json!("08:30:00.000Z"), json!("08:30"))]
#[case("Time__c", json!("08:30"), json!("08:30"))]
#[case("Time__c", json!("24:00"), json!("24:00"))]
#[case("Time__c", json!(30_600_000), json!("08:30"))]
#[case("Datetime__c", json!("2026-12-24T11:00:00.500Z"), json!("2026-12-24T11:00:00Z"))]
#[case("Datetime__c", json!("2026-12-24T12:00:00.000+0100"), json!("2026-12-24T11:00:00Z"))]
#[case("Datetime__c", json!(1_798_110_000_000_i64), json!("2026-12-24T11:00:00Z"))]
#[case("List__c", json!("mon;tue; wed ;;mon"), json!(["mon", "tue", "wed"]))]
#[case("List__c", json!(["mon", "tue"]), json!(["mon", "tue"]))]
#[case("List__c", json!(" ; "), Value::Null)]
#[case("Json__c", json!(r#"{"a":[1]}"#), json!({ "a": [1] }))]
#[case("Json__c", json!({ "a": [1] }), json!({ "a": [1] }))]
#[case("Zone__c", json!("Europe/Berlin"), json!("Europe/Berlin"))]
fn a_value_becomes_what_a_record_has(
    #[case] field: &str,
    #[case] value: Value,
    #[case] expected: Value,
) {
    assert_eq!(record(field, &value), Ok(expected));
}

#[rstest]
#[case("Number__c", json!("ten"), "is no number")]
#[case("Number__c", json!(1e300), "is too large a number")]
#[case("Boolean__c", json!("yes"), "is neither true nor false")]
#[case("Date__c", json!("24.12.2026"), "is no date")]
#[case("Date__c", json!(true), "is no date")]
#[case("Time__c", json!("25:00"), "is no time of day")]
#[case("Time__c", json!(86_400_000), "is no time of day")]
#[case("Datetime__c", json!("2026-12-24"), "is no date with a time")]
#[case("List__c", json!(12), "is no list")]
#[case("List__c", json!("[1"), "is no list")]
#[case("Json__c", json!("{"), "is no JSON")]
#[case("Json__c", json!("[[[[[[[[[[[]]]]]]]]]]]"), "is too deep, or has too large a number")]
#[case("Json__c", json!("[1e300]"), "is too deep, or has too large a number")]
#[case("Zone__c", json!("Europe/Atlantis"), "is no time zone of the IANA database")]
#[case("Text__c", "a".repeat(4_001).into(), "is longer than 4,000 characters")]
fn what_a_value_is_not_is_told_by_its_field_and_without_the_value(
    #[case] field: &str,
    #[case] value: Value,
    #[case] what: &str,
) {
    let unfit = record(field, &value).unwrap_err();
    assert_eq!(unfit.to_string(), format!("{field}: {what}"));
}

#[test]
fn what_ends_before_it_begins_is_unfit() {
    let values = |until: &str| {
        BTreeMap::from([
            ("Date__c".to_owned(), json!("2026-12-24")),
            ("Until__c".to_owned(), json!(until)),
        ])
    };
    assert!(mapping().record(&values("2026-12-24")).is_ok());
    let unfit = mapping().record(&values("2026-12-23")).unwrap_err();
    assert_eq!(unfit.to_string(), "Until__c: is before Date__c");
}

#[test]
fn a_field_that_is_named_as_changed_and_not_told_has_become_nothing() {
    let told = json!({ "Name": "a", "Other__c": 1 });
    let named = BTreeSet::from(["Text__c", "Other__c"].map(str::to_owned));
    let part = mapping().part(told.as_object().unwrap(), &named);
    let expected = [("Name", json!("a")), ("Text__c", Value::Null)];
    assert_eq!(
        part,
        expected
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    );
}

#[test]
fn a_whole_record_has_every_field_and_takes_a_platform_event_s_name_for_its_own() {
    let told = json!({ "Name__c": "a", "Other__c": 1 });
    let whole = mapping().whole(told.as_object().unwrap());
    assert_eq!(whole.len(), 11);
    assert_eq!(whole["Name"], "a");
    assert_eq!(whole["Text__c"], Value::Null);
}

#[test]
fn two_fields_that_become_one_are_no_mapping() {
    let mapping = json!({
        "object": "Thing__c", "published": "contact", "fields": { "A__c": "a", "B__c": "a" },
    });
    assert!(
        !serde_json::from_value::<Mapping>(mapping)
            .unwrap()
            .is_sound()
    );
}

proptest! {
    #[test]
    fn whatever_a_value_is_it_is_a_record_or_unfit_by_its_field(
        text in "\\PC{0,40}", number in any::<f64>(), n in 0_usize..11,
    ) {
        let mapping = mapping();
        let field = mapping.fields().nth(n).unwrap().to_owned();
        for value in [json!(text), json!(number), json!([text.clone()]), json!({ "a": number })] {
            if let Err(unfit) = record(&field, &value) {
                prop_assert_eq!(&unfit.field, &field);
                prop_assert!(text.chars().count() < 8 || !unfit.what.contains(&text));
            }
        }
    }

    #[test]
    fn a_value_that_was_tamed_is_tamed_no_further(text in "\\PC{0,40}", number in any::<f64>()) {
        for value in [json!(text), json!(number), json!([text.clone()]), json!({ "a": number })] {
            let tamed = tame(&value);
            prop_assert_eq!(tame(&tamed), tamed);
        }
    }
}
