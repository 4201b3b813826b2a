//! What the route takes and answers, for the API's description.

use intake::MessagesRefused;
use openapi::{Answer, Caller, Method, Route, Service, json};

use crate::{IDENTIFY, IdentifyResponse, WRITE, wanted::IdentifyRequest};

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![identify()],
    }
}

fn identify() -> Route {
    let asked = json!({
        "external_id": "C-17",
        "email": "ada@example.com",
        "traits": { "given_name": "Ada", "locale": "en" },
    });
    let own = json!({ "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012" });
    Route::new(
        Method::Post,
        "/v1/identify",
        "Says that identifiers, and what is known beside them, belong to one person",
    )
    .details(
        "A partner's machine sends at least one identifier, and is answered 204 whoever is known, or 200 with the \
         `anonymous_id` that the device is to use from now on. A person sends \
         `anonymous_id` and `traits`, and learns whose profile it is: their own. Said again, it changes nothing. By write key it takes what somebody is told to be as SDKs of Segment send it, \
         and answers as the other routes of theirs do.",
    )
    .caller(Caller::Person(WRITE))
    .caller(Caller::Machine(IDENTIFY))
    .caller(Caller::WriteKey)
    .takes::<IdentifyRequest>(&["application/json"], &asked)
    .answers(Answer::json::<IdentifyResponse>(
        200,
        "To a person: whose profile it is. To both: the id that the device uses from now on, if it gets another one.",
        &own,
    ))
    .answers(Answer::empty(204, "To a machine whose device keeps its id, whoever is known."))
    .problem_as::<MessagesRefused>("content-encoding")
    .problem_as::<MessagesRefused>("event-id-taken")
    .problem_as::<MessagesRefused>("event-too-large")
    .problem_as::<MessagesRefused>("invalid-event")
    .problems(&["invalid-field", "no-such-profile"])
}
