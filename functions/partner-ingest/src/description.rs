//! What the route takes and answers, for the API's description.

use intake::{NoneTaken, ToldOfAll};
use openapi::{
    Answer, Caller, Method, Route, Service, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, SchemaType, Type},
        },
    },
};

use crate::WRITE;

/// The media types of a CloudEvent and of many; with `ce-` headers any other type is that of the data.
const MEDIA_TYPES: [&str; 3] = [
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
];

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![events()],
    }
}

fn events() -> Route {
    let event = json!({
        "specversion": "1.0",
        "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
        "source": "/shops/17",
        "type": "com.example.order.placed.v1",
        "time": "2026-01-15T09:00:00Z",
        "subject": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "datacontenttype": "application/json",
        "data": { "order": "4711", "amount": 1250 },
    });
    let id = "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21";
    let kept = json!({ "events": [{ "index": 0, "id": id, "status": "accepted" }] });
    Route::known_again(
        Method::Post,
        "/v1/events",
        "Takes events as CloudEvents 1.0: one, or up to 1,000 in a batch",
    )
    .details(
        "Structured, binary and batched mode of the HTTP binding, packed by gzip or not. An event is known by its \
         `source` and `id`: sent again it is a `duplicate`, and another one under the same is refused. A batch is \
         answered event by event; 202 says that at least one of them is kept.",
    )
    .caller(Caller::Machine(WRITE))
    .takes::<EventsRequest>(&MEDIA_TYPES, &event)
    .answers(Answer::json::<ToldOfAll>(
        202,
        "What became of each event, in their order.",
        &kept,
    ))
    .problem_as::<NoneTaken>("event-id-taken")
    .problem_as::<NoneTaken>("events-refused")
    .problems(&[
        "content-encoding",
        "event-too-large",
        "invalid-event",
        "reserved-name",
        "schema-violation",
        "too-many-events",
        "unknown-event-type",
    ])
}

/// A CloudEvent, or an array of them.
struct EventsRequest;

impl PartialSchema for EventsRequest {
    fn schema() -> RefOr<Schema> {
        let array = ArrayBuilder::new()
            .items(event())
            .max_items(Some(1_000))
            .build();
        let choices = AnyOfBuilder::new().item(event()).item(array);
        choices.into()
    }
}

impl ToSchema for EventsRequest {}

fn event() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .property("specversion", text().enum_values(Some(["1.0"])))
        .required("specversion")
        .property("id", text().pattern(Some("^[!-~]{1,256}$")))
        .required("id")
        .property("source", text().max_length(Some(1_024)))
        .required("source")
        .property("type", text().pattern(Some("^[!-~]{1,128}$")))
        .required("type")
        .property("time", text())
        .property("subject", text())
        .property("datacontenttype", text())
        .property("dataschema", text())
        .property("data_base64", text())
        .build()
        .into()
}
