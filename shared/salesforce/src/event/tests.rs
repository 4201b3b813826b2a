mod odd;

use configuration::{Kinds, What};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::State;

const BUCKET: &str = "salesforce-events";
const RECORD: &str = "a0B5f00002J9YYEEA3";

fn bus(detail_type: &str, detail: &Value) -> String {
    json!({
        "version": "0",
        "detail-type": detail_type,
        "source": "aws.partner/appflow/salesforce.com/111122223333/crm-prod",
        "time": "2026-01-15T09:00:00Z",
        "detail": detail,
    })
    .to_string()
}

/// A change event of the holiday, with `more` in its header and `fields` beside that.
fn change(change_type: &str, more: &Value, fields: &Value) -> Value {
    let mut header = json!({
        "entityName": "Holiday__c",
        "recordIds": [RECORD],
        "changeType": change_type,
        "transactionKey": "0001ade9-3f74-0b99-dbc4-42e73424b774",
        "sequenceNumber": 1,
        "commitTimestamp": 1_768_467_540_000_u64,
        "commitNumber": 248_197_218_874_u64,
        "commitUser": "0055f000005mc66",
    });
    header
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap_or_default());
    let mut detail = json!({ "ChangeEventHeader": header });
    detail
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().cloned().unwrap_or_default());
    detail
}

fn of_bus(detail: &Value) -> Result<Incoming, Box<Refusal>> {
    read(&bus("Holiday__ChangeEvent", detail), BUCKET)
}

fn edit(read: Result<Incoming, Box<Refusal>>) -> Edit {
    match read {
        Ok(Incoming::Edit(edit)) => edit,
        other => panic!("it is no edit: {other:?}"),
    }
}

/// What an edit of a holiday changes of its first record.
fn first(edit: &Edit) -> Option<Change> {
    let kinds = Kinds::built_in().unwrap();
    let changes = edit.changes(kinds.named("holiday").unwrap().mapping());
    changes.into_iter().next().map(|(_, change)| change)
}

fn platform(more: &Value) -> Value {
    let mut detail = json!({
        "CreatedDate": "2026-01-15T08:59:22.931Z",
        "CreatedById": "0055f000005mc66AAA",
        "Record_Id__c": "a0B5f00002J9YYE",
        "Action__c": "Updated",
        "Name__c": "New Year",
        "From__c": "2027-01-01",
    });
    detail
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap_or_default());
    detail
}

#[test]
fn the_event_that_aws_documents_is_read() {
    let sample = r#"{
        "version": "0", "id": "0b2b4f0e-1111-4222-8333-abcdefabcdef",
        "detail-type": "AccountChangeEvent",
        "source": "aws.partner/appflow/salesforce.com/111122223333/crm-prod",
        "account": "111122223333", "time": "2026-10-01T08:15:30Z", "region": "eu-west-1",
        "resources": [],
        "detail": {
            "ChangeEventHeader": {
                "entityName": "Account", "recordIds": ["0015f00002J9YYEAA3"], "changeType": "UPDATE",
                "changeOrigin": "com/salesforce/api/soap/58.0;client=SfdcInternalAPI/",
                "transactionKey": "0001ade9-3f74-0b99-dbc4-42e73424b774", "sequenceNumber": 1,
                "commitTimestamp": 1790842529000, "commitNumber": 248197218874,
                "commitUser": "0055f000005mc66AAA", "nulledFields": ["Fax"], "diffFields": [],
                "changedFields": ["Phone", "Fax", "LastModifiedDate"]
            },
            "Phone": "+3725550100", "Fax": null, "LastModifiedDate": "2026-10-01T08:15:29.000Z"
        }
    }"#;
    let edit = edit(read(sample, BUCKET));
    assert_eq!(edit.of, Of::Object("Account".to_owned()));
    assert_eq!(edit.record_ids, ["0015f00002J9YYEAA3".parse().unwrap()]);
    assert_eq!(edit.operator.as_deref(), Some("0055f000005mc66AAA"));
    assert_eq!(edit.stamp.millis, 1_790_842_529_000);
    // It is about fields of which none is read.
    assert_eq!(first(&edit), None);
}

#[rstest]
#[case("CREATE", Action::Created)]
#[case("UNDELETE", Action::Created)]
fn a_record_that_is_new_or_back_is_told_whole(#[case] kind: &str, #[case] action: Action) {
    let fields = json!({ "Name": "New Year", "From__c": "2027-01-01", "Other__c": 1 });
    let edit = edit(of_bus(&change(kind, &json!({}), &fields)));
    assert_eq!(edit.action, action);
    let What::Whole(values) = first(&edit).unwrap().what else {
        panic!("it is whole");
    };
    assert_eq!(values["Name"], "New Year");
    assert_eq!(values["Until__c"], Value::Null);
    assert!(!values.contains_key("Other__c"));
}

#[test]
fn an_update_tells_what_changed_and_what_became_nothing() {
    let named = json!({ "changedFields": ["Name", "Until__c"], "nulledFields": ["Starts__c"] });
    let edit = edit(of_bus(&change(
        "UPDATE",
        &named,
        &json!({ "Name": "New Year" }),
    )));
    let What::Part {
        values,
        is_incomplete,
    } = first(&edit).unwrap().what
    else {
        panic!("it is a part");
    };
    let expected = [
        ("Name", json!("New Year")),
        ("Starts__c", Value::Null),
        ("Until__c", Value::Null),
    ];
    assert_eq!(
        values,
        expected
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    );
    assert!(!is_incomplete);
}

#[test]
fn of_a_field_that_is_told_by_its_difference_the_record_is_read() {
    let named = json!({ "changedFields": ["Name"], "diffFields": ["Name"] });
    let edit = edit(of_bus(&change(
        "UPDATE",
        &named,
        &json!({ "Name": "--- \n+++ " }),
    )));
    let what = first(&edit).unwrap().what;
    let What::Part {
        values,
        is_incomplete,
    } = what
    else {
        panic!("it is a part");
    };
    assert!(values.is_empty() && is_incomplete);
}

#[test]
fn several_records_are_changed_by_one_event_each_under_a_key_of_its_own() {
    let ids = json!({ "recordIds": [RECORD, "a0B5f00002J9YYF", "canary"] });
    let edit = edit(of_bus(&change("DELETE", &ids, &json!({}))));
    assert!(edit.names_others);
    let kinds = Kinds::built_in().unwrap();
    let changes = edit.changes(kinds.named("holiday").unwrap().mapping());
    let [(one, first), (other, second)] = &changes[..] else {
        panic!("there are two");
    };
    assert_ne!(one, other);
    assert_ne!(first.event, second.event);
    assert_eq!(first.what, What::Deleted);
}

#[rstest]
#[case("GAP_UPDATE", json!({}), 1, Action::Updated)]
#[case("GAP_DELETE", json!({ "recordIds": [RECORD, "a0B5f00002J9YYF"] }), 2, Action::Deleted)]
#[case("GAP_OVERFLOW", json!({ "recordIds": ["a0B*"] }), 0, Action::Updated)]
#[case("GAP_OVERFLOW", json!({}), 0, Action::Updated)]
#[case("GAP_CREATE", json!({ "recordIds": [] }), 0, Action::Created)]
fn where_salesforce_has_lost_what_changed_the_records_are_asked_for(
    #[case] kind: &str,
    #[case] more: Value,
    #[case] named: usize,
    #[case] action: Action,
) {
    let Ok(Incoming::Gap(gap)) = of_bus(&change(kind, &more, &json!({}))) else {
        panic!("it is a gap");
    };
    assert_eq!((gap.record_ids.len(), gap.action), (named, action));
    let requests = gap.requests();
    assert_eq!(requests.len(), named.max(1));
    assert_eq!(requests[0].record_id.is_none(), named == 0);
    let text = serde_json::to_string(&requests[0]).unwrap();
    assert_eq!(RereadRequest::read(&text).as_ref(), Some(&requests[0]));
}

#[test]
fn what_is_edited_again_under_the_same_transaction_is_the_same_event_however_it_comes() {
    let detail = change("DELETE", &json!({}), &json!({}));
    let by_appflow = first(&edit(of_bus(&detail))).unwrap();
    let relayed = json!({ "payload": detail, "schemaId": "x", "event": { "replayId": 17 } });
    let by_relay = json!({
        "detail-type": "Holiday__ChangeEvent",
        "source": "aws.partner/salesforce.com/00D000000000000EAA/0YL000000000000AAA",
        "detail": relayed,
    });
    let by_relay = first(&edit(read(&by_relay.to_string(), BUCKET))).unwrap();
    assert_eq!(by_relay, by_appflow);
}

#[test]
fn a_platform_event_tells_a_record_whole() {
    let uuid = json!({ "EventUuid": "e981b488-81f3-4fcc-bd6f-f7033c9d7ac3" });
    let edit = edit(read(&bus("Holiday_Change__e", &platform(&uuid)), BUCKET));
    assert_eq!(edit.of, Of::PlatformEvent("Holiday_Change__e".to_owned()));
    assert_eq!(
        (edit.action, edit.stamp.millis),
        (Action::Updated, 1_768_467_562_931)
    );
    let change = first(&edit).unwrap();
    let What::Whole(values) = &change.what else {
        panic!("it is whole");
    };
    assert_eq!(values["Name"], "New Year");
    // The uuid alone names it: what else it says makes no difference.
    let more = json!({ "EventUuid": uuid["EventUuid"], "Name__c": "Another" });
    let other = self::edit(read(&bus("Holiday_Change__e", &platform(&more)), BUCKET));
    assert_eq!(first(&other).unwrap().event, change.event);
}

#[test]
fn a_platform_event_without_an_id_is_known_by_all_that_it_says() {
    let one = first(&edit(read(
        &bus("Holiday_Change__e", &platform(&json!({}))),
        BUCKET,
    )));
    let again = first(&edit(read(
        &bus("Holiday_Change__e", &platform(&json!({}))),
        BUCKET,
    )));
    assert_eq!(one, again);
    let other = platform(&json!({ "Name__c": "Another" }));
    let other = first(&edit(read(&bus("Holiday_Change__e", &other), BUCKET)));
    assert_ne!(other.unwrap().event, one.unwrap().event);
}

#[test]
fn whom_a_platform_event_names_counts_more_than_who_published_it() {
    let named = json!({ "Changed_By__c": "0055f000005mc67", "Action__c": "deleted" });
    let edit = edit(read(&bus("Holiday_Change__e", &platform(&named)), BUCKET));
    let user: RecordId = "0055f000005mc67".parse().unwrap();
    assert_eq!(edit.operator.as_deref(), Some(user.as_str()));
    assert_eq!(first(&edit).unwrap().what, What::Deleted);
}

#[rstest]
#[case("s3://salesforce-events/crm/1.json")]
#[case("https://salesforce-events.s3.eu-west-1.amazonaws.com/crm/1.json")]
fn an_event_that_lies_in_our_bucket_is_followed(#[case] pointer: &str) {
    let read = of_bus(&json!({ "summary": { "unknown": pointer } }));
    let Ok(Incoming::Large(summary)) = read else {
        panic!("it is a pointer: {read:?}");
    };
    assert_eq!(summary.key(), "crm/1.json");
    let detail = change("DELETE", &json!({}), &json!({}));
    let expected = edit(of_bus(&detail));
    assert_eq!(edit(read_large(&detail.to_string(), &summary)), expected);
    let whole = bus("Holiday__ChangeEvent", &detail);
    assert_eq!(edit(read_large(&whole, &summary)), expected);
}

#[test]
fn an_event_that_lies_elsewhere_is_never_fetched() {
    for bucket in ["another", "salesforce-events-2", "Salesforce-Events"] {
        let refusal = of_bus(&json!({ "at": format!("s3://{bucket}/1.json") })).unwrap_err();
        assert_eq!(
            refusal.reason,
            "the event lies in a bucket that is not read from"
        );
    }
}

#[test]
fn a_large_event_points_nowhere() {
    let read = of_bus(&json!({ "at": "s3://salesforce-events/1.json" }));
    let Ok(Incoming::Large(summary)) = read else {
        panic!("it is a pointer");
    };
    let again = json!({ "at": "s3://salesforce-events/2.json" }).to_string();
    let reason = read_large(&again, &summary).unwrap_err().reason;
    assert_eq!(reason, "the large event names no record");
    assert_eq!(
        read_large("", &summary).unwrap_err().reason,
        "the large event is no JSON"
    );
}

#[test]
fn a_record_with_a_pointer_in_a_text_is_a_record() {
    let text = json!({ "Name__c": "s3://another/1.json" });
    edit(read(&bus("Holiday_Change__e", &platform(&text)), BUCKET));
}

#[test]
fn a_record_that_was_read_comes_after_the_edit_because_of_which_it_was() {
    let update = json!({ "changedFields": ["Name"] });
    let update = first(&edit(of_bus(&change(
        "UPDATE",
        &update,
        &json!({ "Name": "a" }),
    ))));
    let update = update.unwrap();
    let id: RecordId = RECORD.parse().unwrap();
    let RereadRequest {
        object,
        record_id,
        asked,
    } = RereadRequest::because_of("Holiday__c", &id, &update);
    for (read_at, is_before) in [
        ("2026-01-15T08:00:00Z", true),
        ("2026-01-15T10:00:00Z", false),
    ] {
        let state = WholeState {
            object: object.clone(),
            record_id: record_id.clone().unwrap(),
            state: State::Present(json!({ "Name": "b" }).as_object().unwrap().clone()),
            read_at: read_at.parse().unwrap(),
            changed_by: Some("0055f000005mc67AAA".to_owned()),
            asked: Some(asked.clone()),
        };
        let Ok(Incoming::Whole(read)) = read(&state.message().unwrap(), BUCKET) else {
            panic!("it is a record");
        };
        assert_eq!(*read, state);
        let kinds = Kinds::built_in().unwrap();
        let change = read.change(kinds.named("holiday").unwrap().mapping());
        assert!(change.position > update.position);
        assert_eq!(change.position == update.position.just_after(), is_before);
        assert_eq!((&change.event, change.is_edit), (&update.event, true));
        assert_eq!(change.operator.as_deref(), Some("0055f000005mc66AAA"));
    }
}
