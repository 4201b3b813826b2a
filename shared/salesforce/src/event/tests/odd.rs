//! What nobody expects.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::*;

#[rstest]
#[case("canary", "the event is no JSON")]
#[case("[]", "the event is none of Salesforce")]
#[case(
    r#"{"source":"dev.fairlead","detail":{}}"#,
    "the event is none of Salesforce"
)]
#[case(
    r#"{"source":"aws.partner/salesforce.com/1"}"#,
    "the event has no detail"
)]
#[case(
    r#"{"source":"aws.partner/salesforce.com/1","detail":{}}"#,
    "the event names no record"
)]
#[case(
    r#"{"reread":{"object":"canary"}}"#,
    "what was read of a record can't be read"
)]
fn what_is_not_understood_is_refused_in_fixed_words(#[case] body: &str, #[case] reason: &str) {
    let refusal = read(body, BUCKET).unwrap_err();
    assert_eq!((refusal.reason, refusal.of.clone()), (reason, None));
    assert_eq!(
        refusal.event(None),
        read(body, BUCKET).unwrap_err().event(None)
    );
    assert!(!format!("{refusal:?}").contains("canary"));
}

#[test]
fn a_refusal_tells_of_the_records_that_are_known() {
    let refusal = of_bus(&change("RENAME", &json!({}), &json!({}))).unwrap_err();
    assert_eq!(refusal.reason, "the event is of no change that is known");
    assert_eq!(refusal.of, Some(Of::Object("Holiday__c".to_owned())));
    assert_eq!(refusal.record_ids, [RECORD.parse().unwrap()]);
    let odd = platform(&json!({ "Action__c": "canary" }));
    let refusal = read(&bus("Holiday_Change__e", &odd), BUCKET).unwrap_err();
    assert!(refusal.reason.starts_with("Action__c is none of"));
    assert_eq!(refusal.record_ids.len(), 1);
    let nobody = platform(&json!({ "Record_Id__c": "canary" }));
    let refusal = read(&bus("Holiday_Change__e", &nobody), BUCKET).unwrap_err();
    assert_eq!(refusal.reason, "the event names no record");
}

/// JSON as events have it, with the names that mean something.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop_oneof![
            Just("CREATE"),
            Just("UPDATE"),
            Just("DELETE"),
            Just("GAP_OVERFLOW"),
            Just("updated"),
            Just(RECORD),
            Just("Holiday__c"),
            Just("s3://another/key"),
            Just("2026-01-15T09:00:00Z"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![
            Just("ChangeEventHeader".to_owned()),
            Just("recordIds".to_owned()),
            Just("changeType".to_owned()),
            Just("entityName".to_owned()),
            Just("payload".to_owned()),
            Just("Record_Id__c".to_owned()),
            Just("Action__c".to_owned()),
            Just("CreatedDate".to_owned()),
            Just("commitTimestamp".to_owned()),
            Just("changedFields".to_owned()),
            Just("Name".to_owned()),
            "[a-z]{1,6}",
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..6)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused_and_the_same_each_time(detail in json_value(), text: String) {
        for body in [bus("Holiday__ChangeEvent", &detail), bus("Holiday_Change__e", &detail), text.clone()] {
            let once = read(&body, BUCKET);
            prop_assert_eq!(&read(&body, BUCKET), &once);
            if let Ok(Incoming::Edit(edit)) = &once {
                prop_assert!(!edit.record_ids.is_empty());
                _ = first(edit);
            }
            if let Ok(Incoming::Large(_)) = &once {
                prop_assert!(false, "there is no pointer to our bucket in it");
            }
        }
    }

    #[test]
    fn the_order_of_members_names_no_other_event(members in proptest::collection::btree_map("[a-z]{1,6}__c", "\\PC{0,8}", 0..6)) {
        let members: Map<String, Value> = members.into_iter().map(|(name, value)| (name, value.into())).collect();
        let detail = platform(&Value::Object(members));
        let text = bus("Holiday_Change__e", &detail);
        let turned: Vec<String> = detail.as_object().unwrap().iter().rev()
            .map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        let turned = text.replace(&detail.to_string(), &format!("{{{}}}", turned.join(",")));
        let (one, other) = (edit(read(&text, BUCKET)), edit(read(&turned, BUCKET)));
        prop_assert_eq!(one.event(), other.event());
    }
}
