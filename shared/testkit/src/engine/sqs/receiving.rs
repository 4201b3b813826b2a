//! What looks at a queue and takes from it.

use std::{ops::RangeInclusive, time::Duration};

use lambda_kit::clock::later;
use serde_json::{Map, Value, json};

use super::{Refusal, Sqs, held::Receipt, text};
use crate::call::each;

/// For how many seconds a received message is hidden where nothing else is said.
const HIDDEN: u64 = 30;
/// For how many seconds a message may be hidden at most.
const LONGEST_HIDDEN: u64 = 43_200;

impl Sqs {
    /// `GetQueueAttributes`: how many messages there are.
    pub(super) fn attributes(&self, queue: &str, input: &Value) -> Value {
        let now = self.clock.now();
        let held = self.all_held();
        let counted = |counts: &dyn Fn(&super::Held) -> bool| {
            let held = held.iter().filter(|held| held.is_in(queue));
            held.filter(|held| counts(held)).count().to_string()
        };
        let all = [
            (
                "ApproximateNumberOfMessages",
                counted(&|held| held.is_visible(now)),
            ),
            (
                "ApproximateNumberOfMessagesNotVisible",
                counted(&|held| held.is_in_flight(now)),
            ),
            (
                "ApproximateNumberOfMessagesDelayed",
                counted(&|held| !held.is_visible(now) && !held.is_in_flight(now)),
            ),
        ];
        let is_asked_for = |name: &str| {
            let mut asked = each(input, "AttributeNames").filter_map(Value::as_str);
            asked.any(|asked| asked == "All" || asked == name)
        };
        let asked: Map<String, Value> = all
            .into_iter()
            .filter(|(name, _)| is_asked_for(name))
            .map(|(name, count)| (name.to_owned(), count.into()))
            .collect();
        json!({ "Attributes": asked })
    }

    /// `ReceiveMessage`: those that are not hidden, the oldest first, though AWS promises no order.
    pub(super) fn receive(&self, queue: &str, input: &Value) -> Result<Value, Refusal> {
        let most = number(input, "MaxNumberOfMessages", &(1..=10))?.unwrap_or(1);
        let hidden = number(input, "VisibilityTimeout", &(0..=LONGEST_HIDDEN))?.unwrap_or(HIDDEN);
        number(input, "WaitTimeSeconds", &(0..=20))?;
        let now = self.clock.now();
        let mut held = self.all_held();
        let messages: Vec<Value> = held
            .iter_mut()
            .filter(|held| held.is_in(queue) && held.is_visible(now))
            .take(usize::try_from(most).unwrap_or(usize::MAX))
            .map(|held| held.receive(input, Duration::from_secs(hidden), now))
            .collect();
        if messages.is_empty() {
            return Ok(json!({}));
        }
        Ok(json!({ "Messages": messages }))
    }

    /// `DeleteMessage`. By a receipt of an earlier time a message is not deleted, and nobody is told.
    pub(super) fn delete(&self, queue: &str, input: &Value) -> Result<Value, Refusal> {
        let handle = text(input, "ReceiptHandle");
        let mut held = self.all_held();
        let mut of_queue = held.iter_mut().filter(|held| held.was_in(queue));
        let named = of_queue.find(|held| held.receipt(handle) != Receipt::Another);
        let named = named.ok_or_else(invalid_receipt)?;
        if named.receipt(handle) == Receipt::Latest {
            named.delete();
        }
        Ok(json!({}))
    }

    /// `ChangeMessageVisibility`.
    pub(super) fn change_visibility(&self, queue: &str, input: &Value) -> Result<Value, Refusal> {
        let hidden = number(input, "VisibilityTimeout", &(0..=LONGEST_HIDDEN))?;
        let handle = text(input, "ReceiptHandle");
        let now = self.clock.now();
        let mut held = self.all_held();
        let mut of_queue = held.iter_mut().filter(|held| held.is_in(queue));
        let named = of_queue.find(|held| held.receipt(handle) != Receipt::Another);
        let named = named.ok_or_else(invalid_receipt)?;
        if named.is_visible(now) {
            let reason = format!(
                "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."
            );
            return Err(("MessageNotInflight", reason));
        }
        if named.receipt(handle) == Receipt::Latest {
            let hidden = Duration::from_secs(hidden.unwrap_or_default());
            named.hide_until(later(now, hidden));
        }
        Ok(json!({}))
    }
}

fn invalid_receipt() -> Refusal {
    let reason = "The input receipt handle is invalid.";
    ("ReceiptHandleIsInvalid", reason.to_owned())
}

/// A number of the input, if it is there.
fn number(input: &Value, name: &str, takes: &RangeInclusive<u64>) -> Result<Option<u64>, Refusal> {
    let Some(given) = input.get(name) else {
        return Ok(None);
    };
    let number = given.as_u64().filter(|number| takes.contains(number));
    number.map(Some).ok_or_else(|| {
        let (least, most) = (takes.start(), takes.end());
        let reason = format!(
            "Value {given} for parameter {name} is invalid. Reason: Must be between {least} and {most}, if provided."
        );
        ("InvalidParameterValue", reason)
    })
}
