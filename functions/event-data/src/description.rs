//! What the route takes and answers, for the API's description.

use openapi::{Answer, Method, Route, Service};
use partner::description::{about_one_as, by_a_purpose};

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![read()],
    }
}

fn read() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/events/{event}/data",
        "Leads to the data of an event that was uploaded",
    );
    let link = Answer::empty(307, "Where the data is fetched.")
        .header::<DataLink>("location", "A link that holds for five minutes.");
    let route = by_a_purpose(route)
        .path::<EventDigest>("event", "The event, as `dataref` of a message names it.")
        .details(
            "The link needs no token, and takes none: S3 refuses a request that has both. Who has it gets the data.",
        );
    about_one_as(route, link)
}

/// An event, by the digest in its key.
struct EventDigest;

/// Where data is fetched.
struct DataLink;

openapi::texts! {
    EventDigest: "An event, as `dataref` of a message names it.", "^[0-9A-Za-z_-]{43}$", "dVqX0l8Hn2Jm5kR7sT9uVwXyZ0aBcDeFgHiJkLmNoPq";
    DataLink: "A link into S3, which is nothing to keep.", "^https?://", "https://event-bodies.s3.eu-central-1.amazonaws.com/events/harbour/a/b?X-Amz-Signature=c";
}
