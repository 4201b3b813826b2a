//! SNS: `Publish`, to a topic or to a phone number, and who is subscribed to topics, in the query protocol.

mod subscriptions;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::{
    answer,
    names::{
        ACCOUNT, CONFIGURATION_TOPIC, FANOUT_TOPIC, NOTIFICATIONS_TOPIC, ON_CALL_TOPIC, REGION,
        SMS_TOPIC, SUPPORT_TOPIC,
    },
};
use crate::{Call, call::members};

pub use self::subscriptions::Subscription;
use self::subscriptions::Subscriptions;

/// What a message may weigh with its attributes: 256 KiB.
const MAX_BYTES: usize = 262_144;
/// What one `Publish` to a phone number may carry.
const MAX_SMS_CHARACTERS: usize = 1_600;
const ID_MAKER: u32 = 0x50_5000;

/// Whom a notification goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// A topic, by name.
    Topic(String),
    /// A phone number, in E.164 form.
    Phone(String),
}

/// A message that SNS has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The id that SNS gave it.
    pub message_id: String,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// The message.
    pub message: String,
    /// The subject line of an e-mail.
    pub subject: Option<String>,
    /// Its message attributes by name; binary values in base64.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Default)]
pub(super) struct Sns {
    published: Mutex<Vec<Notification>>,
    subscriptions: Subscriptions,
}

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

impl Sns {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let answered = match call.operation.as_str() {
            "Publish" => self
                .publish(input)
                .map(|id| format!("<MessageId>{id}</MessageId>")),
            "Subscribe" => self.subscriptions.subscribe(input),
            "Unsubscribe" => self.subscriptions.unsubscribe(input),
            "ListSubscriptionsByTopic" => self.subscriptions.list(input),
            other => {
                let message = format!("testkit's SNS has no {other}");
                return answer::xml_error(StatusCode::BAD_REQUEST, "InvalidAction", &message);
            }
        };
        match answered {
            Ok(result) => {
                let operation = &call.operation;
                answer::xml(
                    StatusCode::OK,
                    format!(
                        "<{operation}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{operation}Result>\
                         {result}</{operation}Result><ResponseMetadata><RequestId>simulated</RequestId>\
                         </ResponseMetadata></{operation}Response>"
                    ),
                )
            }
            Err((status, code, message)) => answer::xml_error(status, code, &message),
        }
    }

    /// Who is subscribed to topics.
    pub(super) fn subscriptions(&self) -> Vec<Subscription> {
        self.subscriptions.all()
    }

    /// Subscribes somebody as if they had always been.
    pub(super) fn put_subscription(&self, topic: &str, protocol: &str, endpoint: &str) {
        let put = self
            .subscriptions
            .put(topic, (protocol, endpoint), BTreeMap::new());
        put.expect("nobody is subscribed there otherwise");
    }

    pub(super) fn published(&self) -> Vec<Notification> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn publish(&self, input: &Value) -> Result<String, Refusal> {
        let recipient = recipient(input)?;
        let message = field(input, "Message").unwrap_or_default();
        let subject = field(input, "Subject");
        let attributes = attributes(input)?;
        check_message(message, &recipient, &attributes)?;
        subject.map_or(Ok(()), check_subject)?;
        let mut published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let message_id = answer::numbered_id(ID_MAKER, published.len() + 1);
        published.push(Notification {
            message_id: message_id.clone(),
            recipient,
            message: message.to_owned(),
            subject: subject.map(str::to_owned),
            attributes: attributes
                .into_iter()
                .map(|(name, (_, value))| (name, value))
                .collect(),
        });
        Ok(message_id)
    }
}

fn recipient(input: &Value) -> Result<Recipient, Refusal> {
    let arn = field(input, "TopicArn").or_else(|| field(input, "TargetArn"));
    match (arn, field(input, "PhoneNumber")) {
        (Some(arn), None) => topic(arn).map(|name| Recipient::Topic(name.to_owned())),
        (None, Some(number)) if is_e164(number) => Ok(Recipient::Phone(number.to_owned())),
        (None, Some(number)) => Err(invalid(&format!(
            "PhoneNumber Reason: {number} is not valid to publish to"
        ))),
        _ => Err(invalid(
            "TopicArn or TargetArn Reason: exactly one of TopicArn, TargetArn and PhoneNumber is needed",
        )),
    }
}

fn topic(arn: &str) -> Result<&'static str, Refusal> {
    let here = format!("arn:aws:sns:{REGION}:{ACCOUNT}:");
    let name = arn.strip_prefix(&here);
    [
        NOTIFICATIONS_TOPIC,
        FANOUT_TOPIC,
        CONFIGURATION_TOPIC,
        SUPPORT_TOPIC,
        ON_CALL_TOPIC,
        SMS_TOPIC,
    ]
    .into_iter()
    .find(|known| Some(*known) == name)
    .ok_or_else(|| {
        (
            StatusCode::NOT_FOUND,
            "NotFound",
            "Topic does not exist".to_owned(),
        )
    })
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Name → type and value.
type Attributes = BTreeMap<String, (String, String)>;

fn attributes(input: &Value) -> Result<Attributes, Refusal> {
    members(input, "MessageAttributes")
        .map(|(name, attribute)| {
            let part = |part: &str| field(attribute, part).filter(|text| !text.is_empty());
            let value = part("StringValue").or_else(|| part("BinaryValue"));
            let well_named = name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
            match (part("DataType"), value) {
                (Some(kind), Some(value)) if well_named => {
                    Ok((name.clone(), (kind.to_owned(), value.to_owned())))
                }
                _ => Err((
                    StatusCode::BAD_REQUEST,
                    "ParameterValueInvalid",
                    format!(
                        "The message attribute '{name}' must have a valid name, a type and a value."
                    ),
                )),
            }
        })
        .collect()
}

fn check_message(
    message: &str,
    recipient: &Recipient,
    attributes: &Attributes,
) -> Result<(), Refusal> {
    let extra: usize = attributes
        .iter()
        .map(|(name, (kind, value))| name.len() + kind.len() + value.len())
        .sum();
    if message.is_empty() {
        return Err(invalid("Empty message"));
    }
    let too_long = match recipient {
        Recipient::Phone(_) => message.chars().count() > MAX_SMS_CHARACTERS,
        Recipient::Topic(_) => message.len() + extra > MAX_BYTES,
    };
    if too_long {
        Err(invalid("Message too long"))
    } else {
        Ok(())
    }
}

fn check_subject(subject: &str) -> Result<(), Refusal> {
    let printable = subject.bytes().all(|b| matches!(b, b' '..=b'~'));
    if printable && (1..=100).contains(&subject.len()) {
        Ok(())
    } else {
        Err(invalid("Subject"))
    }
}

fn invalid(what: &str) -> Refusal {
    (
        StatusCode::BAD_REQUEST,
        "InvalidParameter",
        format!("Invalid parameter: {what}"),
    )
}

fn field<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str()
}
