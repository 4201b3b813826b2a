//! SQS, in AWS JSON: what sends messages, and what looks at a queue and takes from it.

mod held;
mod making;
mod message;
mod order;
mod receiving;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode, header::HeaderName};
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use self::{
    held::Held,
    making::Made,
    message::{attribute_values, md5_of_attributes, size},
};
use super::{
    answer::{self, hex},
    names::{FANOUT_PARTNER, QUEUE_PREFIX, queue_url},
};
use crate::{
    Call,
    call::{each, members},
};

/// What a message, and all messages of a batch together, may weigh: 1 MiB.
const MAX_BYTES: usize = 1_048_576;
/// For how many seconds a queue keeps a message back.
const LONGEST_DELAY: u64 = 900;
const ID_MAKER: u32 = 0x59_5000;

/// A message that a queue has taken.
#[derive(Debug, Clone, PartialEq)]
pub struct SentMessage {
    /// The queue's name.
    pub queue: String,
    /// The id that the queue gave it.
    pub message_id: String,
    /// The body.
    pub body: String,
    /// Its message attributes by name; binary values in base64.
    pub attributes: BTreeMap<String, String>,
    /// For how many seconds the queue keeps it back.
    pub delay: u64,
    /// Which messages it is in order with, or in turn with.
    pub group: Option<String>,
    /// By what a queue in order knows that it is the same again.
    pub deduplication: Option<String>,
}

/// The queues, from the one file that also the CDK app reads.
const DEAD_LETTERS: &str = include_str!("../../../../cdk/dead-letters.json");

pub(super) struct Sqs {
    clock: Clock,
    queues: BTreeSet<String>,
    sent: Mutex<Vec<SentMessage>>,
    held: Mutex<Vec<Held>>,
    made: Mutex<AllMade>,
}

/// The queues that were made, and when those were removed that are gone.
#[derive(Default)]
struct AllMade {
    queues: BTreeMap<String, Made>,
    removed: BTreeMap<String, Timestamp>,
    /// What queues in order have taken, and when.
    taken: BTreeMap<(String, String), (Timestamp, String)>,
}

/// An error's code and its message.
type Refusal = (&'static str, String);

impl Sqs {
    /// Empty queues, on `clock`'s time.
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            queues: queues(),
            sent: Mutex::default(),
            held: Mutex::default(),
            made: Mutex::default(),
        }
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let Call {
            operation, input, ..
        } = call;
        let made = match operation.as_str() {
            "CreateQueue" => Some(self.create_queue(input)),
            "ListQueues" => Some(Ok(self.list_queues(input))),
            _ => None,
        };
        if let Some(made) = made {
            return made.map_or_else(refused, |output| answer::json(StatusCode::OK, &output));
        }
        let queue = self.queue_of(operation, input);
        let answered = queue.and_then(|queue| match operation.as_str() {
            "SendMessage" => self.send(&queue, input),
            "SendMessageBatch" => self.send_batch(&queue, input),
            "GetQueueUrl" => Ok(json!({ "QueueUrl": queue_url(&queue) })),
            "GetQueueAttributes" => Ok(self.attributes(&queue, input)),
            "ReceiveMessage" => self.receive(&queue, input),
            "DeleteMessage" => self.delete(&queue, input),
            "ChangeMessageVisibility" => self.change_visibility(&queue, input),
            "DeleteQueue" => Ok(self.delete_queue(&queue)),
            "SetQueueAttributes" => self.set_attributes(&queue, input),
            "TagQueue" => Ok(self.tag(&queue, input)),
            "ListQueueTags" => Ok(self.tags(&queue)),
            other => Err((
                "UnsupportedOperation",
                format!("testkit's SQS has no {other}"),
            )),
        });
        answered.map_or_else(refused, |output| answer::json(StatusCode::OK, &output))
    }

    /// The queue that a call is about, by its URL or by its name.
    fn queue_of(&self, operation: &str, input: &Value) -> Result<String, Refusal> {
        let by_name = operation == "GetQueueUrl";
        let asked = text(input, if by_name { "QueueName" } else { "QueueUrl" });
        let last = asked.rsplit('/').next().unwrap_or_default();
        let known = last
            .strip_prefix(QUEUE_PREFIX)
            .filter(|name| self.is_there(name))
            .filter(|name| by_name || asked == queue_url(name));
        known.map(str::to_owned).ok_or_else(|| {
            let message = format!("The specified queue does not exist: {asked}");
            ("QueueDoesNotExist", message)
        })
    }

    /// A message that lies in a queue though nobody sent it by a call.
    pub(super) fn put(
        &self,
        queue: &str,
        body: &str,
        attributes: &[(&str, &str)],
        receive_count: usize,
    ) {
        assert!(
            self.is_there(queue),
            "cdk/dead-letters.json has no queue {queue}"
        );
        let attributes: Map<String, Value> = attributes
            .iter()
            .map(|(name, value)| {
                let value = json!({ "DataType": "String", "StringValue": value });
                ((*name).to_owned(), value)
            })
            .collect();
        let message = json!({ "MessageBody": body, "MessageAttributes": attributes });
        self.hold(queue, &message, receive_count);
    }

    /// What the queues are called.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.queues.iter().map(String::as_str)
    }

    /// What lies in a queue, hidden or not.
    pub(super) fn held(&self, queue: &str) -> Vec<SentMessage> {
        let held = self.all_held();
        let held = held.iter().filter(|held| held.is_in(queue));
        held.map(Held::as_sent).collect()
    }

    fn is_there(&self, queue: &str) -> bool {
        self.queues.contains(queue) || self.all_made().queues.contains_key(queue)
    }

    fn all_made(&self) -> MutexGuard<'_, AllMade> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all_held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message until somebody deletes it; its id.
    fn hold(&self, queue: &str, message: &Value, receive_count: usize) -> String {
        let mut all = self.all_held();
        let id = answer::numbered_id(ID_MAKER, all.len() + 1);
        let now = self.clock.now();
        all.push(Held::new(queue, &id, message, receive_count, now));
        id
    }

    pub(super) fn sent(&self, queue: &str) -> Vec<SentMessage> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter()
            .filter(|message| message.queue == queue)
            .cloned()
            .collect()
    }

    fn send(&self, queue: &str, message: &Value) -> Result<Value, Refusal> {
        check_body(message)?;
        Self::check_order(queue, message)?;
        if size(message) > MAX_BYTES {
            let reason = "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.";
            return Err(("InvalidParameterValue", reason.to_owned()));
        }
        Ok(self.take(queue, message))
    }

    fn send_batch(&self, queue: &str, input: &Value) -> Result<Value, Refusal> {
        check_batch(input)?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in each(input, "Entries") {
            let id = entry.get("Id").cloned().unwrap_or_default();
            match check_body(entry).and_then(|()| Self::check_order(queue, entry)) {
                Ok(()) => {
                    let mut result = self.take(queue, entry);
                    result
                        .as_object_mut()
                        .into_iter()
                        .for_each(|result| _ = result.insert("Id".to_owned(), id.clone()));
                    successful.push(result);
                }
                Err((code, message)) => {
                    failed.push(
                        json!({ "Id": id, "SenderFault": true, "Code": code, "Message": message }),
                    );
                }
            }
        }
        Ok(json!({ "Successful": successful, "Failed": failed }))
    }

    fn take(&self, queue: &str, message: &Value) -> Value {
        let again = self.taken_before(queue, message);
        let is_again = again.is_some();
        let message_id = again.unwrap_or_else(|| self.hold(queue, message, 0));
        self.remember(queue, message, &message_id);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let body = text(message, "MessageBody").to_owned();
        let mut output = json!({ "MessageId": message_id, "MD5OfMessageBody": md5_of_body(&body) });
        if let (Some(md5), Value::Object(output)) = (md5_of_attributes(message), &mut output) {
            output.insert("MD5OfMessageAttributes".to_owned(), md5.into());
        }
        if is_again {
            return output;
        }
        sent.push(SentMessage {
            queue: queue.to_owned(),
            message_id,
            body,
            attributes: attribute_values(message),
            delay: delay(message).unwrap_or_default(),
            group: optional(message, "MessageGroupId"),
            deduplication: optional(message, "MessageDeduplicationId"),
        });
        output
    }
}

/// The MD5 of a message's body as SQS states it.
pub(crate) fn md5_of_body(body: &str) -> String {
    hex(Md5::digest(body))
}

fn refused((kind, message): Refusal) -> Response<Bytes> {
    let mut response = answer::json_error(
        StatusCode::BAD_REQUEST,
        &format!("com.amazonaws.sqs#{kind}"),
        &message,
    );
    // The code that the query protocol had, which SQS still sends along.
    let query_code = match kind {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
        _ if kind.contains("Batch") => format!("AWS.SimpleQueueService.{kind}"),
        _ => kind.to_owned(),
    };
    if let Ok(value) = format!("{query_code};Sender").parse() {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-amzn-query-error"), value);
    }
    response
}

/// The dead-letter queues, and those that their messages go back to; of each that every partner has who
/// takes events by a topic, that of the one partner that there is.
fn queues() -> BTreeSet<String> {
    let described: BTreeMap<String, Value> = serde_json::from_str(DEAD_LETTERS)
        .unwrap_or_else(|error| panic!("cdk/dead-letters.json: {error}"));
    let sources: Vec<String> = described
        .values()
        .filter_map(|letters| letters.get("back")?.as_str())
        .map(str::to_owned)
        .collect();
    let all = described.into_keys().chain(sources);
    all.map(|name| name.replace('*', FANOUT_PARTNER)).collect()
}

fn check_body(message: &Value) -> Result<(), Refusal> {
    let body = text(message, "MessageBody");
    if body.is_empty() {
        let reason = "The request must contain the parameter MessageBody.";
        return Err(("MissingParameter", reason.to_owned()));
    }
    let allowed = |c: char| {
        let plane_0 = matches!(c, ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}');
        plane_0 || matches!(c, '\t' | '\n' | '\r' | '\u{10000}'..)
    };
    if !body.chars().all(allowed) {
        let reason = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | \
                      #xE000 to #xFFFD | #x10000 to #x10FFFF";
        return Err(("InvalidMessageContents", reason.to_owned()));
    }
    if delay(message).is_some_and(|delay| delay > LONGEST_DELAY) {
        let reason = "Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.";
        return Err(("InvalidParameterValue", reason.to_owned()));
    }
    if members(message, "MessageAttributes").count() > 10 {
        let reason =
            "Number of message attributes [more than 10] exceeds the allowed maximum [10].";
        return Err(("InvalidParameterValue", reason.to_owned()));
    }
    Ok(())
}

fn delay(message: &Value) -> Option<u64> {
    message.get("DelaySeconds")?.as_u64()
}

fn check_batch(input: &Value) -> Result<(), Refusal> {
    let entries: Vec<&Value> = each(input, "Entries").collect();
    let ids: BTreeSet<&str> = entries.iter().map(|entry| text(entry, "Id")).collect();
    let well_formed = |id: &&str| {
        (1..=80).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let refusal = if entries.is_empty() {
        (
            "EmptyBatchRequest",
            "There should be at least one SendMessageBatchRequestEntry in the request.",
        )
    } else if entries.len() > 10 {
        (
            "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10.",
        )
    } else if ids.len() < entries.len() {
        (
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.",
        )
    } else if !ids.iter().all(well_formed) {
        (
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores.",
        )
    } else if entries.iter().map(|entry| size(entry)).sum::<usize>() > MAX_BYTES {
        (
            "BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes.",
        )
    } else {
        return Ok(());
    };
    Err((refusal.0, refusal.1.to_owned()))
}

fn optional(message: &Value, field: &str) -> Option<String> {
    message.get(field)?.as_str().map(str::to_owned)
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
