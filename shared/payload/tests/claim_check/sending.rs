use std::collections::BTreeMap;

use payload::{
    Attribute, AttributeValue, Attributes, Buckets, Format, InvalidAttributes, KeyPrefix,
    OffloadError, Offloader, Outgoing, PART_BYTES, Received, SqsRecord, Threshold, Transport,
    attributes_size,
};
use serde_json::{Map, Value, json};
use testkit::{Fault, World};

use super::{BUCKET, reader_of, text_of, writer_to};

const ID: &str = "7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f";

fn to_sns(world: &World) -> Offloader {
    Offloader::new(writer_to(world), Threshold::of(Transport::Sns))
}

fn kind() -> Attributes {
    BTreeMap::from([("kind".to_owned(), Attribute::text("report"))])
}

/// As a queue hands on what was sent.
fn delivered(sent: &Outgoing) -> SqsRecord {
    let attributes = sent.attributes.iter().map(|(name, attribute)| {
        let value = match &attribute.value {
            AttributeValue::Text(text) => {
                json!({ "stringValue": text, "dataType": attribute.data_type })
            }
            AttributeValue::Binary(_) => json!({ "dataType": attribute.data_type }),
        };
        (name.clone(), value)
    });
    let attributes: Map<String, Value> = attributes.collect();
    let record = json!({ "messageId": "1", "body": sent.body, "messageAttributes": attributes });
    serde_json::from_value(record).unwrap()
}

async fn consumed(world: &World, sent: &Outgoing) -> String {
    match Received::of_sqs(delivered(sent), &Buckets::only([BUCKET])).unwrap() {
        Received::Inline(text) => text,
        Received::Claim(claim) => reader_of(world).text(&claim, u64::MAX).await.unwrap(),
    }
}

#[test]
fn what_fits_travels_whole_and_one_byte_more_does_not() {
    let world = World::new(1);
    let offloader = to_sns(&world);
    let room = 262_144 - attributes_size(&kind());
    world.block_on(async {
        let whole = offloader.offload(text_of(room), kind(), ID).await.unwrap();
        assert_eq!((whole.body.len(), &whole.attributes), (room, &kind()));
        assert_eq!(whole.stored, None);
        assert!(world.objects(BUCKET).is_empty());

        let body = text_of(room + 1);
        let sent = offloader.offload(body.clone(), kind(), ID).await.unwrap();
        let size = Attribute::number(u64::try_from(room + 1).unwrap());
        assert_eq!(sent.attributes["ExtendedPayloadSize"], size);
        assert_eq!(sent.attributes["kind"], kind()["kind"]);
        assert!(sent.stored.is_some());
        assert!(consumed(&world, &sent).await == body);
    });
}

#[test]
fn a_message_in_any_format_is_consumed() {
    for format in [
        Format::default(),
        Format::JAVA_SQS,
        Format::PYTHON,
        Format::PYTHON_LEGACY,
    ] {
        let world = World::new(1);
        let threshold = Threshold::of(Transport::Sqs).offloading_above(0);
        let offloader = Offloader::new(writer_to(&world), threshold)
            .with_prefix(KeyPrefix::new("in/").unwrap())
            .with_format(format);
        world.block_on(async {
            let sent = offloader.offload("hallö".to_owned(), BTreeMap::new(), ID);
            let sent = sent.await.unwrap();
            assert_eq!(
                sent.attributes[format.size_attribute()],
                Attribute::number(6)
            );
            assert_eq!(consumed(&world, &sent).await, "hallö");
        });
        assert_eq!(world.objects(BUCKET)[0].key, format!("in/{ID}"));
    }
}

#[test]
fn a_stream_always_goes_by_a_pointer() {
    let world = World::new(1);
    let offloader = to_sns(&world);
    let text = text_of(PART_BYTES + 1);
    world.block_on(async {
        let sent = offloader.offload_stream(text.as_bytes(), kind(), ID).await;
        assert!(consumed(&world, &sent.unwrap()).await == text);
    });
}

#[test]
fn the_payload_is_durable_before_anything_can_be_sent() {
    for fault in [
        Fault::Unavailable,
        Fault::BlackHole,
        Fault::LoseAcknowledgement,
    ] {
        let world = World::new(1);
        world.faults().always(fault, |_| true);
        let offloader = to_sns(&world);
        let body = text_of(300_000);
        world.block_on(async {
            let sent = offloader.offload(body.clone(), kind(), ID).await;
            assert!(
                matches!(sent.unwrap_err(), OffloadError::Write(_)),
                "{fault}"
            );
            world.faults().heal();
            let again = offloader.offload(body.clone(), kind(), ID).await.unwrap();
            assert!(consumed(&world, &again).await == body, "{fault}");
        });
        assert_eq!(world.objects(BUCKET).len(), 1, "{fault}");
    }
}

#[test]
fn what_can_not_be_sent_is_refused_before_anything_is_written() {
    let world = World::new(1);
    let offloader = to_sns(&world);
    let offload = |body: usize, attributes: Attributes| {
        let offloading = offloader.offload(text_of(body), attributes, ID);
        world.block_on(offloading).unwrap_err()
    };
    let large = 300_000;
    assert!(matches!(offload(0, kind()), OffloadError::EmptyBody));
    let ten = (0..10).map(|n| (format!("a{n}"), Attribute::text("x")));
    let ten: Attributes = ten.collect();
    let reserved = BTreeMap::from([("SQSLargePayloadSize".to_owned(), Attribute::number(1))]);
    let heavy = BTreeMap::from([("a".to_owned(), Attribute::text(text_of(262_100)))]);
    for (body, attributes, why) in [
        (large, ten.clone(), InvalidAttributes::TooMany(10)),
        (1, ten, InvalidAttributes::TooMany(10)),
        (
            large,
            reserved,
            InvalidAttributes::Reserved("SQSLargePayloadSize"),
        ),
        (large, heavy, InvalidAttributes::TooLarge),
    ] {
        match offload(body, attributes) {
            OffloadError::Attributes(error) => assert_eq!(error, why),
            other => panic!("{other}"),
        }
    }
    let unnamed = world.block_on(offloader.offload(text_of(large), kind(), "../x"));
    assert!(matches!(unnamed.unwrap_err(), OffloadError::Key(_)));
    assert!(world.trace().is_empty());
}

#[test]
fn nothing_of_a_message_gets_into_a_log() {
    let world = World::new(1);
    let attributes = BTreeMap::from([("name".to_owned(), Attribute::text("Ada"))]);
    let offloader = to_sns(&world);
    let sent = offloader.offload("my secret".to_owned(), attributes, ID);
    let shown = format!("{:?}", world.block_on(sent).unwrap());
    assert!(
        !shown.contains("secret") && !shown.contains("Ada"),
        "{shown}"
    );
    assert!(shown.contains("body_bytes: 9"), "{shown}");
}
