//! What travels by a claim check, between `payload` and the clients that Amazon wrote for Python.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_sdk_s3::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use fairlead_end_to_end::aws::{Aws, JsonService};
use fairlead_end_to_end::interop::Clients;
use fairlead_end_to_end::json::text;
use fairlead_end_to_end::stack::Stack;
use fairlead_end_to_end::wait;
use lambda_kit::aws::{CallBudget, sdk_config};
use lambda_kit::config::Environment;
use payload::{
    Attribute, AttributeValue, Buckets, Format, Generation, Offloader, Outgoing, PART_BYTES,
    PayloadReader, PayloadWriter, Received, SqsRecord, Style, Threshold, Transport, receipt_handle,
};
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::visitor::running;

const ID: &str = "7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f";
const FORMATS: [Format; 4] = [
    Format::JAVA_SQS,
    Format::PYTHON,
    Format::PYTHON_LEGACY,
    Format {
        style: Style::Compact,
        class: Generation::Legacy,
        attribute: Generation::Current,
    },
];

/// A part of eight megabytes takes its time on a machine that compiles beside it.
const BUDGET: CallBudget = CallBudget {
    attempt_timeout: Duration::from_secs(20),
    operation_timeout: Duration::from_mins(1),
    max_attempts: 3,
};

/// More than either library lets travel whole, in characters of two bytes.
fn report() -> String {
    "ä".repeat(150_000)
}

/// A bucket and a queue that both sides share.
struct Post {
    clients: Clients,
    stack: Stack,
    aws: Aws,
    s3: Client,
    sns: aws_sdk_sns::Client,
    runtime: Runtime,
    name: String,
    queue_url: String,
}

impl Post {
    fn new(what: &str) -> Result<Self> {
        let (running, fairlead) = running()?;
        let stack = running.stack;
        let token = getrandom::u32().context("the system has no randomness to give")?;
        let name = format!("claim-check-{what}-{token:08x}");
        let clients = Clients::from_environment()?;
        let made = clients.extended_client(&stack, &json!({ "do": "make", "name": name }))?;
        let environment = Environment::from_pairs([
            ("AWS_ENDPOINT_URL", stack.endpoint.clone()),
            ("AWS_REGION", stack.region.clone()),
            ("AWS_ACCESS_KEY_ID", stack.credentials.access_key_id.clone()),
            (
                "AWS_SECRET_ACCESS_KEY",
                stack.credentials.secret_access_key.clone(),
            ),
        ]);
        let sdk = sdk_config(&environment, &BUDGET)?;
        Ok(Self {
            s3: Client::new(&sdk),
            sns: aws_sdk_sns::Client::new(&sdk),
            aws: fairlead.aws,
            runtime: Builder::new_current_thread().enable_all().build()?,
            queue_url: text(&made, "/queue_url")?.to_owned(),
            clients,
            stack,
            name,
        })
    }

    /// Has Python do something with the bucket and the queue.
    fn python(&self, what: &str, more: &Value) -> Result<Value> {
        let mut instruction = json!({ "do": what, "name": self.name, "queue_url": self.queue_url });
        for (name, value) in more.as_object().into_iter().flatten() {
            if let Some(instruction) = instruction.as_object_mut() {
                instruction.insert(name.clone(), value.clone());
            }
        }
        self.clients.extended_client(&self.stack, &instruction)
    }

    /// The next message, as Lambda would hand it to a function.
    fn taken(&self) -> Result<SqsRecord> {
        let request = json!({
            "QueueUrl": self.queue_url,
            "MaxNumberOfMessages": 1,
            "WaitTimeSeconds": 1,
            "MessageAttributeNames": ["All"],
        });
        let message = wait::until("a message", wait::PATIENCE, || {
            let answer = self
                .aws
                .call(JsonService::Sqs, "ReceiveMessage", &request)?;
            Ok(answer.pointer("/Messages/0").cloned())
        })?;
        let attributes = message.get("MessageAttributes").and_then(Value::as_object);
        let attributes: Map<String, Value> = attributes
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                (
                    name.clone(),
                    json!({ "stringValue": value.get("StringValue") }),
                )
            })
            .collect();
        let record = json!({
            "messageId": message.get("MessageId"),
            "body": message.get("Body"),
            "messageAttributes": attributes,
        });
        serde_json::from_value(record).context("a message is a record")
    }

    fn buckets(&self) -> Buckets {
        Buckets::only([self.name.as_str()])
    }

    fn fetched(&self, received: Received) -> Result<String> {
        let Received::Claim(claim) = received else {
            anyhow::bail!("it travelled whole")
        };
        let reader = PayloadReader::new(self.s3.clone());
        Ok(self.runtime.block_on(reader.text(&claim, claim.bytes))?)
    }

    fn offloader(&self, format: Format) -> Offloader {
        let writer = PayloadWriter::new(self.s3.clone(), self.name.clone());
        let threshold = Threshold::of(Transport::Sqs).offloading_above(256 * 1_024);
        Offloader::new(writer, threshold).with_format(format)
    }

    /// Publishes on a topic to which the queue is subscribed.
    fn publish(&self, topic: &str, message: &Outgoing) -> Result<()> {
        let mut publish = self.sns.publish().topic_arn(topic).message(&message.body);
        for (name, attribute) in &message.attributes {
            let AttributeValue::Text(value) = &attribute.value else {
                continue;
            };
            let attribute = MessageAttributeValue::builder()
                .data_type(&attribute.data_type)
                .string_value(value)
                .build()?;
            publish = publish.message_attributes(name, attribute);
        }
        self.runtime.block_on(Box::pin(publish.send()))?;
        Ok(())
    }

    fn send(&self, message: &Outgoing) -> Result<()> {
        let attributes = message.attributes.iter().filter_map(|(name, attribute)| {
            let AttributeValue::Text(value) = &attribute.value else {
                return None;
            };
            let value = json!({ "DataType": attribute.data_type, "StringValue": value });
            Some((name.clone(), value))
        });
        let request = json!({
            "QueueUrl": self.queue_url,
            "MessageBody": message.body,
            "MessageAttributes": attributes.collect::<Map<String, Value>>(),
        });
        self.aws
            .call(JsonService::Sqs, "SendMessage", &request)
            .map(drop)
    }
}

#[test]
fn what_python_sends_to_a_queue_is_read() -> Result<()> {
    for legacy in [false, true] {
        let post = Post::new("from-sqs")?;
        post.python("send", &json!({ "body": report(), "legacy": legacy }))?;
        let received = Received::of_sqs(post.taken()?, &post.buckets())?;
        assert!(post.fetched(received)? == report(), "legacy: {legacy}");
    }
    Ok(())
}

#[test]
fn what_python_publishes_is_read_raw_and_wrapped() -> Result<()> {
    for legacy in [false, true] {
        for raw in [false, true] {
            let post = Post::new("from-sns")?;
            let more = json!({ "body": report(), "legacy": legacy, "raw": raw });
            post.python("publish", &more)?;
            let record = post.taken()?;
            let received = if raw {
                Received::of_sqs(record, &post.buckets())?
            } else {
                Received::of_sns_through_sqs(&record, &post.buckets())?
            };
            assert!(post.fetched(received)? == report(), "{legacy} {raw}");
        }
    }
    Ok(())
}

#[test]
fn python_receives_what_is_offloaded_in_any_format() -> Result<()> {
    for format in FORMATS {
        let post = Post::new("to-sqs")?;
        let attributes = BTreeMap::from([("kind".to_owned(), Attribute::text("report"))]);
        let offloader = post.offloader(format);
        let offloading = offloader.offload(report(), attributes, ID);
        post.send(&post.runtime.block_on(offloading)?)?;
        let received = post.python("receive", &json!({}))?;
        assert!(text(&received, "/body")? == report(), "{format:?}");
        assert_eq!(received.get("attributes"), Some(&json!(["kind"])));
        // By the handle that the client made of SQS's own the message can be deleted.
        let handle = text(&received, "/receipt_handle")?;
        let pointer = receipt_handle::pointer(handle, &post.buckets());
        assert_eq!(pointer.context("it has a pointer")??.key(), ID);
        let request = json!({
            "QueueUrl": post.queue_url,
            "ReceiptHandle": receipt_handle::strip(handle),
        });
        post.aws.call(JsonService::Sqs, "DeleteMessage", &request)?;
    }
    Ok(())
}

#[test]
fn python_receives_what_is_offloaded_to_a_topic() -> Result<()> {
    for format in [Format::PYTHON, Format::PYTHON_LEGACY] {
        let post = Post::new("to-sns")?;
        let made = post.python("subscribe", &json!({ "raw": true }))?;
        let attributes = BTreeMap::from([("kind".to_owned(), Attribute::text("report"))]);
        let writer = PayloadWriter::new(post.s3.clone(), post.name.clone());
        let offloader = Offloader::new(writer, Threshold::of(Transport::Sns)).with_format(format);
        let offloading = offloader.offload(report(), attributes, ID);
        let message = post.runtime.block_on(offloading)?;
        post.publish(text(&made, "/topic")?, &message)?;
        let received = post.python("receive", &json!({}))?;
        assert!(text(&received, "/body")? == report(), "{format:?}");
        assert_eq!(received.get("attributes"), Some(&json!(["kind"])));
    }
    Ok(())
}

#[test]
fn python_receives_what_was_written_in_parts() -> Result<()> {
    let post = Post::new("in-parts")?;
    let body = "abc".repeat(PART_BYTES / 2);
    let offloader = post.offloader(Format::PYTHON);
    let offloading = offloader.offload_stream(body.as_bytes(), BTreeMap::new(), ID);
    let message = post.runtime.block_on(offloading)?;
    post.send(&message)?;
    let received = post.python("receive", &json!({}))?;
    assert!(text(&received, "/body")? == body);
    post.send(&message)?;
    let received = Received::of_sqs(post.taken()?, &post.buckets())?;
    assert!(post.fetched(received)? == body);
    Ok(())
}
