//! What is refused, and that nothing else is.

use cloudevent::{Headers, Limits, Reason, Unreadable, json, read};
use rstest::rstest;

use crate::{BATCH, STRUCTURED, binary, limits, read_as, structured};

/// An event with this member in the place of the one of its name, or beside the others.
fn event_with(name: &str, json: &str) -> String {
    let members = [
        ("specversion", r#""1.0""#),
        ("id", r#""1""#),
        ("source", r#""/shop""#),
        ("type", r#""com.example.a.v1""#),
    ];
    let others = members.iter().filter(|(other, _)| *other != name);
    let mut members: Vec<String> = others
        .map(|(name, json)| format!(r#""{name}":{json}"#))
        .collect();
    if !json.is_empty() {
        members.push(format!(r#""{name}":{json}"#));
    }
    format!("{{{}}}", members.join(","))
}

#[rstest]
#[case("id", "", "/id is missing")]
#[case("id", "null", "/id is missing")]
#[case("id", "7", "/id is no text")]
#[case("id", r#""""#, "/id has to have 1 to 256 visible")]
#[case("id", r#""a b""#, "/id has to have 1 to 256 visible")]
#[case("id", r#""a\u0000""#, "/id has to have 1 to 256 visible")]
#[case("id", r#""\u001b[2J""#, "/id has to have 1 to 256 visible")]
#[case("source", "", "/source is missing")]
#[case("source", r#""a b""#, "/source has to be a URI")]
#[case("source", r#""dev.fairlead.profile""#, "/source is reserved")]
#[case("source", r#""segment:other/partner""#, "/source is reserved")]
#[case("type", "", "/type is missing")]
#[case("type", r#""a\nb""#, "/type has to have 1 to 128")]
#[case("type", r#""dev.fairlead.profile.updated.v1""#, "/type is reserved")]
#[case("specversion", "", "/specversion is missing")]
#[case("specversion", r#""1.1""#, "/specversion is not")]
#[case("specversion", r#""0.3""#, "/specversion is not")]
#[case("specversion", "1.0", "/specversion has to be a string")]
#[case("time", r#""yesterday""#, "/time has to be a time")]
#[case("time", r#""2018-04-05 17:31:00Z""#, "/time has to be a time")]
#[case("time", "1522949460", "/time is no text")]
#[case(
    "time",
    r#""2018-04-06T17:31:01Z""#,
    "/time lies more than a day ahead"
)]
#[case("subject", r#""""#, "/subject is empty")]
#[case("subject", r#""\u0007""#, "/subject is empty, or has a control")]
#[case("subject", r#""\ufffe""#, "/subject is empty, or has a control")]
#[case(
    "datacontenttype",
    r#""json""#,
    "/datacontenttype has to be a media type"
)]
#[case(
    "dataschema",
    r#""/relative""#,
    "/dataschema has to be an absolute URI"
)]
#[case("myExtension", "1", "/myExtension is no name")]
#[case("my_extension", "1", "/my_extension is no name")]
#[case("", "1", "/ is no name")]
#[case("a/b", "1", "/a~1b is no name")]
#[case("ext", "1.5", "/ext has to be a string")]
#[case("ext", "2147483648", "/ext has to be a string")]
#[case("ext", "{}", "/ext has to be a string")]
#[case("ext", r#"["a"]"#, "/ext has to be a string")]
#[case("tenantid", r#""other""#, "/tenantid is reserved")]
#[case("data_base64", r#""%%%""#, "/data_base64 is no base64")]
#[case("data_base64", r#""AAE""#, "/data_base64 is no base64")]
#[case("data_base64", "{}", "/data_base64 is no text")]
#[case("data", r#"{"a":1,"a":2}"#, "/data/a is there twice")]
#[case("data", r#"{"a":[1e999]}"#, "/data/a/0 is a number")]
#[case("data", r#""\ud800""#, "/data has half of a surrogate pair")]
#[case("data", "NaN", "/data is no number")]
fn what_is_wrong_is_told_by_its_field(
    #[case] name: &str,
    #[case] json: &str,
    #[case] expected: &str,
) {
    let refusal = structured(&event_with(name, json)).unwrap_err();
    let told = refusal.split_once(": ").unwrap().1;
    assert!(told.starts_with(expected), "{refusal}");
}

#[rstest]
#[case("time", r#""2018-04-06T17:31:00Z""#)]
#[case("time", r#""1970-01-01T00:00:00Z""#)]
#[case("time", "null")]
#[case("id", r#""order=1/2:3""#)]
#[case("dataref", "null")]
#[case("data", "null")]
#[case("data", r#""\u0000""#)]
#[case("data_base64", "null")]
#[case("data_base64", r#""""#)]
#[case("correlationid", r#""r-1""#)]
fn what_is_right_is_taken(#[case] name: &str, #[case] json: &str) {
    structured(&event_with(name, json)).unwrap();
}

#[test]
fn a_media_type_is_no_longer_than_its_row_has_room_for() {
    let media = |length: usize| format!("application/json; x={}", "a".repeat(length - 20));
    let declared = |length| format!("\"{}\"", media(length));
    structured(&event_with("datacontenttype", &declared(256))).unwrap();
    let refusal = structured(&event_with("datacontenttype", &declared(257))).unwrap_err();
    assert!(refusal.contains("at most 256 bytes"), "{refusal}");
    let long = media(257);
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shop"),
        ("ce-type", "com.example.a.v1"),
        ("content-type", long.as_str()),
    ];
    let refusal = binary(&headers, b"1").unwrap_err();
    assert!(refusal.contains("content-type has to be"), "{refusal}");
}

#[test]
fn data_is_one_thing_only() {
    let members = r#""data_base64":"","data":1"#;
    let event = event_with("id", r#""1""#).replace('}', &format!(",{members}}}"));
    let refusal = structured(&event).unwrap_err();
    assert!(
        refusal.contains("/data_base64 is there beside data"),
        "{refusal}"
    );
    let members = r#""datacontenttype":"text/plain","data":{}"#;
    let event = event_with("id", r#""1""#).replace('}', &format!(",{members}}}"));
    let refusal = structured(&event).unwrap_err();
    assert!(refusal.contains("/data has to be a string"), "{refusal}");
}

#[test]
fn json_in_base64_is_checked_as_any() {
    let members = r#""datacontenttype":"application/json","data_base64":"eyJhIjoxLCJhIjoyfQ==""#;
    let event = event_with("id", r#""1""#).replace('}', &format!(",{members}}}"));
    let refusal = structured(&event).unwrap_err();
    assert!(
        refusal.contains("/data_base64/a is there twice"),
        "{refusal}"
    );
}

#[test]
fn what_is_wrong_with_one_event_harms_no_other() {
    let good = event_with("id", r#""good""#);
    let bad = [
        event_with("data", "NaN"),
        event_with("data", r#"{"a":1,"a":2}"#),
        event_with("data", &("[".repeat(70) + &"]".repeat(70))),
        event_with("data", "[1,,2]"),
        event_with("time", "7"),
        String::from("7"),
        String::from("[[]]"),
        String::from("null"),
        String::new(),
        format!("{good}{good}"),
    ];
    let mut body = Vec::from(b"[");
    for event in &bad {
        body.extend_from_slice(format!("{good},{event},").as_bytes());
    }
    body.extend_from_slice(format!("{good},").as_bytes());
    body.extend_from_slice(b"{\"id\":\"x\xff\"},");
    body.extend_from_slice(format!("{good}]").as_bytes());
    let events = read_as(BATCH, &body).unwrap();
    assert_eq!(events.len(), 2 * bad.len() + 3);
    for (index, event) in events.into_iter().enumerate() {
        match event {
            Ok(event) => assert!(event.id == "good" && index % 2 == 0, "{index}"),
            Err(refused) => {
                assert!(refused.index == index && index % 2 == 1, "{refused}");
                let is_told = bad
                    .get(index / 2)
                    .is_none_or(|bad| &body[refused.raw.clone()] == bad.as_bytes());
                assert!(is_told, "{refused}");
            }
        }
    }
}

#[test]
fn a_refused_event_says_which_it_is() {
    let body = format!("[{}]", event_with("data", r#"{"a":NaN}"#));
    let events = read_as(BATCH, body.as_bytes()).unwrap();
    let refused = events[0].as_ref().unwrap_err();
    assert_eq!(refused.id.as_deref(), Some("1"));
    assert_eq!(refused.source.as_deref(), Some("/shop"));
    assert_eq!(refused.kind.as_deref(), Some("com.example.a.v1"));
    assert_eq!(refused.reason, Reason::Json(json::Wrong::NotANumber));
    assert_eq!(
        refused.to_string(),
        "event 0 (id 1): /data/a is no number in JSON: leave the member out, or send null"
    );
}

#[rstest]
#[case("{}", Unreadable::NotAnArray)]
#[case("", Unreadable::NotAnArray)]
#[case("[", Unreadable::Broken { at: 1 })]
#[case(r#"[{"id":"#, Unreadable::Broken { at: 7 })]
#[case("[] []", Unreadable::Broken { at: 3 })]
fn a_batch_whose_events_cannot_be_told_apart_is_unreadable(
    #[case] body: &str,
    #[case] expected: Unreadable,
) {
    assert_eq!(read_as(BATCH, body.as_bytes()), Err(expected));
}

#[test]
fn a_hundred_thousand_events_are_too_many() {
    let events = vec![event_with("id", r#""1""#); 100_000];
    let body = format!("[{}]", events.join(","));
    let limit = 1_000;
    assert_eq!(
        read_as(BATCH, body.as_bytes()),
        Err(Unreadable::TooMany { limit })
    );
    let commas = format!("[{}]", ",".repeat(5_000_000));
    let outcome = read_as(BATCH, commas.as_bytes());
    assert_eq!(outcome, Err(Unreadable::TooMany { limit }));
}

#[test]
fn an_event_larger_than_one_may_be_is_refused_by_itself() {
    let small = Limits {
        event: 200,
        body: 1_000,
        ..limits()
    };
    let headers = Headers::new([("content-type", BATCH)]);
    let large = event_with("data", &format!("{:?}", "x".repeat(200)));
    let body = format!("[{large},{}]", event_with("data", "1"));
    let events = read(&headers, body.as_bytes(), &small).unwrap();
    let refused = events[0].as_ref().unwrap_err();
    assert_eq!(
        (refused.id.as_deref(), &refused.reason),
        (Some("1"), &Reason::TooLarge(200))
    );
    assert!(events[1].is_ok());
    let small = Limits { body: 100, ..small };
    let outcome = read(&headers, body.as_bytes(), &small);
    assert_eq!(outcome, Err(Unreadable::TooLarge { limit: 100 }));
}

#[rstest]
#[case("application/json", Unreadable::UnsupportedMediaType)]
#[case("", Unreadable::UnsupportedMediaType)]
#[case("application/cloudevents", Unreadable::UnsupportedMediaType)]
#[case("application/cloudevents+avro", Unreadable::UnsupportedMediaType)]
#[case(
    "application/cloudevents-batch+protobuf",
    Unreadable::UnsupportedMediaType
)]
#[case(
    "application/cloudevents+json; charset=latin1",
    Unreadable::UnsupportedCharset
)]
#[case(
    "application/cloudevents-batch+json; charset=\"utf-16\"",
    Unreadable::UnsupportedCharset
)]
fn a_content_type_that_is_none_of_an_event_is_unreadable(
    #[case] content_type: &str,
    #[case] expected: Unreadable,
) {
    assert_eq!(read_as(content_type, b"{}"), Err(expected));
}

#[test]
fn content_types_make_no_difference_by_their_case() {
    let event = event_with("id", r#""1""#);
    for content_type in [
        STRUCTURED,
        "Application/CloudEvents+JSON; Charset=\"UTF-8\"",
    ] {
        assert!(read_as(content_type, event.as_bytes()).unwrap()[0].is_ok());
    }
}

#[rstest]
#[case("ce-id", "", "ce-id has to have")]
#[case("ce-id", "a%0Ab", "ce-id has to have")]
#[case("ce-source", "%C0%A0", "ce-source can't be decoded")]
#[case("ce-type", "100%", "ce-type can't be decoded")]
#[case("ce-specversion", "\"1.0", "ce-specversion can't be decoded")]
#[case("ce-time", "%22now%22", "ce-time has to be a time")]
#[case(
    "ce-datacontenttype",
    "text/plain",
    "ce-datacontenttype must not be there"
)]
#[case("ce-my-extension", "1", "ce-my-extension is no name")]
#[case("ce-data", "1", "ce-data is no name")]
#[case("ce-tenantid", "other", "ce-tenantid is reserved")]
#[case("content-type", "json", "content-type has to be a media type")]
#[case(
    "content-type",
    "application/json; charset=latin1",
    "content-type names another charset"
)]
#[case("content-type", "application/json", "/data is no JSON")]
fn what_is_wrong_with_a_header_is_told_by_its_name(
    #[case] name: &str,
    #[case] value: &str,
    #[case] expected: &str,
) {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shop"),
        ("ce-type", "com.example.a.v1"),
    ];
    let others = headers.into_iter().filter(|(other, _)| *other != name);
    let headers: Vec<_> = others.chain([(name, value)]).collect();
    let refusal = binary(&headers, b"not JSON").unwrap_err();
    let told = refusal.split_once(": ").unwrap().1;
    assert!(told.starts_with(expected), "{refusal}");
}

#[test]
fn a_header_that_is_missing_or_there_twice_is_told() {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shop"),
    ];
    let refusal = binary(&headers, b"").unwrap_err();
    assert_eq!(
        refusal,
        "event 0 (id 1): ce-type is missing: send it with each event"
    );
    let headers = [("ce-id", "1"), ("CE-ID", "2")];
    let refusal = binary(&headers, b"").unwrap_err();
    assert!(refusal.contains("ce-id is there twice"), "{refusal}");
}
