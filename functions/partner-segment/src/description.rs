//! What the routes take and answer, for the API's description.

use intake::{MessagesRefused, MessagesTaken};
use openapi::{
    Answer, Caller, Method, Route, Service, Value, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
        },
    },
};

/// What SDKs send is JSON, whatever browsers call it.
const MEDIA_TYPES: [&str; 2] = ["application/json", "text/plain"];

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    let track =
        json!({ "type": "track", "event": "Order placed", "properties": { "order": "4711" } });
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![
            one(
                "/v1/track",
                "Takes what somebody did, as Segment's SDKs send it",
                &about(&track),
            ),
            one(
                "/v1/page",
                "Takes which page somebody saw",
                &about(&json!({ "name": "Pricing" })),
            ),
            one(
                "/v1/screen",
                "Takes which screen somebody saw",
                &about(&json!({ "name": "Basket" })),
            ),
            one(
                "/v1/group",
                "Takes where somebody belongs",
                &about(&json!({ "groupId": "crew-7" })),
            ),
            one(
                "/v1/alias",
                "Takes which id somebody had before",
                &about(&json!({ "previousId": "C-16" })),
            ),
            many(
                "/v1/batch",
                "Takes messages of all kinds, up to 1,000",
                &track,
            ),
            many(
                "/v1/import",
                "Takes messages of earlier times, whose clocks are right",
                &track,
            ),
        ],
    }
}

/// The message `more` of somebody.
fn about(more: &Value) -> Value {
    let mut message = json!({
        "userId": "C-17",
        "messageId": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
        "timestamp": "2026-01-15T09:00:00Z",
    });
    if let (Some(message), Some(more)) = (message.as_object_mut(), more.as_object()) {
        message.extend(more.clone());
    }
    message
}

fn one(path: &'static str, summary: &'static str, message: &Value) -> Route {
    route(path, summary).takes::<SegmentMessage>(&MEDIA_TYPES, message)
}

fn many(path: &'static str, summary: &'static str, message: &Value) -> Route {
    let batch = json!({ "batch": [about(message)], "sentAt": "2026-01-15T09:00:01Z" });
    route(path, summary).takes::<SegmentBatch>(&MEDIA_TYPES, &batch)
}

fn route(path: &'static str, summary: &'static str) -> Route {
    Route::known_again(Method::Post, path, summary)
        .details(
            "By write key: the user name of Basic authentication, or `writeKey` in the body. A message is known by its \
             `messageId`: sent again it is taken once. 200 says that at least one message is kept.",
        )
        .caller(Caller::WriteKey)
        .answers(Answer::json::<MessagesTaken>(
            200,
            "The messages are kept, but for those in `events`.",
            &json!({ "success": true }),
        ))
        .problem_as::<MessagesRefused>("events-refused")
        .problem_as::<MessagesRefused>("event-id-taken")
        .problem_as::<MessagesRefused>("event-too-large")
        .problem_as::<MessagesRefused>("invalid-event")
        .problem_as::<MessagesRefused>("too-many-events")
        .problem_as::<MessagesRefused>("content-encoding")
}

/// A message of one kind.
struct SegmentMessage;

impl PartialSchema for SegmentMessage {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some("A message as Segment's HTTP API has it."))
            .property("type", text())
            .property("userId", text())
            .property("anonymousId", text())
            .property("messageId", text())
            .property("timestamp", text())
            .build()
            .into()
    }
}

impl ToSchema for SegmentMessage {}

/// Messages, each of which says of which kind it is.
struct SegmentBatch;

impl PartialSchema for SegmentBatch {
    fn schema() -> RefOr<Schema> {
        let messages = ArrayBuilder::new()
            .items(SegmentMessage::schema())
            .max_items(Some(1_000))
            .build();
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property("batch", messages)
            .required("batch")
            .build()
            .into()
    }
}

impl ToSchema for SegmentBatch {}
