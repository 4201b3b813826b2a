//! What partners send: CloudEvents in their modes, JSON, packed bodies, Segment's messages.

use std::io::Write as _;

use cloudevent::{Extension, Headers, Incoming, Limits, MediaType, Refused, json, time, unpack};
use flate2::{Compression, write::GzEncoder};
use intake::Upload;
use jiff::Timestamp;
use segment::{Call, Kind};
use tenancy::{PartnerId, TenantId};

use super::{Parser, Target, by_ref, headers_and_body, shape, text, told};

pub(super) static TARGETS: [Target; 11] = [
    Target::new("cloudevent-batch", batch),
    Target::new("cloudevent-structured", structured),
    Target::new("cloudevent-binary", binary),
    Target::new("json", strict_json),
    Target::new("gzip", gzip).with(packed),
    Target::new("media-type", media_type),
    Target::new("time", times),
    Target::new("segment-message", segment_message),
    Target::new("segment-batch", segment_batch),
    Target::new("write-key", write_key),
    Target::new("upload", upload),
];

/// When everything is received.
pub(super) fn now() -> Timestamp {
    Timestamp::constant(1_768_467_600, 0)
}

fn as_type(kind: &'static str) -> Parser {
    Box::new(move |input| {
        let headers = Headers::new([("content-type", kind)]);
        read(&headers, input)
    })
}

fn batch() -> Parser {
    as_type("application/cloudevents-batch+json")
}

fn structured() -> Parser {
    as_type("application/cloudevents+json")
}

fn binary() -> Parser {
    Box::new(|input| {
        let (headers, body) = headers_and_body(input);
        read(&Headers::new(by_ref(&headers)), body)
    })
}

/// What is taken reads back as what it was; what is refused lies within the body.
fn read(headers: &Headers<'_>, body: &[u8]) -> String {
    match cloudevent::read(headers, body, &Limits::at(now())) {
        Ok(events) => each(&events, body),
        Err(unreadable) => shape(&unreadable),
    }
}

fn each(events: &[Result<Incoming, Refused>], body: &[u8]) -> String {
    let answers = events.iter().map(|event| match event {
        Ok(event) => {
            let json = event.to_json();
            let again = Incoming::from_json(&json).expect("what was taken is read again");
            assert_eq!(again.to_json(), json, "it reads back as another event");
            let kinds = event.extensions.values().map(|value| match value {
                Extension::Text(_) => 't',
                Extension::Integer(_) => 'i',
                Extension::Boolean(_) => 'b',
            });
            format!("ok {}", kinds.collect::<String>())
        }
        Err(refused) => {
            assert!(
                body.get(refused.raw.clone()).is_some(),
                "it was not in the body"
            );
            format!("{:?}", std::mem::discriminant(&refused.reason))
        }
    });
    answers.take(3).collect::<Vec<String>>().join(" ")
}

/// What is strict JSON is JSON, for others too, and stays so.
fn strict_json() -> Parser {
    Box::new(|input| {
        let checked = json::check(input, &Limits::at(now()));
        if checked.is_ok() {
            let raw = json::raw(input).expect("what was checked can be taken");
            json::check(raw.get().as_bytes(), &Limits::at(now())).expect("it stays as strict");
            serde_json::from_slice::<serde_json::Value>(input).expect("others read it");
        }
        let wrong = checked.map_err(|fault| fault.wrong);
        told(&wrong)
    })
}

fn gzip() -> Parser {
    const LIMIT: usize = 1024 * 1024;
    Box::new(|input| {
        let unpacked = unpack::gzip(input, LIMIT);
        let is_within = unpacked.as_ref().map_or(0, Vec::len) <= LIMIT;
        assert!(is_within, "it is unpacked too far");
        let headers = Headers::new([("content-encoding", "gzip")]);
        let body = unpack::body(&headers, input, LIMIT);
        // What is not packed, though its header says so, is taken as it is.
        let is_packed = input.starts_with(&[0x1f, 0x8b]);
        let is_taken = if is_packed {
            unpacked.is_ok()
        } else {
            input.len() <= LIMIT
        };
        assert_eq!(body.is_ok(), is_taken);
        told(&unpacked)
    })
}

/// A packed event, and a bomb.
fn packed() -> Vec<Vec<u8>> {
    let pack = |text: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(text).expect("a vector takes all");
        packer.finish().expect("a vector takes all")
    };
    let two = [pack(b"[{},"), pack(b"{}]")].concat();
    vec![pack(b"{\"id\":\"1\"}"), pack(&vec![b' '; 4 << 20]), two]
}

fn media_type() -> Parser {
    Box::new(|input| {
        let media = MediaType::parse(&text(input));
        let Some(media) = media else {
            return "none".to_owned();
        };
        let again = MediaType::parse(media.essence());
        assert!(again.is_some(), "its essence is none");
        format!(
            "{} {} {}",
            media.is_json(),
            media.is_text(),
            media.is_utf8()
        )
    })
}

fn times() -> Parser {
    Box::new(|input| {
        let read = time::rfc3339(&text(input));
        if let Some(read) = read {
            let again = time::rfc3339(&read.to_string());
            assert_eq!(again, Some(read), "it reads back as another time");
        }
        read.is_some().to_string()
    })
}

fn segment_message() -> Parser {
    Box::new(|input| {
        let answers = Kind::ALL.map(|kind| segment_read(Call::One(kind), input));
        answers.join(" ")
    })
}

fn segment_batch() -> Parser {
    Box::new(|input| {
        let calls = [Call::Batch, Call::Import];
        calls.map(|call| segment_read(call, input)).join(" ")
    })
}

fn segment_read(call: Call, input: &[u8]) -> String {
    let source = segment::source("harbour", "shop");
    let limits = segment::Limits::default();
    match segment::read(call, input, &source, now(), &limits) {
        Ok(events) => {
            for event in events.iter().flatten() {
                let data = event.data.as_ref().expect("a message is its event's data");
                // Nobody may be named: that is no failure.
                drop(segment::subject(data));
            }
            each(&events, input)
        }
        Err(unreadable) => shape(&unreadable),
    }
}

fn write_key() -> Parser {
    Box::new(|input| {
        let (headers, body) = headers_and_body(input);
        let key = segment::write_key(&Headers::new(by_ref(&headers)), body);
        key.is_some().to_string()
    })
}

/// What is announced lies under digests, whatever its sender calls it.
fn upload() -> Parser {
    let tenant: TenantId = "harbour".parse().expect("it is a name");
    let partner: PartnerId = "shop".parse().expect("it is a name");
    Box::new(move |input| match Upload::read(input, &Limits::at(now())) {
        Ok(upload) => {
            let key = upload.key(&tenant, &partner);
            let digests = key.strip_prefix("events/harbour/").unwrap_or_default();
            let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
            assert!(digests.len() == 87 && digests.bytes().all(is_safe), "{key}");
            "ok".to_owned()
        }
        Err(problem) => format!("{} {}", problem.kind, problem.detail.unwrap_or_default()),
    })
}
