//! Looking at what leaves the functions: events on the bus, messages on the topic, SMS.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::aws::{Aws, JsonService};
use crate::http::Http;
use crate::stack::Stack;
use crate::wait;

/// A message that somebody subscribed got.
#[derive(Clone, Debug)]
pub struct Message {
    /// The body as it was sent.
    pub body: String,
    /// The message attributes' texts by name.
    pub attributes: Vec<(String, String)>,
}

/// A queue of our own beside the real consumers; it sees everything from its making on.
#[derive(Debug)]
pub struct Observer {
    aws: Aws,
    queue_url: String,
    seen: Vec<Message>,
}

impl Observer {
    /// Subscribes to the notifications topic.
    pub fn of_topic(stack: &Stack, aws: &Aws, name: &str) -> Result<Self> {
        let topic = stack.output("NotificationsTopicArn")?;
        Self::of(stack, aws, name, topic)
    }

    /// Subscribes to the topic of that ARN.
    pub fn of(stack: &Stack, aws: &Aws, name: &str, topic: &str) -> Result<Self> {
        let (observer, queue_arn) = Self::with_queue(stack, aws, name, "sns.amazonaws.com")?;
        aws.subscribe(topic, &queue_arn)?;
        Ok(observer)
    }

    /// Subscribes to every event on the bus, Fairlead's own and that there are some of partners.
    pub fn of_bus(stack: &Stack, aws: &Aws, name: &str) -> Result<Self> {
        let bus = stack.output("EventBusName")?;
        let (observer, queue_arn) = Self::with_queue(stack, aws, name, "events.amazonaws.com")?;
        let pattern =
            json!({ "source": [{ "prefix": "dev.fairlead." }, { "prefix": "partner:" }] })
                .to_string();
        let rule = json!({ "Name": name, "EventBusName": bus, "EventPattern": pattern });
        aws.call(JsonService::EventBridge, "PutRule", &rule)?;
        let target = json!({ "Rule": name, "EventBusName": bus, "Targets": [{ "Id": "observer", "Arn": queue_arn }] });
        aws.call(JsonService::EventBridge, "PutTargets", &target)?;
        Ok(observer)
    }

    /// A queue that `sender` may write to, and its ARN.
    fn with_queue(stack: &Stack, aws: &Aws, name: &str, sender: &str) -> Result<(Self, String)> {
        let arn = format!("arn:aws:sqs:{}:{}:{name}", stack.region, stack.account);
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": sender },
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }],
        });
        let body = json!({ "QueueName": name, "Attributes": { "Policy": policy.to_string() } });
        let answer = aws.call(JsonService::Sqs, "CreateQueue", &body)?;
        let queue_url = answer
            .get("QueueUrl")
            .and_then(Value::as_str)
            .context("a new queue has a URL")?
            .to_owned();
        Ok((
            Self {
                aws: aws.clone(),
                queue_url,
                seen: Vec::new(),
            },
            arn,
        ))
    }

    /// Waits for a message that satisfies `wanted`; one that came earlier counts too.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        wait::until(what, wait::PATIENCE, || {
            if let Some(found) = self.seen.iter().find(|message| wanted(message)) {
                return Ok(Some(found.clone()));
            }
            self.receive(1)?;
            Ok(None)
        })
    }

    /// Everything that arrived until now.
    pub fn so_far(&mut self) -> Result<&[Message]> {
        while self.receive(0)? > 0 {}
        Ok(&self.seen)
    }

    /// Takes up to ten messages, waiting for the first at most `wait_seconds`; says how many.
    fn receive(&mut self, wait_seconds: u32) -> Result<usize> {
        let body = json!({
            "QueueUrl": self.queue_url,
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": wait_seconds,
            "MessageAttributeNames": ["All"],
        });
        let answer = self.aws.call(JsonService::Sqs, "ReceiveMessage", &body)?;
        let messages = answer
            .get("Messages")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for message in messages {
            let receipt = message
                .get("ReceiptHandle")
                .context("a received message has a receipt handle")?;
            let body = json!({ "QueueUrl": self.queue_url, "ReceiptHandle": receipt });
            self.aws.call(JsonService::Sqs, "DeleteMessage", &body)?;
            self.seen.push(Message::read(message)?);
        }
        Ok(messages.len())
    }
}

impl Message {
    fn read(message: &Value) -> Result<Self> {
        let body = message
            .get("Body")
            .and_then(Value::as_str)
            .context("a received message has a body")?;
        let attributes = message
            .get("MessageAttributes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let attributes = attributes.filter_map(|(name, value)| {
            Some((name.clone(), value.get("StringValue")?.as_str()?.to_owned()))
        });
        Ok(Self {
            body: body.to_owned(),
            attributes: attributes.collect(),
        })
    }

    /// The `CloudEvent` in a message that came from the bus, if it is about `profile_id` and of type
    /// `event_type`.
    #[must_use]
    pub fn event(&self, event_type: &str, profile_id: &str) -> Option<Value> {
        let envelope: Value = serde_json::from_str(&self.body).ok()?;
        let event = envelope.get("detail")?;
        let is = |name: &str, value: &str| event.get(name).is_some_and(|found| found == value);
        (is("type", event_type) && is("subject", profile_id)).then(|| event.clone())
    }

    /// An attribute's text.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The texts of the SMS that were sent to `phone`, read from the local stack's list.
pub fn sms_to(http: &Http, stack: &Stack, phone: &str) -> Result<Vec<String>> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("phoneNumber", phone)
        .finish();
    let sent = http
        .get(&format!(
            "{}/_ministack/sns/sms-messages?{query}",
            stack.endpoint
        ))?
        .expect(200)?
        .json()?;
    let messages = sent
        .get("sms_messages")
        .and_then(|by_phone| by_phone.get(phone))
        .and_then(Value::as_array);
    let messages = messages.context("the local stack lists a phone's messages")?;
    Ok(messages
        .iter()
        .filter_map(|message| message.get("Message")?.as_str())
        .map(str::to_owned)
        .collect())
}

/// Whether nothing waits in a queue and nothing taken from it is still being worked on.
pub fn is_drained(aws: &Aws, queue_url: &str) -> Result<bool> {
    let names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
    ];
    let body = json!({ "QueueUrl": queue_url, "AttributeNames": names });
    let answer = aws.call(JsonService::Sqs, "GetQueueAttributes", &body)?;
    let attributes = answer.get("Attributes").context("a queue has attributes")?;
    Ok(names
        .iter()
        .all(|name| attributes.get(name).is_some_and(|count| count == "0")))
}
