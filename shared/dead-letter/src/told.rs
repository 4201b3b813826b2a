//! What a dead letter tells: why it is there, what it is about, and how it gets back.

use lambda_kit::redact::Redacted;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{DeadLetterQueue, FilledBy, Letter, Table};

/// As much of somebody else's sentence as is repeated.
const LONGEST: usize = 256;

/// What our own functions' errors are called: their sentences are fixed, and name nobody.
const OWN_ERROR: &str = "FunctionError";

/// What a dead letter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The function whose work it was.
    pub function: String,
    /// Why it is here.
    pub cause: Cause,
    /// The same in the words of whoever gave up.
    pub detail: Option<String>,
    /// What it is about.
    pub about: About,
    /// How it gets back.
    pub way: Way,
}

/// Why a message is a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Its function failed each time that it was delivered. Why, its log says.
    FailedEachTime,
    /// A rule could not bring it to its queue.
    Undeliverable,
    /// A schedule could not start its function.
    NotStarted,
    /// A run failed.
    RunFailed,
    /// Its function can't process it.
    Parked,
    /// Lambda gave up on it in a stream, and says where it lay.
    GivenUp,
    /// It has none of the forms that belong here.
    Unreadable,
}

impl Cause {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailedEachTime => "failed-each-time",
            Self::Undeliverable => "undeliverable",
            Self::NotStarted => "not-started",
            Self::RunFailed => "run-failed",
            Self::Parked => "parked",
            Self::GivenUp => "given-up",
            Self::Unreadable => "unreadable",
        }
    }
}

/// By which ids what a message is about is found elsewhere: nothing of what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// An event's id.
    pub event_id: Option<String>,
    /// Its type.
    pub event_type: Option<String>,
    /// The tenant of an event that a partner sent.
    pub tenant: Option<String>,
    /// The request that it follows from: the log of each hop has it.
    pub correlation_id: Option<String>,
    /// A delivery to a partner.
    pub delivery_id: Option<String>,
    /// What a parked thing is called.
    pub row: Option<String>,
}

/// How a message gets back to where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Into the queue that it came from, or was for.
    Queue,
    /// Its row, by its key, is to be relayed again.
    Outbox {
        /// The table.
        table: Table,
        /// The row's key: its attributes' names and values.
        key: Vec<(&'static str, String)>,
    },
    /// The change of a stream that it holds is archived.
    Archive(Redacted<String>),
    /// By none of its own: what it points at is found by the sweep.
    Sweep,
    /// By none of its own: the next run does what this one left.
    NextRun,
    /// By none.
    None,
}

impl Way {
    /// Its name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Outbox { .. } => "outbox",
            Self::Archive(_) => "archive",
            Self::Sweep => "sweep",
            Self::NextRun => "next-run",
            Self::None => "none",
        }
    }
}

/// EventBridge's envelope, as far as it says what an event is.
#[derive(Deserialize, Default)]
struct Envelope {
    #[serde(rename = "detail-type", default)]
    kind: Option<String>,
    #[serde(default)]
    detail: Detail,
}

#[derive(Deserialize, Default)]
struct Detail {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    correlationid: Option<String>,
    #[serde(default)]
    tenantid: Option<String>,
}

/// The delivery to a partner that a message of the queue `webhooks` names.
#[derive(Deserialize)]
struct Ticket {
    delivery_id: String,
}

/// What a function parks: `lambda_kit::parking::Parked`.
#[derive(Deserialize)]
struct Parked<'a> {
    service: String,
    key: String,
    cause: String,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// What Lambda sends to a destination for failures, of a run or of a stream
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>).
#[derive(Deserialize)]
struct LambdaRecord {
    #[serde(rename = "requestContext")]
    context: RequestContext,
    #[serde(rename = "responsePayload", default)]
    answer: Value,
    #[serde(rename = "DDBStreamBatchInfo", default)]
    batch: Option<StreamBatch>,
}

#[derive(Deserialize)]
struct RequestContext {
    condition: String,
}

#[derive(Deserialize)]
struct StreamBatch {
    #[serde(rename = "batchSize")]
    size: u64,
}

impl Letter {
    /// What it tells, as one that lies in `queue`.
    #[must_use]
    pub fn told(&self, queue: &DeadLetterQueue) -> Told {
        match queue.filled_by {
            FilledBy::Queue { .. } => Told {
                about: self.about(),
                way: Way::Queue,
                ..because(queue, Cause::FailedEachTime, None)
            },
            FilledBy::Rule { .. } => Told {
                about: self.about(),
                way: Way::Queue,
                ..because(queue, Cause::Undeliverable, self.rules_error())
            },
            FilledBy::Schedule => Told {
                way: Way::NextRun,
                ..self.told_by_schedule(queue)
            },
            FilledBy::Stream { table } => self.told_by_stream(queue, table),
        }
    }

    fn told_by_schedule(&self, queue: &DeadLetterQueue) -> Told {
        if let Some(error) = self.rules_error() {
            return because(queue, Cause::NotStarted, Some(error));
        }
        match serde_json::from_str::<LambdaRecord>(self.body.expose()) {
            Ok(record) => because(queue, Cause::RunFailed, Some(record.detail())),
            Err(_) => because(queue, Cause::Unreadable, None),
        }
    }

    fn told_by_stream(&self, queue: &DeadLetterQueue, table: Table) -> Told {
        let body = self.body.expose();
        if let Ok(parked) = serde_json::from_str::<Parked<'_>>(body) {
            return Told {
                function: clipped(&parked.service),
                way: parked.way(table),
                about: About {
                    row: Some(clipped(&parked.key)),
                    ..About::default()
                },
                ..because(queue, Cause::Parked, Some(clipped(&parked.cause)))
            };
        }
        match serde_json::from_str::<LambdaRecord>(body) {
            Ok(record) if record.batch.is_some() => Told {
                // The record has positions, and no changes. Each row that is to be relayed is found by
                // the sweep, stream or no stream; a receipt is in its table no more, and nobody looks
                // for an outcome that was passed over.
                way: match table {
                    Table::Profiles | Table::Events => Way::Sweep,
                    Table::Receipts | Table::Config => Way::None,
                },
                ..because(queue, Cause::GivenUp, Some(record.detail()))
            },
            _ => because(queue, Cause::Unreadable, None),
        }
    }

    /// What EventBridge says of why it could not deliver.
    fn rules_error(&self) -> Option<String> {
        let code = self.text("ERROR_CODE")?;
        Some(match self.text("ERROR_MESSAGE") {
            Some(message) => clipped(&format!("{code}: {message}")),
            None => clipped(code),
        })
    }

    fn about(&self) -> About {
        let body = self.body.expose();
        if let Ok(ticket) = serde_json::from_str::<Ticket>(body) {
            return About {
                delivery_id: Some(clipped(&ticket.delivery_id)),
                ..About::default()
            };
        }
        let Envelope { kind, detail } = serde_json::from_str(body).unwrap_or_default();
        let clipped = |text: Option<String>| text.as_deref().map(clipped);
        About {
            event_id: clipped(detail.id),
            event_type: clipped(kind),
            tenant: clipped(detail.tenantid),
            correlation_id: clipped(detail.correlationid),
            ..About::default()
        }
    }
}

impl Parked<'_> {
    fn way(&self, table: Table) -> Way {
        let key = match table {
            Table::Profiles => self.row_of_a_profile(),
            Table::Events => Some(vec![("event", self.key.clone())]),
            Table::Receipts => {
                return Way::Archive(Redacted::new(self.payload.get().to_owned()));
            }
            // What is no outcome becomes none by being looked at again.
            Table::Config => return Way::None,
        };
        // DynamoDB takes no empty key: what has one was no row.
        let key = key.filter(|key| key.iter().all(|(_, value)| !value.is_empty()));
        key.map_or(Way::None, |key| Way::Outbox { table, key })
    }

    /// The key of the row that was parked, by profile-stream with the change or by profile-sweep as
    /// it was.
    fn row_of_a_profile(&self) -> Option<Vec<(&'static str, String)>> {
        let payload: Value = serde_json::from_str(self.payload.get()).ok()?;
        let row = payload.pointer("/dynamodb/Keys").unwrap_or(&payload);
        ["profile_id", "part"]
            .map(|name| Some((name, row.get(name)?.get("S")?.as_str()?.to_owned())))
            .into_iter()
            .collect()
    }
}

impl LambdaRecord {
    /// Why Lambda gave up, and what the function answered if that is a sentence of ours.
    fn detail(&self) -> String {
        let condition = &self.context.condition;
        if let Some(StreamBatch { size }) = self.batch {
            return clipped(&format!("{condition}: {size} changes"));
        }
        let of_error = |name: &str| self.answer.get(name).and_then(Value::as_str);
        let answered = match of_error("errorType") {
            Some(OWN_ERROR) => of_error("errorMessage"),
            other => other,
        };
        let answered = answered.map(|answered| format!(": {answered}"));
        clipped(&format!("{condition}{}", answered.unwrap_or_default()))
    }
}

/// That a message is here for `cause`, and about nothing, with no way back.
fn because(queue: &DeadLetterQueue, cause: Cause, detail: Option<String>) -> Told {
    Told {
        function: queue.function.clone(),
        cause,
        detail,
        about: About::default(),
        way: Way::None,
    }
}

/// The beginning of a text, on one line.
fn clipped(text: &str) -> String {
    let on_one_line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    on_one_line.take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
