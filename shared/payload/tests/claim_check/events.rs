use payload::{Buckets, InvalidPointer, Received, SnsRecord, SqsRecord, Unreadable};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const JAVA: &str = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"large","s3Key":"k"}]"#;
const PYTHON_LEGACY: &str =
    r#"["com.amazon.sqs.javamessaging.MessageS3Pointer", {"s3BucketName": "large", "s3Key": "k"}]"#;

fn large() -> Buckets {
    Buckets::only(["large"])
}

fn record<T: DeserializeOwned>(record: Value) -> T {
    serde_json::from_value(record).unwrap()
}

/// A record as Lambda's event for a queue has it.
fn queued(body: &str, attributes: &Value) -> SqsRecord {
    record(json!({
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183" },
        "messageAttributes": attributes,
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:q",
        "awsRegion": "eu-central-1",
    }))
}

fn number(value: &str) -> Value {
    json!({ "stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "Number" })
}

/// What SNS makes of what was published. `url` is how it spells the end of its links' names.
fn notification(message: &str, attributes: &Value, url: &str) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:eu-central-1:111122223333:t",
        "Subject": null,
        "Message": message,
        "Timestamp": "2019-01-02T12:45:07.000Z",
        "SignatureVersion": "1",
        "Signature": "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j",
        format!("SigningCert{url}"): "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService.pem",
        format!("Unsubscribe{url}"): "https://sns.eu-central-1.amazonaws.com/",
        "MessageAttributes": attributes,
    })
}

/// Bucket, key and size; a text that is with its message is told by its length alone.
fn told(received: Result<Received, Unreadable>) -> (String, u64) {
    match received.unwrap() {
        Received::Inline(text) => ("inline".to_owned(), u64::try_from(text.len()).unwrap()),
        Received::Claim(claim) => {
            let pointer = claim.pointer;
            (
                format!("{}/{}", pointer.bucket(), pointer.key()),
                claim.bytes,
            )
        }
    }
}

#[test]
fn a_queues_message_is_a_pointer_by_its_attribute_under_either_name() {
    for name in ["ExtendedPayloadSize", "SQSLargePayloadSize"] {
        for body in [JAVA, PYTHON_LEGACY] {
            let record = queued(
                body,
                &json!({ name: number("300000"), "kind": number("1") }),
            );
            let received = Received::of_sqs(record, &large());
            assert_eq!(told(received), ("large/k".to_owned(), 300_000), "{name}");
        }
    }
}

#[test]
fn a_body_that_only_looks_like_a_pointer_is_a_text() {
    let length = u64::try_from(JAVA.len()).unwrap();
    for attributes in [json!({}), json!({ "S3Key": number("1") }), Value::Null] {
        let received = Received::of_sqs(queued(JAVA, &attributes), &large());
        assert_eq!(told(received), ("inline".to_owned(), length));
    }
}

#[test]
fn a_topics_notification_in_a_queue_is_unwrapped_where_the_subscription_wraps_it() {
    let attributes = json!({ "ExtendedPayloadSize": { "Type": "Number", "Value": "7" } });
    let wrapped = |message, attributes: &Value| {
        let body = notification(message, attributes, "URL").to_string();
        queued(&body, &json!({}))
    };
    let claim = wrapped(JAVA, &attributes);
    let received = Received::of_sns_through_sqs(&claim, &large());
    assert_eq!(told(received), ("large/k".to_owned(), 7));
    let inline = wrapped(
        "hello",
        &json!({ "kind": { "Type": "Binary", "Value": "AA==" } }),
    );
    let received = Received::of_sns_through_sqs(&inline, &large());
    assert_eq!(told(received), ("inline".to_owned(), 5));
    // Elsewhere such a body is what its sender wrote.
    let length = u64::try_from(claim.body.len()).unwrap();
    let received = Received::of_sqs(claim, &large());
    assert_eq!(told(received), ("inline".to_owned(), length));
}

#[test]
fn what_is_no_notification_is_not_unwrapped() {
    let confirmation =
        json!({ "Type": "SubscriptionConfirmation", "MessageId": "1", "Message": JAVA })
            .to_string();
    for body in ["hello", JAVA, "{}", confirmation.as_str()] {
        let read = Received::of_sns_through_sqs(&queued(body, &json!({})), &large());
        assert_eq!(read.unwrap_err(), Unreadable::Envelope, "{body}");
    }
}

#[test]
fn lambdas_event_for_a_topic_is_read() {
    let published = |message, attributes: &Value| -> SnsRecord {
        record(json!({
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": "arn:aws:sns:eu-central-1:111122223333:t:1",
            "Sns": notification(message, attributes, "Url"),
        }))
    };
    let attributes = json!({ "SQSLargePayloadSize": { "Type": "Number", "Value": "7" } });
    let received = Received::of_sns(published(PYTHON_LEGACY, &attributes), &large());
    assert_eq!(told(received), ("large/k".to_owned(), 7));
    for attributes in [json!({}), Value::Null] {
        let received = Received::of_sns(published("hello", &attributes), &large());
        assert_eq!(told(received), ("inline".to_owned(), 5));
    }
}

#[test]
fn a_claim_that_can_not_be_followed_is_told_apart_from_a_text() {
    let read = |body: &str, size: Value| {
        let record = queued(body, &json!({ "ExtendedPayloadSize": size }));
        Received::of_sqs(record, &large()).unwrap_err()
    };
    for size in ["", "0", "-1", "1.5", "many", "99999999999999999999"] {
        assert_eq!(read(JAVA, number(size)), Unreadable::Size, "{size:?}");
    }
    let binary = json!({ "binaryValue": "AA==", "dataType": "Binary" });
    assert_eq!(read(JAVA, binary), Unreadable::Size);
    let theirs = JAVA.replace("large", "theirs");
    let pointer = Unreadable::Pointer(InvalidPointer::Bucket);
    assert_eq!(read(&theirs, number("7")), pointer);
    let shape = Unreadable::Pointer(InvalidPointer::Shape);
    assert_eq!(read("hello", number("7")), shape);
}

#[test]
fn nothing_of_a_message_gets_into_a_log() {
    let received = Received::of_sqs(queued("my secret", &json!({})), &large());
    assert_eq!(format!("{:?}", received.unwrap()), "Inline(9 bytes)");
}
