use proptest::prelude::*;
use serde_json::{json, value::to_raw_value};

use super::*;

fn event() -> Value {
    json!({
        "Details": {
            "ContactData": {
                "Attributes": { "tier": "gold" },
                "Channel": "VOICE",
                "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "CustomerEndpoint": { "Address": "+4930901820", "Type": "TELEPHONE_NUMBER" },
                "LanguageCode": "en-US",
                "Queue": { "ARN": "arn:aws:connect:eu-west-1:1:instance/i/queue/q-17", "Name": "Returns" },
                "SystemEndpoint": null,
            },
            "Parameters": {
                "Country": "de", "time_zone": "Europe/Berlin", "at": "2026-01-15T10:00:00+01:00",
                "language": "de_CH", "format": "JSON", "region": "DE-BY", "nested": { "a": 1 }, "none": null,
            },
        },
        "Name": "ContactFlowEvent",
    })
}

fn read(event: &Value) -> Result<Request, UnreadableRequest> {
    Request::read(&to_raw_value(event).unwrap())
}

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

#[test]
fn a_flow_asks_by_its_parameters_and_the_contact_says_the_rest() {
    let request = read(&event()).unwrap();
    assert_eq!(
        request.contact_id(),
        Some("4a573372-1f28-4e26-b97b-1c1d1e1f2021")
    );
    assert_eq!(request.form(), Form::Json);
    assert_eq!(request.caller(), Caller::of(Some("+4930901820")));
    let (question, ignored) = request.question(now());
    assert_eq!(ignored, [""; 0]);
    let expected = Question {
        queues: vec![
            "Returns".to_owned(),
            "arn:aws:connect:eu-west-1:1:instance/i/queue/q-17".to_owned(),
        ],
        country: Some("DE".to_owned()),
        region: Some("DE-BY".to_owned()),
        language: Some("de-CH".to_owned()),
        zone: "Europe/Berlin".parse().ok(),
        at: "2026-01-15T09:00:00Z".parse().unwrap(),
    };
    assert_eq!(question, expected);
}

#[test]
fn whatever_is_null_is_absent() {
    let mut event = event();
    for name in [
        "CustomerEndpoint",
        "Queue",
        "LanguageCode",
        "ContactId",
        "Attributes",
    ] {
        event["Details"]["ContactData"][name] = Value::Null;
    }
    event["Details"]["Parameters"] = Value::Null;
    let request = read(&event).unwrap();
    assert_eq!(request.caller(), Caller::Withheld);
    assert_eq!(request.form(), Form::StringMap);
    assert_eq!(request.question(now()), (Question::at(now()), Vec::new()));
    let bare = read(&json!({ "Details": {} })).unwrap();
    assert_eq!(bare.question(now()).0, Question::at(now()));
}

#[test]
fn what_can_not_be_understood_is_named_and_counts_as_absent() {
    let mut event = event();
    event["Details"]["Parameters"] = json!({
        "country": "Germany", "language": "a language", "time_zone": "Berlin", "at": "tomorrow", "queue": 17,
    });
    let (question, ignored) = read(&event).unwrap().question(now());
    assert_eq!(ignored, ["country", "language", "time_zone", "at"]);
    assert_eq!(question.at, now());
    assert_eq!(question.queues, ["17"]);
    assert_eq!(question.language.as_deref(), Some("en-US"));
}

#[test]
fn a_number_that_the_flow_names_comes_before_the_contacts_and_an_address_is_none() {
    let mut named = event();
    named["Details"]["Parameters"] = json!({ "phone_number": "+43 1 234567" });
    assert_eq!(
        read(&named).unwrap().caller(),
        Caller::of(Some("+431234567"))
    );
    let mut chat = event();
    chat["Details"]["ContactData"]["CustomerEndpoint"]["Type"] = "VOIP".into();
    assert_eq!(read(&chat).unwrap().caller(), Caller::Withheld);
}

#[test]
fn what_is_no_contact_is_refused_and_nothing_of_one_is_printed() {
    for event in [
        json!(null),
        json!([]),
        json!("Details"),
        json!({}),
        json!({ "Details": "x" }),
    ] {
        assert_eq!(read(&event), Err(UnreadableRequest));
    }
    let printed = format!("{:?}", read(&event()).unwrap());
    assert!(
        !printed.contains("901820") && !printed.contains("Berlin"),
        "{printed}"
    );
}

proptest! {
    #[test]
    fn any_parameters_make_a_question(name in "[a-z_]{1,12}", value in ".{0,600}") {
        let mut event = event();
        event["Details"]["Parameters"][&name] = value.as_str().into();
        for known in ["country", "language", "time_zone", "at", "queue"] {
            event["Details"]["Parameters"][known] = value.as_str().into();
        }
        let request = read(&event).unwrap();
        let _ = (request.question(now()), request.caller(), request.form());
    }
}
