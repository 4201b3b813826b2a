//! The specification's own examples.

use cloudevent::{Extension, Incoming, Payload};

use crate::{BATCH, binary, read_as, structured};

const REQUIRED: [(&str, &str); 4] = [
    ("ce-specversion", "1.0"),
    ("ce-type", "com.example.someevent"),
    ("ce-source", "/mycontext"),
    ("ce-time", "2018-04-05T17:31:00Z"),
];

/// The headers of an example, with its id and content type.
fn headers<'a>(id: &'a str, content_type: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut headers = REQUIRED.to_vec();
    headers.extend([
        ("ce-id", id),
        ("ce-comexampleextension1", "value"),
        ("content-type", content_type),
    ]);
    headers
}

/// The same example in structured mode.
fn example(id: &str, rest: &str) -> String {
    format!(
        r#"{{
            "specversion" : "1.0",
            "type" : "com.example.someevent",
            "source" : "/mycontext",
            "id" : "{id}",
            "time" : "2018-04-05T17:31:00Z",
            "comexampleextension1" : "value",
            "unsetextension": null,
            {rest}
        }}"#
    )
}

fn json(event: &Incoming) -> &str {
    let Some(Payload::Json(raw)) = &event.data else {
        panic!("the data is no JSON: {:?}", event.data);
    };
    raw.get()
}

#[test]
fn data_of_bytes_is_the_same_in_both_modes() {
    let rest =
        r#""datacontenttype" : "application/vnd.apache.thrift.binary", "data_base64" : "AAH/""#;
    let event = structured(&example("A234-1234-1234", rest)).unwrap();
    let headers = headers("A234-1234-1234", "application/vnd.apache.thrift.binary");
    assert_eq!(event, binary(&headers, &[0, 1, 255]).unwrap());
    assert!(matches!(event.data, Some(Payload::Binary(bytes)) if bytes == [0, 1, 255]));
}

#[test]
fn data_of_text_is_the_same_in_both_modes() {
    let rest = r#""datacontenttype" : "application/xml", "data" : "<much wow=\"xml\"/>""#;
    let event = structured(&example("B234-1234-1234", rest)).unwrap();
    let headers = headers("B234-1234-1234", "application/xml");
    assert_eq!(event, binary(&headers, br#"<much wow="xml"/>"#).unwrap());
    assert!(matches!(event.data, Some(Payload::Text(text)) if text == r#"<much wow="xml"/>"#));
}

#[test]
fn data_of_json_is_the_same_in_both_modes() {
    let data = r#"{
        "appinfoA" : "abc",
        "appinfoB" : 123,
        "appinfoC" : true
    }"#;
    let rest =
        format!(r#""subject": null, "datacontenttype" : "application/json", "data" : {data}"#);
    let event = structured(&example("C234-1234-1234", &rest)).unwrap();
    let headers = headers("C234-1234-1234", "application/json");
    assert_eq!(event, binary(&headers, data.as_bytes()).unwrap());
    assert_eq!(
        json(&event),
        r#"{"appinfoA":"abc","appinfoB":123,"appinfoC":true}"#
    );
    assert_eq!(event.subject, None);
}

#[test]
fn data_of_a_number_is_the_same_in_both_modes() {
    let rest = r#""datacontenttype" : "application/json", "data" : 1.5"#;
    let event = structured(&example("C234-1234-1234", rest)).unwrap();
    let headers = headers("C234-1234-1234", "application/json");
    assert_eq!(event, binary(&headers, b"1.5").unwrap());
    assert_eq!(json(&event), "1.5");
}

#[test]
fn data_without_a_content_type_is_json() {
    let rest = r#""data" : "I'm just a string""#;
    let event = structured(&example("D234-1234-1234", rest)).unwrap();
    let headers = headers("D234-1234-1234", "application/json");
    assert_eq!(event, binary(&headers, br#""I'm just a string""#).unwrap());
    assert_eq!(event.datacontenttype.as_deref(), Some("application/json"));
}

#[test]
fn of_bytes_without_a_content_type_nothing_is_assumed() {
    let body = r#"{
        "specversion" : "1.0",
        "type" : "com.example.someevent",
        "source" : "/mycontext",
        "id" : "D234-1234-1234",
        "data_base64" : "eyAieHl6IjogMTIzIH0="
    }"#;
    let event = structured(body).unwrap();
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-type", "com.example.someevent"),
        ("ce-source", "/mycontext"),
        ("ce-id", "D234-1234-1234"),
    ];
    assert_eq!(event, binary(&headers, br#"{ "xyz": 123 }"#).unwrap());
    assert_eq!(event.datacontenttype, None);
    assert!(matches!(event.data, Some(Payload::Binary(_))));
}

#[test]
fn the_binding_s_own_example_is_read() {
    let headers = [
        ("Host", "webhook.example.com"),
        ("ce-specversion", "1.0"),
        ("ce-type", "com.example.someevent"),
        ("ce-time", "2018-04-05T03:56:24Z"),
        ("ce-id", "1234-1234-1234"),
        ("ce-source", "/mycontext/subcontext"),
        ("ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
        ("Content-Type", "application/json; charset=utf-8"),
    ];
    let event = binary(&headers, b"{}").unwrap();
    assert_eq!(event.subject.as_deref(), Some("Euro € 😀"));
    assert_eq!(event.time, Some("2018-04-05T03:56:24Z".parse().unwrap()));
}

#[test]
fn a_batch_has_events_of_every_kind() {
    let body = br#"[
      {
          "specversion" : "1.0",
          "type" : "com.example.someevent",
          "source" : "/mycontext/4",
          "id" : "B234-1234-1234",
          "time" : "2018-04-05T17:31:00Z",
          "comexampleextension1" : "value",
          "comexampleothervalue" : 5,
          "datacontenttype" : "application/vnd.apache.thrift.binary",
          "data_base64" : "AAH/"
      },
      {
          "specversion" : "1.0",
          "type" : "com.example.someotherevent",
          "source" : "/mycontext/9",
          "id" : "C234-1234-1234",
          "time" : "2018-04-05T17:31:05Z",
          "comexampleextension1" : "value",
          "comexampleothervalue" : 5,
          "datacontenttype" : "application/json",
          "data" : {
              "appinfoA" : "abc",
              "appinfoB" : 123,
              "appinfoC" : true
          }
      }
    ]"#;
    let events = read_as(BATCH, body).unwrap();
    let events: Vec<Incoming> = events.into_iter().map(Result::unwrap).collect();
    let sources: Vec<&str> = events.iter().map(|event| event.source.as_str()).collect();
    assert_eq!(sources, ["/mycontext/4", "/mycontext/9"]);
    let number = Extension::Integer(5);
    assert_eq!(events[1].extensions["comexampleothervalue"], number);
}

#[test]
fn an_empty_batch_is_one() {
    assert_eq!(read_as(BATCH, b" [ ] ").unwrap(), Vec::new());
}

#[test]
fn what_was_written_is_read_back() {
    let rest = r#""n": -7, "b": true, "subject": "a \"b\" 😀", "dataschema": "urn:schema:1", "data": [1, null]"#;
    let event = structured(&example("1", rest)).unwrap();
    let written = event.to_json();
    assert_eq!(
        written,
        r#"{"specversion":"1.0","id":"1","source":"/mycontext","type":"com.example.someevent","subject":"a \"b\" 😀","time":"2018-04-05T17:31:00Z","datacontenttype":"application/json","dataschema":"urn:schema:1","b":true,"comexampleextension1":"value","n":-7,"data":[1,null]}"#
    );
    assert_eq!(Incoming::from_json(&written), Some(event));
}

#[test]
fn the_same_event_in_another_order_is_written_alike() {
    let one = r#"{"id":"1","specversion":"1.0","source":"/a","type":"b","data":{"x": 1}}"#;
    let other = "{\"data\":{\"x\":1},\n\"type\":\"b\",\"source\":\"/a\",\"specversion\":\"1.0\",\"id\":\"1\",\"datacontenttype\":\"application/json\"}";
    let written = |body| structured(body).unwrap().to_json();
    assert_eq!(written(one), written(other));
}

#[test]
fn what_is_said_again_later_is_told_by_all_but_its_time() {
    let at = |time: &str| {
        let body = format!(
            r#"{{"id":"1","specversion":"1.0","source":"/a","type":"b","time":"{time}","data":1}}"#
        );
        structured(&body).unwrap()
    };
    let (one, other) = (at("2018-04-05T17:31:00Z"), at("2018-04-05T17:31:01Z"));
    assert_ne!(one.to_json(), other.to_json());
    assert_eq!(one.to_json_without_time(), other.to_json_without_time());
}

#[test]
fn neither_subject_nor_data_is_printed() {
    let rest = r#""subject": "jane@example.com", "by": "jane", "data": "jane""#;
    let event = structured(&example("1", rest)).unwrap();
    assert!(!format!("{event:?} {:?}", event.data).contains("jane"));
}
