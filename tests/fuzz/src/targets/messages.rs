//! What queues, topics, streams and webhooks bring: batches, records, pointers to bodies, signatures.

use std::{convert::Infallible, net::IpAddr};

use intake::Announcement;
use jiff::SignedDuration;
use lambda_kit::{
    Invocation,
    batch::{sqs, stream},
    clock::Clock,
};
use notification::EventNotice;
use payload::{
    Buckets, Format, KeyPrefix, Pointer, Received, SnsRecord, SqsRecord, receipt_handle,
};
use serde_json::value::RawValue;
use tokio::runtime::Runtime;
use webhook::{Checker, PublicKey, Secret, Signed, Signer, SigningKey, Target as Endpoint};

use super::{Parser, Target, by_ref, events::now, headers_and_body, shape, text, told};

pub(super) static TARGETS: [Target; 11] = [
    Target::new("sqs-batch", sqs_batch),
    Target::new("stream-batch", stream_batch),
    Target::new("announcement", announcement),
    Target::new("notice", notice),
    Target::new("payload-pointer", pointer),
    Target::new("payload-record", record),
    Target::new("payload-key", key),
    Target::new("webhook-message", webhook_message).with(signed),
    Target::new("webhook-key", webhook_key),
    Target::new("webhook-target", webhook_target),
    Target::new("retry-after", retry_after),
];

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without I/O starts")
}

/// A function that has a minute left.
fn invocation() -> (Invocation, Clock) {
    let invocation = Invocation {
        request_id: "request".to_owned(),
        deadline: now() + SignedDuration::from_mins(1),
    };
    (invocation, Clock::from_fn(now))
}

/// JSON as a function is given it; what is none never gets there.
fn raw(input: &[u8]) -> Option<Box<RawValue>> {
    serde_json::from_slice(input).ok()
}

fn sqs_batch() -> Parser {
    let runtime = runtime();
    Box::new(move |input| {
        let Some(event) = raw(input) else {
            return "no event".to_owned();
        };
        let (invocation, clock) = invocation();
        let processed = sqs::process(&event, &invocation, &clock, async |_| {
            Ok::<(), Infallible>(())
        });
        told(&runtime.block_on(processed))
    })
}

fn stream_batch() -> Parser {
    let runtime = runtime();
    Box::new(move |input| {
        let Some(event) = raw(input) else {
            return "no event".to_owned();
        };
        let (invocation, clock) = invocation();
        let processed = stream::process(
            &event,
            &invocation,
            &clock,
            10,
            |record| {
                let row: Option<intake::EventItem> = record.new_image();
                let old: Option<profile::TimelineItem> = record.old_image();
                row.is_some() || old.is_some() || record.key("event").is_some()
            },
            async |records| records.iter().map(|_| Ok::<(), Infallible>(())).collect(),
        );
        told(&runtime.block_on(processed))
    })
}

fn announcement() -> Parser {
    Box::new(|input| {
        let Some(delivered) = Announcement::delivered(&text(input)) else {
            return "none".to_owned();
        };
        let outgoing = delivered.iter().all(|each| each.outgoing().is_some());
        let keys = delivered.iter().filter_map(Announcement::key).count();
        format!("{outgoing} {} {}", delivered.len().min(3), keys.min(3))
    })
}

/// A notice reads back as itself.
fn notice() -> Parser {
    Box::new(|input| {
        let read = EventNotice::read(&text(input));
        let Some(notice) = read else {
            return "no notice".to_owned();
        };
        let again = serde_json::to_string(&notice).expect("a notice is JSON");
        assert_eq!(EventNotice::read(&again).as_ref(), Some(&notice));
        format!("news: {}", notice.is_news(now()))
    })
}

fn buckets() -> Buckets {
    Buckets::only(["payloads"])
}

/// A pointer that can be followed reads back as itself from a body and from a URI.
fn pointer() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let read = if text.starts_with("s3:") {
            Pointer::of_uri(&text, &buckets())
        } else {
            Pointer::read(&text, &buckets())
        };
        if let Ok(pointer) = &read {
            let body = Pointer::read(&pointer.write(Format::default()), &buckets());
            let uri = Pointer::of_uri(&pointer.uri(), &buckets());
            for again in [body, uri] {
                assert_eq!(again.as_ref(), Ok(pointer), "what was written is read");
            }
        }
        told(&read)
    })
}

fn record() -> Parser {
    Box::new(|input| {
        let sqs: Option<SqsRecord> = serde_json::from_slice(input).ok();
        let sns: Option<SnsRecord> = serde_json::from_slice(input).ok();
        let through = sqs.as_ref().map(|record| {
            let received = Received::of_sns_through_sqs(record, &buckets());
            told(&received)
        });
        let sqs = sqs.map(|record| told(&Received::of_sqs(record, &buckets())));
        let sns = sns.map(|record| told(&Received::of_sns(record, &buckets())));
        format!("{sqs:?} {through:?} {sns:?}")
    })
}

/// What is made of a key and a handle is what they were.
fn key() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let handle = receipt_handle::pointer(&text, &buckets());
        let _ = receipt_handle::strip(&text);
        let (prefix, id) = text.split_once(' ').unwrap_or(("", &*text));
        let key = KeyPrefix::new(prefix).and_then(|prefix| prefix.key(id));
        if let Ok(key) = &key {
            let pointer = Pointer::new("payloads", key);
            let embedded = receipt_handle::embed(&pointer, "handle");
            let is_same = receipt_handle::strip(&embedded) == "handle";
            assert!(is_same || key.as_str().contains("..s3"), "{embedded}");
        }
        format!("{} {}", told(&key), handle.is_some())
    })
}

fn webhook_message() -> Parser {
    let secret: Secret = SECRET.parse().expect("it is a secret");
    let checkers = [Checker::Secret(secret)];
    Box::new(move |input| {
        let (headers, body) = headers_and_body(input);
        let find = |name: &str| {
            let mut headers = by_ref(&headers);
            headers
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        match Signed::from_headers(find) {
            Ok(signed) => told(&webhook::verify(&checkers, &signed, body, now())),
            Err(missing) => shape(&missing),
        }
    })
}

/// A message whose signature holds.
fn signed() -> Vec<Vec<u8>> {
    let signer = Signer::Secret(SECRET.parse().expect("it is a secret"));
    let body = b"{\"type\":\"order.placed\"}";
    let message = webhook::sign(&[signer], "msg_1", now(), body).expect("it can be signed");
    let headers = message.headers();
    let lines = headers
        .iter()
        .map(|(name, value)| [name, ": ", value, "\n"].concat());
    let lines: String = lines.collect();
    vec![[lines.as_bytes(), b"\n", body].concat()]
}

fn webhook_key() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let secret: Result<Secret, _> = text.parse();
        if let Ok(secret) = &secret {
            let again: Result<Secret, _> = secret.expose().parse();
            assert!(again.is_ok(), "a secret does not read back");
        }
        let signing: Result<SigningKey, _> = text.parse();
        let public: Result<PublicKey, _> = text.parse();
        format!("{} {} {}", told(&secret), told(&signing), told(&public))
    })
}

/// What is taken for the address of an endpoint is one that is reached by TLS.
fn webhook_target() -> Parser {
    Box::new(|input| {
        let target = Endpoint::parse(&text(input), &[443, 8443]);
        if let Ok(target) = &target {
            assert!(target.as_str().starts_with("https://"), "{target:?}");
            assert!([443, 8443].contains(&target.port()), "{target:?}");
            // What is escaped is longer than it was.
            let is_short = target.as_str().len() <= 2_048;
            let again = Endpoint::parse(target.as_str(), &[443, 8443]);
            assert!(again.is_ok() || !is_short, "{target:?} does not read back");
            let is_public = target.address().is_none_or(webhook::is_public);
            assert!(is_public, "{target:?} is within");
        }
        let address: Option<IpAddr> = text(input).trim().parse().ok();
        format!("{} {:?}", told(&target), address.map(webhook::is_public))
    })
}

fn retry_after() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let after = webhook::retry_after(&text, now());
        format!("{} {:?}", after.is_some(), after.map(|after| after < now()))
    })
}
