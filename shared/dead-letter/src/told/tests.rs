use std::collections::BTreeMap;

use jiff::Timestamp;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::{Attribute, AttributeValue, Catalogue};

fn letter(body: &str, attributes: &[(&str, &str)]) -> Letter {
    let attributes: BTreeMap<String, Attribute> = attributes
        .iter()
        .map(|(name, value)| {
            let value = AttributeValue::Text(Redacted::new((*value).to_owned()));
            let data_type = "String".to_owned();
            ((*name).to_owned(), Attribute { data_type, value })
        })
        .collect();
    Letter {
        message_id: "1".to_owned(),
        receipt: "1#6".to_owned(),
        body: Redacted::new(body.to_owned()),
        attributes,
        sent_at: Timestamp::UNIX_EPOCH,
        first_received_at: None,
        receive_count: 6,
    }
}

fn told(queue: &str, body: &Value, attributes: &[(&str, &str)]) -> Told {
    let catalogue = Catalogue::of(&[], &["salesforce".to_owned()]).unwrap();
    letter(&body.to_string(), attributes).told(catalogue.find(queue).unwrap())
}

fn announced() -> Value {
    json!({
        "version": "0",
        "detail-type": "com.example.order.placed.v1",
        "detail": {
            "id": "4711",
            "dataref": "fairlead:event:harbour#x",
            "tenantid": "harbour",
            "correlationid": "request-1",
        },
    })
}

/// What Lambda sends when a run failed, or a batch of a stream.
fn record(condition: &str, more: Value) -> Value {
    let mut record = json!({
        "version": "1.0",
        "timestamp": "2026-01-15T09:00:00.000Z",
        "requestContext": {
            "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
            "functionArn": "arn:aws:lambda:eu-central-1:111122223333:function:f:$LATEST",
            "condition": condition,
            "approximateInvokeCount": 1,
        },
    });
    let (Value::Object(members), Value::Object(more)) = (&mut record, more) else {
        panic!("records are objects")
    };
    members.extend(more);
    record
}

#[test]
fn a_message_that_failed_each_time_goes_back_to_its_queue_and_says_what_it_is_about() {
    let told = told("events-in-dead-letters", &announced(), &[]);
    assert_eq!(told.function, "event-router");
    assert_eq!(
        (told.cause, told.detail, told.way),
        (Cause::FailedEachTime, None, Way::Queue)
    );
    assert_eq!(told.about.event_id.as_deref(), Some("4711"));
    assert_eq!(
        told.about.event_type.as_deref(),
        Some("com.example.order.placed.v1")
    );
    assert_eq!(told.about.tenant.as_deref(), Some("harbour"));
    assert_eq!(told.about.correlation_id.as_deref(), Some("request-1"));
}

#[test]
fn what_a_rule_could_not_deliver_goes_to_the_queue_that_it_was_for() {
    let attributes = [
        ("ERROR_CODE", "NO_PERMISSIONS"),
        (
            "ERROR_MESSAGE",
            "not authorized to perform:\nsqs:SendMessage",
        ),
    ];
    let told = told("events-announced-dead-letters", &announced(), &attributes);
    assert_eq!((told.cause, told.way), (Cause::Undeliverable, Way::Queue));
    assert_eq!(
        told.detail.as_deref(),
        Some("NO_PERMISSIONS: not authorized to perform: sqs:SendMessage")
    );
}

#[test]
fn a_ticket_names_the_delivery() {
    let ticket = json!({ "subscription": "harbour#chandlery#sub_1", "delivery_id": "dlv_1" });
    let told = told("webhooks-dead-letters", &ticket, &[]);
    assert_eq!(told.about.delivery_id.as_deref(), Some("dlv_1"));
    assert_eq!(told.way, Way::Queue);
}

#[rstest]
#[case(
    "FunctionError",
    "the outbox can't be read",
    "RetriesExhausted: the outbox can't be read"
)]
#[case("Panic", "jane@example.com is no number", "RetriesExhausted: Panic")]
fn of_a_run_that_failed_only_sentences_of_ours_are_repeated(
    #[case] kind: &str,
    #[case] message: &str,
    #[case] detail: &str,
) {
    let answer = json!({ "responsePayload": { "errorType": kind, "errorMessage": message } });
    let told = told(
        "profile-sweep-dead-letters",
        &record("RetriesExhausted", answer),
        &[],
    );
    assert_eq!((told.cause, told.way), (Cause::RunFailed, Way::NextRun));
    assert_eq!(told.detail.as_deref(), Some(detail));
}

#[test]
fn a_run_that_was_not_started_is_the_next_one_s_too() {
    let started = json!({ "detail-type": "Scheduled Event", "detail": {} });
    let attributes = [("ERROR_CODE", "THROTTLING")];
    let told = told("event-sweep-dead-letters", &started, &attributes);
    assert_eq!((told.cause, told.way), (Cause::NotStarted, Way::NextRun));
    assert_eq!(told.detail.as_deref(), Some("THROTTLING"));
}

#[test]
fn a_parked_row_is_relayed_again_whoever_parked_it() {
    let keys = json!({ "profile_id": { "S": "prf_1" }, "part": { "S": "outbox#evt_1" } });
    let change = json!({ "dynamodb": { "Keys": keys } });
    for payload in [change, keys] {
        let parked = json!({
            "service": "profile-sweep",
            "key": "outbox#evt_1",
            "cause": "the event bus refuses the event",
            "payload": payload,
        });
        let told = told("parking", &parked, &[]);
        assert_eq!(told.function, "profile-sweep");
        assert_eq!(told.cause, Cause::Parked);
        assert_eq!(
            told.detail.as_deref(),
            Some("the event bus refuses the event")
        );
        assert_eq!(told.about.row.as_deref(), Some("outbox#evt_1"));
        let key = vec![
            ("profile_id", "prf_1".to_owned()),
            ("part", "outbox#evt_1".to_owned()),
        ];
        let table = Table::Profiles;
        assert_eq!(told.way, Way::Outbox { table, key });
    }
}

#[test]
fn what_was_no_row_has_no_way_back() {
    for queue in ["parking", "events-parking"] {
        let parked = json!({ "service": "s", "key": "", "cause": "c", "payload": {} });
        assert_eq!(told(queue, &parked, &[]).way, Way::None);
    }
}

#[test]
fn an_outcome_that_nobody_is_told_of_stays_for_a_person_to_look_at() {
    let parked = json!({ "service": "salesforce-config-outcome", "key": "a#b", "cause": "c", "payload": {} });
    for queue in [
        "configuration-outcomes-parking",
        "configuration-notices-parking",
    ] {
        assert_eq!(told(queue, &parked, &[]).way, Way::None, "{queue}");
    }
}

#[test]
fn a_parked_receipt_is_archived_and_not_shown() {
    let change = json!({ "dynamodb": { "OldImage": { "profile_id": { "S": "prf_jane" } } } });
    let parked =
        json!({ "service": "receipt-archive", "key": "rcp_1", "cause": "c", "payload": change });
    let told = told("receipts-parking", &parked, &[]);
    assert_eq!(told.way.as_str(), "archive");
    assert!(!format!("{told:?}").contains("prf_jane"), "{told:?}");
}

#[test]
fn what_lambda_gave_up_on_in_a_stream_is_left_to_the_sweep_if_there_is_one() {
    let batch = json!({ "DDBStreamBatchInfo": {
        "shardId": "shardId-1", "startSequenceNumber": "1", "endSequenceNumber": "3",
        "batchSize": 3, "streamArn": "arn",
    } });
    let record = record("RetryAttemptsExhausted", batch);
    for (queue, way) in [
        ("parking", Way::Sweep),
        ("events-parking", Way::Sweep),
        ("receipts-parking", Way::None),
    ] {
        let told = told(queue, &record, &[]);
        assert_eq!(told.cause, Cause::GivenUp);
        assert_eq!(
            told.detail.as_deref(),
            Some("RetryAttemptsExhausted: 3 changes")
        );
        assert_eq!(told.way, way);
    }
}

#[test]
fn what_has_no_form_that_belongs_there_is_told_to() {
    for (queue, way) in [
        ("profile-sweep-dead-letters", Way::NextRun),
        ("parking", Way::None),
    ] {
        for body in [json!("hello"), json!([]), json!({ "service": 1 })] {
            let told = told(queue, &body, &[]);
            assert_eq!((told.cause, &told.way), (Cause::Unreadable, &way), "{body}");
        }
    }
}
