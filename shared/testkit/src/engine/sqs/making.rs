//! Queues that are made and removed while the world goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Refusal, Sqs, text};
use crate::{
    call::members,
    engine::names::{ACCOUNT, QUEUE_PREFIX, REGION, queue_url},
};

/// SQS takes no longer name.
const LONGEST_NAME: usize = 80;

/// For as long as this no queue may be made under the name of one that was removed
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html>).
const GONE: Duration = Duration::from_mins(1);

/// What a queue can be told by the calls here.
const SETTINGS: [&str; 8] = [
    "ContentBasedDeduplication",
    "FifoQueue",
    "MessageRetentionPeriod",
    "Policy",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// A queue that somebody made.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    attributes: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
}

impl Sqs {
    /// `CreateQueue`: one that is there is the same if it has these attributes.
    pub(super) fn create_queue(&self, input: &Value) -> Result<Value, Refusal> {
        let whole = text(input, "QueueName");
        let name = whole.strip_prefix(QUEUE_PREFIX).unwrap_or_default();
        let attributes = texts(input, "Attributes");
        let is_fifo = attributes.get("FifoQueue").is_some_and(|is| is == "true");
        check_name(whole, name, is_fifo)?;
        check_attributes(&attributes)?;
        let now = self.clock.now();
        let gone = SignedDuration::try_from(GONE).unwrap_or_default();
        let mut all = self.all_made();
        if let Some(removed) = all.removed.get(name)
            && now.duration_since(*removed) < gone
        {
            let message = "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
            return Err(("QueueDeletedRecently", message.to_owned()));
        }
        match all.queues.get(name) {
            Some(there) if there.attributes != attributes => {
                let message = "A queue already exists with the same name and a different value for an attribute";
                return Err(("QueueNameExists", message.to_owned()));
            }
            Some(_) => {}
            None => {
                let tags = texts(input, "tags");
                all.queues
                    .insert(name.to_owned(), Made { attributes, tags });
            }
        }
        drop(all);
        Ok(json!({ "QueueUrl": queue_url(name) }))
    }

    /// `DeleteQueue`, with all that lies in it.
    pub(super) fn delete_queue(&self, queue: &str) -> Value {
        let mut all = self.all_made();
        all.queues.remove(queue);
        all.removed.insert(queue.to_owned(), self.clock.now());
        drop(all);
        self.all_held().retain(|held| !held.is_in(queue));
        json!({})
    }

    /// `SetQueueAttributes`.
    pub(super) fn set_attributes(&self, queue: &str, input: &Value) -> Result<Value, Refusal> {
        let attributes = texts(input, "Attributes");
        check_attributes(&attributes)?;
        let mut all = self.all_made();
        let made = all.queues.entry(queue.to_owned()).or_default();
        made.attributes.extend(attributes);
        drop(all);
        Ok(json!({}))
    }

    /// `TagQueue`.
    pub(super) fn tag(&self, queue: &str, input: &Value) -> Value {
        let mut all = self.all_made();
        let made = all.queues.entry(queue.to_owned()).or_default();
        made.tags.extend(texts(input, "Tags"));
        drop(all);
        json!({})
    }

    /// `ListQueueTags`.
    pub(super) fn tags(&self, queue: &str) -> Value {
        let all = self.all_made();
        let tags = all.queues.get(queue).map(|made| made.tags.clone());
        json!({ "Tags": tags.unwrap_or_default() })
    }

    /// `ListQueues`: all that begin so.
    pub(super) fn list_queues(&self, input: &Value) -> Value {
        let prefix = text(input, "QueueNamePrefix");
        let all = self.all_made();
        let made = all.queues.keys().map(String::as_str);
        let named: BTreeSet<&str> = self.names().chain(made).collect();
        let urls = named.into_iter().filter_map(|name| {
            let whole = format!("{QUEUE_PREFIX}{name}");
            whole.starts_with(prefix).then(|| queue_url(name))
        });
        let urls: Vec<String> = urls.collect();
        json!({ "QueueUrls": urls })
    }

    /// Whether there is a queue of that ARN.
    pub(in crate::engine) fn has(&self, arn_asked: &str) -> bool {
        let all = self.all_made();
        let made = all.queues.keys().map(String::as_str);
        made.chain(self.names()).any(|name| arn(name) == arn_asked)
    }

    /// Makes a queue as if it had always been there.
    pub(in crate::engine) fn make(&self, queue: &str) {
        self.all_made()
            .queues
            .insert(queue.to_owned(), Made::default());
    }

    /// Somebody removes a queue by hand, so long ago that its name is free.
    pub(in crate::engine) fn remove(&self, queue: &str) {
        self.all_made().queues.remove(queue);
        self.all_held().retain(|held| !held.is_in(queue));
    }

    /// Somebody changes a setting of a queue by hand.
    pub(in crate::engine) fn set(&self, queue: &str, name: &str, value: &str) {
        let mut all = self.all_made();
        let made = all.queues.get_mut(queue).expect("there is such a queue");
        made.attributes.insert(name.to_owned(), value.to_owned());
    }

    /// What queues were made, as a test compares them.
    pub(in crate::engine) fn described(&self) -> Vec<Value> {
        let all = self.all_made();
        let told = all.queues.iter().map(|(name, made)| {
            json!({ "name": name, "attributes": made.attributes, "tags": made.tags })
        });
        told.collect()
    }
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{QUEUE_PREFIX}{queue}")
}

fn check_name(whole: &str, name: &str, is_fifo: bool) -> Result<(), Refusal> {
    let stem = whole
        .strip_suffix(".fifo")
        .filter(|_| is_fifo)
        .unwrap_or(whole);
    let well_formed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let is_allowed = !name.is_empty()
        && (1..=LONGEST_NAME).contains(&whole.len())
        && stem.bytes().all(well_formed)
        && whole.strip_suffix(".fifo").is_some() == is_fifo;
    if is_allowed {
        return Ok(());
    }
    let message =
        format!("testkit's queues begin with {QUEUE_PREFIX}, and {whole} is no such name");
    Err(("InvalidParameterValue", message))
}

fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (name, value) in attributes {
        let is_known = SETTINGS.contains(&name.as_str());
        let is_policy = !name.ends_with("Policy") || serde_json::from_str::<Value>(value).is_ok();
        if !is_known || !is_policy {
            let message = format!("Invalid value for the parameter {name}.");
            return Err(("InvalidAttributeValue", message));
        }
    }
    Ok(())
}

fn texts(input: &Value, field: &str) -> BTreeMap<String, String> {
    let all = members(input, field);
    let texts = all.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    texts.collect()
}
