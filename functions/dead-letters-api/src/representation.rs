//! How dead letters look to an operator: why they are there and what they are about, and nothing of
//! what they say.

use dead_letter::{About, DeadLetterQueue, FilledBy, Letter, Told};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::http::Response;
use serde::Serialize;

use crate::{redrive::Redriven, routes::State};

/// All queues.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeadLettersResponse<'a> {
    queues: Vec<DeadLetterQueueResponse<'a>>,
}

/// A queue, and how much lies in it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeadLetterQueueResponse<'a> {
    queue: &'a str,
    /// What is in it, in a few words.
    purpose: String,
    /// The function whose work it was.
    function: &'a str,
    /// `queue`, `rule`, `schedule` or `stream`.
    filled_by: &'static str,
    /// The queue that its messages go back to, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    goes_back_to: Option<&'a str>,
    /// As SQS counts, which is not exact.
    approximate_count: u64,
    /// When the oldest of up to ten of them was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    oldest_at: Option<Timestamp>,
    /// How long ago that was, as ISO 8601 writes durations.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_age: Option<String>,
}

/// What lies in a queue.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeadLetterMessagesResponse<'a> {
    queue: &'a str,
    /// As SQS counts, which is not exact.
    approximate_count: u64,
    messages: Vec<DeadLetterResponse<'a>>,
    /// Whether there may be more than these.
    more: bool,
}

/// A message, without what it says.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeadLetterResponse<'a> {
    message_id: &'a str,
    /// The function whose work it was.
    function: String,
    /// `failed-each-time`, `undeliverable`, `not-started`, `run-failed`, `parked`, `given-up` or
    /// `unreadable`.
    cause: &'static str,
    /// The same in the words of whoever gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    sent_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    first_received_at: Option<Timestamp>,
    /// How long ago it was sent, as ISO 8601 writes durations.
    age: String,
    /// How often it was received, by whoever looked at it as well.
    receive_count: u32,
    /// How it would get back: `queue`, `outbox`, `archive`, `sweep`, `next-run` or `none`.
    way_back: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    /// The tenant of an event that a partner sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    /// The request that it follows from: the logs of all functions have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// A delivery to a partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_id: Option<String>,
    /// What a parked thing is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
}

/// What became of those that were to be processed again.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct RedriveResponse<'a> {
    queue: &'a str,
    messages: Vec<RedrivenResponse<'a>>,
    /// Whether there may be more of them: ask again.
    more: bool,
}

/// What became of a message.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct RedrivenResponse<'a> {
    message_id: &'a str,
    /// `queued`, `relayed`, `not-parked`, `archived`, `left-to-sweep`, `left-to-next-run`, `stays` or
    /// `not-found`.
    outcome: &'static str,
}

pub(crate) fn list(states: &[State<'_>], now: Timestamp) -> Response {
    let queues = states.iter().map(|state| DeadLetterQueueResponse {
        queue: &state.queue.name,
        purpose: state.queue.purpose(),
        function: &state.queue.function,
        filled_by: filled_by(&state.queue.filled_by),
        goes_back_to: state.queue.back(),
        approximate_count: state.count,
        oldest_at: state.oldest,
        oldest_age: state.oldest.map(|oldest| age(oldest, now)),
    });
    let body = DeadLettersResponse {
        queues: queues.collect(),
    };
    Response::json(200, "application/json", &body)
}

pub(crate) fn show(
    queue: &DeadLetterQueue,
    approximate_count: u64,
    letters: &[Letter],
    more: bool,
    now: Timestamp,
) -> Response {
    let messages = letters.iter().map(|letter| message(letter, queue, now));
    let body = DeadLetterMessagesResponse {
        queue: &queue.name,
        approximate_count,
        messages: messages.collect(),
        more,
    };
    Response::json(200, "application/json", &body)
}

pub(crate) fn redriven(queue: &DeadLetterQueue, redriven: &Redriven) -> Response {
    let messages = redriven.outcomes.iter();
    let messages = messages.map(|(message_id, outcome)| RedrivenResponse {
        message_id,
        outcome: outcome.as_str(),
    });
    let body = RedriveResponse {
        queue: &queue.name,
        messages: messages.collect(),
        more: redriven.more,
    };
    Response::json(200, "application/json", &body)
}

fn message<'a>(
    letter: &'a Letter,
    queue: &DeadLetterQueue,
    now: Timestamp,
) -> DeadLetterResponse<'a> {
    let Told {
        function,
        cause,
        detail,
        about,
        way,
    } = letter.told(queue);
    let About {
        event_id,
        event_type,
        tenant,
        correlation_id,
        delivery_id,
        row,
    } = about;
    DeadLetterResponse {
        message_id: &letter.message_id,
        function,
        cause: cause.as_str(),
        detail,
        sent_at: letter.sent_at,
        first_received_at: letter.first_received_at,
        age: age(letter.sent_at, now),
        receive_count: letter.receive_count,
        way_back: way.as_str(),
        event_id,
        event_type,
        tenant,
        correlation_id,
        delivery_id,
        row,
    }
}

const fn filled_by(filled_by: &FilledBy) -> &'static str {
    match filled_by {
        FilledBy::Queue { .. } => "queue",
        FilledBy::Rule { .. } => "rule",
        FilledBy::Schedule => "schedule",
        FilledBy::Stream { .. } => "stream",
    }
}

/// How long ago it was, in whole seconds: `PT3H25M10S`.
fn age(sent_at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(sent_at).as_secs().max(0);
    SignedDuration::from_secs(seconds).to_string()
}
