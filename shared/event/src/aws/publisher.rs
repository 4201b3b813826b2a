//! Publishing: what goes into one call, what is sent again, and what became of each event. Which bus it
//! is, and how that is called, is [`ClassicBus`]'s alone.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::{Chain, Retry, error::ServiceError, planted};
use serde::Deserialize;

use super::classic::{Answer, ClassicBus, MAX_BYTES, MAX_ENTRIES};

/// How often entries that failed are sent again before they are left to the next delivery.
const ROUNDS: u32 = 3;

/// Puts events on the bus: `events:PutEvents` on it, and nothing else.
#[derive(Debug, Clone)]
pub struct EventPublisher {
    bus: ClassicBus,
}

/// Why an event is not on the bus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The call failed.
    #[error("the event could not be published")]
    Service(#[from] ServiceError),
    /// EventBridge took the call and not this entry.
    #[error("the event bus refused the event: {code}")]
    Refused {
        /// EventBridge's code for it.
        code: String,
        /// Whether sending it again may help.
        retry: Retry,
    },
}

impl PublishError {
    /// Whether publishing again may help. A call that failed as a whole says nothing about one
    /// event (a permission is missing, the bus is gone): that is mended without touching the event.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Service(_) => Retry::MayHelp,
            Self::Refused { retry, .. } => *retry,
        }
    }
}

/// An event ready to be sent: its JSON, and what EventBridge wants to know of it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub(super) json: String,
    pub(super) head: Head,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Head {
    id: String,
    pub(super) source: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) time: Timestamp,
    correlationid: Option<String>,
    dataref: Option<String>,
}

impl Outgoing {
    /// Takes an event in its structured form; `None` if it is none.
    #[must_use]
    pub fn new(json: String) -> Option<Self> {
        let head = serde_json::from_str(&json).ok()?;
        Some(Self { json, head })
    }

    /// The same, for which EventBridge is told another source than the event's own: rules match on
    /// it, so that it is nothing that a stranger chose.
    #[must_use]
    pub fn sent_by(mut self, source: impl Into<String>) -> Self {
        self.head.source = source.into();
        self
    }

    /// Lets the request that the event follows from be found again on this hop.
    fn log(&self, outcome: &Result<(), PublishError>) {
        let Head {
            id,
            correlationid,
            dataref,
            ..
        } = &self.head;
        // A partner's ids may say anything: where its event is kept says nothing.
        let id = dataref.as_ref().unwrap_or(id);
        let correlation = correlationid.as_deref().unwrap_or_default();
        match outcome {
            Ok(()) => {
                tracing::info!(
                    event.id = id,
                    correlation.id = correlation,
                    "an event is published"
                );
            }
            Err(error) => {
                let error = Chain(error);
                tracing::warn!(event.id = id, correlation.id = correlation, %error, "an event is not published");
            }
        }
    }
}

impl EventPublisher {
    /// A publisher on `bus`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bus: impl Into<String>) -> Self {
        Self {
            bus: ClassicBus::new(sdk, bus.into()),
        }
    }

    /// Publishes the events; the answers are in the events' order.
    pub async fn publish(&self, events: &[Outgoing]) -> Vec<Result<(), PublishError>> {
        let mut outcomes = Vec::with_capacity(events.len());
        let mut rest = events;
        while !rest.is_empty() {
            let (call, later) = rest.split_at(fitting(rest));
            outcomes.extend(self.publish_call(call).await);
            rest = later;
        }
        for (event, outcome) in events.iter().zip(&outcomes) {
            event.log(outcome);
        }
        outcomes
    }

    /// Publishes what fits into one call, and sends again what that call did not take.
    async fn publish_call(&self, events: &[Outgoing]) -> Vec<Result<(), PublishError>> {
        let mut outcomes: Vec<Option<Result<(), PublishError>>> = vec![None; events.len()];
        for round in 1..=ROUNDS {
            let pending: Vec<usize> = (0..events.len())
                .filter(|i| outcomes.get(*i) == Some(&None))
                .collect();
            let again: Vec<&Outgoing> = pending.iter().filter_map(|i| events.get(*i)).collect();
            let answers = self.bus.put(&again).await;
            for (position, event) in pending.iter().enumerate() {
                let outcome = match &answers {
                    Ok(answers) => entry_outcome(answers.get(position), round),
                    Err(error) => Some(Err(error.clone().into())),
                };
                if let Some(slot) = outcomes.get_mut(*event) {
                    *slot = outcome;
                }
            }
            if outcomes.iter().all(Option::is_some) {
                break;
            }
            tokio::time::sleep(pause(round, events)).await;
        }
        outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| Err(unanswered())))
            .collect()
    }
}

/// How many events, from the first on, go into one call.
fn fitting(events: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fit = events.iter().take(MAX_ENTRIES).take_while(|event| {
        bytes += ClassicBus::size(event);
        bytes < MAX_BYTES
    });
    // One that is too large by itself goes alone, to be refused by itself.
    fit.count().max(1)
}

/// What became of one entry; `None` if it is to be sent again.
fn entry_outcome(answer: Option<&Answer>, round: u32) -> Option<Result<(), PublishError>> {
    let (code, retry) = match answer {
        None => return Some(Err(unanswered())),
        Some(Answer::Taken) => return Some(Ok(())),
        Some(Answer::Refused { code, retry }) => (code, *retry),
    };
    if planted::is_on("publish-ignores-failed-entries") {
        return Some(Ok(()));
    }
    let again = retry == Retry::MayHelp && round < ROUNDS;
    (!again).then(|| {
        Err(PublishError::Refused {
            code: code.clone(),
            retry,
        })
    })
}

fn unanswered() -> PublishError {
    PublishError::Refused {
        code: "NoAnswer".to_owned(),
        retry: Retry::MayHelp,
    }
}

/// 50 to 100 ms, then 100 to 200 ms. The tail of an event's text, its own random id, is jitter
/// enough, and the same in each run of a test.
fn pause(round: u32, events: &[Outgoing]) -> Duration {
    let tail: u64 = events
        .iter()
        .flat_map(|event| event.json.bytes())
        .map(u64::from)
        .sum();
    Duration::from_millis((50 + tail % 50) << (round - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(padding: usize) -> Outgoing {
        let json = serde_json::json!({ "id": "i", "source": "s", "type": "t", "time": "2026-01-15T09:00:00Z", "data": "x".repeat(padding) });
        Outgoing::new(json.to_string()).unwrap()
    }

    #[test]
    fn a_call_takes_ten_events_and_less_than_its_bytes() {
        assert_eq!(fitting(&vec![event(10); 25]), 10);
        assert_eq!(fitting(&vec![event(300_000); 5]), 3);
        assert_eq!(fitting(&vec![event(2_000_000); 2]), 1);
    }
}
