//! Who messages are about.

use cloudevent::Payload;
use segment::{Kind, Person, Subject, subject};

use crate::one;

fn subject_of(call: &str, body: &str) -> Subject {
    subject(&one(call, body).unwrap().data.unwrap()).unwrap()
}

#[test]
fn somebody_who_is_known_is_told_with_their_device_and_traits() {
    let subject = subject_of(
        "identify",
        r#"{"userId":" u-1 ","anonymousId":"a-1","traits":{"email":"jane@example.com"}}"#,
    );
    assert_eq!(subject.kind, Kind::Identify);
    let person = Person::User {
        user_id: "u-1".to_owned(),
        anonymous_id: Some("a-1".to_owned()),
    };
    assert_eq!(subject.person, person);
    assert_eq!(subject.traits["email"], "jane@example.com");
    assert!(!format!("{subject:?}").contains("jane"));
    assert!(!format!("{subject:?}").contains("u-1"));
}

#[test]
fn traits_stand_in_the_context_too_where_rudderstack_puts_them() {
    let subject = subject_of(
        "identify",
        r#"{"userId":"u-1","context":{"traits":{"plan":"gold","name":"J"}},"traits":{"name":"Jane"}}"#,
    );
    assert_eq!(subject.traits["plan"], "gold");
    assert_eq!(subject.traits["name"], "Jane");
    let other = r#"{"userId":"u-1","context":{"traits":{"plan":"gold"}}}"#;
    assert!(subject_of("page", other).traits.is_empty());
}

#[test]
fn somebody_who_is_not_known_is_told_by_their_device() {
    let subject = subject_of("page", r#"{"userId":"","anonymousId":"a-1"}"#);
    let anonymous_id = "a-1".to_owned();
    assert_eq!(subject.person, Person::Anonymous { anonymous_id });
}

#[test]
fn an_id_may_be_a_number() {
    let subject = subject_of("page", r#"{"userId":42}"#);
    let person = Person::User {
        user_id: "42".to_owned(),
        anonymous_id: None,
    };
    assert_eq!(subject.person, person);
}

#[test]
fn an_alias_tells_both_ids() {
    let subject = subject_of("alias", r#"{"userId":"u-1","previousId":"a-1"}"#);
    let person = Person::Renamed {
        user_id: "u-1".to_owned(),
        previous_id: "a-1".to_owned(),
    };
    assert_eq!(subject.person, person);
}

#[test]
fn traits_of_a_group_are_nobody_s() {
    let body = r#"{"userId":"u","groupId":"g","traits":{"name":"Initech"}}"#;
    assert!(subject_of("group", body).traits.is_empty());
}

#[test]
fn what_is_no_message_is_about_nobody() {
    assert_eq!(subject(&Payload::Text(String::new())), None);
    for json in [
        "7",
        "{}",
        r#"{"type":"page"}"#,
        r#"{"type":"x","userId":"u"}"#,
    ] {
        let raw = serde_json::value::RawValue::from_string(json.to_owned()).unwrap();
        assert_eq!(subject(&Payload::Json(raw)), None, "{json}");
    }
}
