//! What the route takes and answers, for the API's description.

use intake::{ToldOfAll, UploadId, UploadRequest};
use openapi::{Answer, Caller, Method, Route, Service, json};

use crate::WRITE;

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![complete()],
    }
}

fn complete() -> Route {
    let kept = json!({
        "events": [
            { "index": 0, "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21", "status": "accepted" },
        ],
    });
    Route::known_again(
        Method::Post,
        "/v1/uploads/{upload_id}/complete",
        "Takes an event whose data was uploaded",
    )
    .details(
        "With the body that was sent to `POST /v1/uploads`. JSON of up to 10 MiB is held to the schema of its type; \
         data of a type whose schema has `contentMediaType` is taken unseen.",
    )
    .caller(Caller::Machine(WRITE))
    .path::<UploadId>("upload_id", "Which upload.")
    .takes::<UploadRequest>(&["application/json"], &UploadRequest::example())
    .answers(Answer::json::<ToldOfAll>(
        202,
        "What became of the event.",
        &kept,
    ))
    .problems(&[
        "event-id-taken",
        "event-too-large",
        "invalid-event",
        "invalid-field",
        "no-such-upload",
        "not-uploaded",
        "reserved-name",
        "schema-violation",
        "unknown-event-type",
    ])
}
