//! What the route takes and answers, for the API's description.

use intake::UploadRequest;
use openapi::{Answer, Caller, Method, Route, Service, json};

use crate::{UploadResponse, WRITE};

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![announce()],
    }
}

fn announce() -> Route {
    let id = "upl_dVqX0l8Hn2Jm5kR7sT9uVwXyZ0aBcDeFgHiJkLmNoPq";
    let waiting = json!({
        "upload_id": id,
        "status": "waiting",
        "put": {
            "url": "https://event-bodies.s3.eu-central-1.amazonaws.com/events/harbour/a/b?X-Amz-Signature=c",
            "headers": {
                "content-length": "48000000",
                "content-type": "application/pdf",
                "if-none-match": "*",
                "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            },
            "expires_at": "2026-01-15T09:15:00Z",
        },
    });
    let duplicate = json!({ "upload_id": id, "status": "duplicate" });
    Route::known_again(
        Method::Post,
        "/v1/uploads",
        "Gives a link by which the data of an event is uploaded that is too large to be sent",
    )
    .details(
        "The link takes exactly the bytes that were announced, once, and holds for 15 minutes. When they are uploaded, \
         send the same body to `POST /v1/uploads/{upload_id}/complete`: until then there is no event.",
    )
    .caller(Caller::Machine(WRITE))
    .takes::<UploadRequest>(&["application/json"], &UploadRequest::example())
    .answers(Answer::json::<UploadResponse>(
        201,
        "Where to put the data, and with which headers.",
        &waiting,
    ))
    .answers(Answer::json::<UploadResponse>(
        200,
        "The event is kept already, with this data.",
        &duplicate,
    ))
    .problems(&[
        "event-id-taken",
        "event-too-large",
        "invalid-event",
        "invalid-field",
        "reserved-name",
        "schema-violation",
        "unknown-event-type",
    ])
}
