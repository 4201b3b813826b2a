//! What the routes take and answer, for the API's description.

use openapi::{Answer, Caller, Method, Route, Service, json};

use crate::{
    READ, REDRIVE,
    representation::{DeadLetterMessagesResponse, DeadLettersResponse, RedriveResponse},
    request::{MessageId, RedriveRequest},
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), show(), redrive()],
    }
}

fn list() -> Route {
    let example = json!({
        "queues": [{
            "queue": "events-in-dead-letters",
            "purpose": "messages of events-in on which event-router failed each time",
            "function": "event-router",
            "filled_by": "queue",
            "goes_back_to": "events-in",
            "approximate_count": 3,
            "oldest_at": "2026-01-15T09:00:00Z",
            "oldest_age": "PT3H25M10S",
        }],
    });
    Route::new(
        Method::Get,
        "/v1/dead-letters",
        "Where what could not be processed lies, and how much of it there is",
    )
    .caller(Caller::Operator(READ))
    .answers(Answer::json::<DeadLettersResponse<'_>>(
        200,
        "Every dead-letter queue, the empty ones, too.",
        &example,
    ))
}

fn show() -> Route {
    let example = json!({
        "queue": "events-in-dead-letters",
        "approximate_count": 1,
        "messages": [{
            "message_id": "5fea7756-0ea4-451a-a703-a558b933e274",
            "function": "event-router",
            "cause": "failed-each-time",
            "sent_at": "2026-01-15T09:00:00Z",
            "first_received_at": "2026-01-15T09:00:01Z",
            "age": "PT3H25M10S",
            "receive_count": 6,
            "way_back": "queue",
            "event_id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
            "event_type": "com.example.order.placed.v1",
            "tenant": "harbour",
            "correlation_id": "JKJaXmPLvHcESHA=",
        }],
        "more": false,
    });
    let route = Route::new(
        Method::Get,
        "/v1/dead-letters/{queue}",
        "What lies in a dead-letter queue, and why",
    );
    of_queue(route)
        .caller(Caller::Operator(READ))
        .details("While they are shown, for some seconds, nobody else gets the messages.")
        .answers(Answer::json::<DeadLetterMessagesResponse<'_>>(
            200,
            "A hundred of them at most, the oldest first, without what they say.",
            &example,
        ))
}

fn redrive() -> Route {
    let asked = json!({ "messages": ["5fea7756-0ea4-451a-a703-a558b933e274"] });
    let example = json!({
        "queue": "events-in-dead-letters",
        "messages": [{
            "message_id": "5fea7756-0ea4-451a-a703-a558b933e274",
            "outcome": "queued",
        }],
        "more": false,
    });
    let route = Route::new(
        Method::Post,
        "/v1/dead-letters/{queue}/redrive",
        "Has messages processed again, all or those that are named",
    );
    of_queue(route)
        .caller(Caller::Operator(REDRIVE))
        .details(
            "Each goes back to where it came from before it leaves the queue. What was done before an answer 503 is \
             done: send the request again.",
        )
        .takes::<RedriveRequest>(&["application/json"], &asked)
        .answers(Answer::json::<RedriveResponse<'_>>(
            200,
            "What became of each: 500 of them at most.",
            &example,
        ))
        .problems(&["invalid-field"])
}

fn of_queue(route: Route) -> Route {
    route
        .path::<QueueName>("queue", "Which one.")
        .problems(&["no-such-dead-letter-queue"])
}

/// The name of a dead-letter queue.
struct QueueName;

openapi::texts! {
    QueueName: "The name of a dead-letter queue.", "^[a-z][0-9a-z_-]{0,79}$", "notification-dead-letters";
    MessageId as "DeadLetterId": "The id of a message, as its queue made it.", "^[0-9A-Za-z-]{1,100}$", "5fea7756-0ea4-451a-a703-a558b933e274";
}
