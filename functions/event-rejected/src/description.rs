//! What the routes take and answer, for the API's description.

use openapi::{
    Answer, Caller, Method, Route, Service, Value, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ObjectBuilder, SchemaType, Type},
        },
    },
};
use tenancy::PartnerId;

use crate::{
    WRITE,
    representation::{List, One},
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), read(), resubmit()],
    }
}

fn list() -> Route {
    let example = json!({ "rejected": [rejected()] });
    let route = Route::new(
        Method::Get,
        "/v1/events/rejected",
        "Which of a partner's events were refused in the last 14 days",
    );
    of_a_partner(route)
        .query::<RejectedId>("cursor", "next of the page before.")
        .answers(Answer::json::<List<'_>>(
            200,
            "Fifty of them at most, without what came.",
            &example,
        ))
}

fn read() -> Route {
    let example = json!({ "rejected": rejected(), "raw": "{\"specversion\":\"1.0\"}" });
    let route = Route::new(
        Method::Get,
        "/v1/events/rejected/{rejected_id}",
        "One of them, as it came",
    );
    on_one(route).answers(Answer::json::<One<'_>>(
        200,
        "What is wrong with it, and what came.",
        &example,
    ))
}

fn resubmit() -> Route {
    let event = json!({
        "specversion": "1.0",
        "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
        "source": "/shops/17",
        "type": "com.example.order.placed.v1",
        "data": { "order": "4711" },
    });
    let route = Route::known_again(
        Method::Post,
        "/v1/events/rejected/{rejected_id}/resubmit",
        "Sends one of them again, corrected or as it was",
    );
    on_one(route)
        .details(
            "A message of an SDK is taken as such, and is corrected as such. Of an upload what came is taken, with \
             the data that was put then; a whole request is sent anew to its own route.",
        )
        .takes::<CorrectedEvent>(&["application/cloudevents+json"], &event)
        .answers(Answer::empty(204, "The event is kept."))
        .problems(&[
            "event-id-taken",
            "event-not-kept",
            "event-too-large",
            "invalid-event",
            "not-uploaded",
            "reserved-name",
            "schema-violation",
            "sent-elsewhere",
            "unknown-event-type",
        ])
}

fn on_one(route: Route) -> Route {
    of_a_partner(route)
        .path::<RejectedId>("rejected_id", "Which one.")
        .problems(&["no-such-rejected-event"])
}

fn of_a_partner(route: Route) -> Route {
    route
        .caller(Caller::Machine(WRITE))
        .caller(Caller::Operator(WRITE))
        .query::<PartnerId>("partner", "Whose events, of operators.")
        .problems(&["invalid-parameter", "no-tenant-in-token"])
}

fn rejected() -> Value {
    json!({
        "rejected_id": "rej_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "received_at": "2026-01-15T09:00:00Z",
        "state": "waiting",
        "surface": "events",
        "problem": {
            "type": "https://fairlead.dev/problems/schema-violation",
            "detail": "It does not follow /required of the type's schema.",
            "field": "/data",
        },
        "event_id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
        "bytes": 213,
    })
}

/// The name of a refused event.
struct RejectedId;

openapi::texts! {
    RejectedId: "The name of a refused event.", "^rej_[0-9a-f]{32}$", "rej_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
}

/// A CloudEvent in structured mode, or a message of an SDK in the place of one; without a body, what came.
struct CorrectedEvent;

impl PartialSchema for CorrectedEvent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some(
                "A CloudEvent in structured mode, or a message of an SDK in the place of one.",
            ))
            .build()
            .into()
    }
}

impl ToSchema for CorrectedEvent {}
