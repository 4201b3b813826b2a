//! The problems that senders of events are answered with. Listed in docs/http-api.md; the `type`
//! never changes.

use std::error::Error;

use cloudevent::{Reason, Refused, Unreadable, json::Fault};
use lambda_kit::{Chain, problem::Problem};

use crate::{AcceptError, InvalidEventTypeName, Violation};

/// The request is to no route that there is.
#[must_use]
pub fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

/// The body can't be decoded from how API Gateway hands it over, or is larger than that takes.
#[must_use]
pub fn undecodable() -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read")
        .detail("The body can't be decoded.")
}

/// Nothing of the request can be taken.
#[must_use]
pub fn unreadable(error: &Unreadable) -> Problem {
    let problem = match error {
        Unreadable::TooLarge { .. } => Problem::new(413, "body-too-large", "The body is too large"),
        Unreadable::TooMany { .. } => {
            Problem::new(413, "too-many-events", "There are too many events at once")
        }
        Unreadable::UnsupportedMediaType | Unreadable::UnsupportedCharset => {
            Problem::new(415, "media-type", "The body's media type is not supported")
        }
        Unreadable::UnsupportedEncoding => Problem::new(
            415,
            "content-encoding",
            "The body's encoding is not supported",
        ),
        Unreadable::NotJson(_)
        | Unreadable::NotAnArray
        | Unreadable::NoBatch
        | Unreadable::Broken { .. }
        | Unreadable::BadGzip => Problem::new(400, "malformed-body", "The body can't be read"),
    };
    problem.detail(sentence(&error.to_string()))
}

/// The request has no write key of anybody's.
#[must_use]
pub fn write_key() -> Problem {
    Problem::new(401, "write-key-invalid", "The write key is nobody's")
        .detail(
            "Send a write key as the user name of Basic authentication, with an empty password.",
        )
        .challenge(r#"Basic realm="write key""#)
}

/// An event can't be taken as it is.
#[must_use]
pub fn refused(refused: &Refused) -> Problem {
    let problem = match refused.reason {
        Reason::Reserved => Problem::new(400, "reserved-name", "A name is Fairlead's own"),
        Reason::TooLarge(_) => Problem::new(413, "event-too-large", "The event is too large"),
        _ => Problem::new(400, "invalid-event", "The event can't be taken"),
    };
    let problem = problem.detail(format!("It {}.", refused.reason));
    if refused.field.is_empty() {
        problem
    } else {
        problem.field(refused.field.replace(char::is_control, "\u{fffd}"))
    }
}

/// What is announced to be uploaded is no such announcement.
#[must_use]
pub fn no_upload() -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read")
        .detail("Send an object with event, bytes and sha256.")
}

/// A member of an announcement is missing, or not what it has to be.
#[must_use]
pub fn invalid_upload(member: &'static str) -> Problem {
    let detail = match member {
        "bytes" => "Send how many bytes the data has: a whole number above 0.",
        "sha256" => "Send the SHA-256 of the data in 64 hexadecimal digits.",
        _ => "Send the event as an object, without its data.",
    };
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
    .field(member)
}

/// What is to be uploaded is announced with its data.
#[must_use]
pub fn data_beside_upload() -> Problem {
    Problem::new(400, "invalid-event", "The event can't be taken")
        .detail("It must not be there: upload it.")
        .field("/data")
}

/// What is to be uploaded is of no media type, or in another charset than UTF-8.
#[must_use]
pub fn unknown_media() -> Problem {
    Problem::new(400, "invalid-event", "The event can't be taken")
        .detail("It has to be a media type, with no charset but UTF-8.")
        .field("/datacontenttype")
}

/// The data is larger than what is uploaded.
#[must_use]
pub fn too_large_to_upload() -> Problem {
    Problem::new(413, "event-too-large", "The event is too large")
        .detail("The data has more than 2,000,000,000 bytes.")
        .field("bytes")
}

/// The data is too large to be held to a schema.
#[must_use]
pub fn too_large_to_look_into() -> Problem {
    Problem::new(413, "event-too-large", "The event is too large").detail(
        "JSON of more than 10 MiB or 250,000 values is held to no schema: use a type whose schema has \
         contentMediaType.",
    )
}

/// What was uploaded is no JSON that everyone reads alike.
#[must_use]
pub fn invalid_data(fault: &Fault) -> Problem {
    let field = format!("/data{}", fault.pointer);
    Problem::new(400, "invalid-event", "The event can't be taken")
        .detail(format!("It {}.", fault.wrong))
        .field(field.replace(char::is_control, "\u{fffd}"))
}

/// What is completed is not what the path names.
#[must_use]
pub fn no_such_upload() -> Problem {
    Problem::new(404, "no-such-upload", "There is no such upload")
        .detail("Send what you sent to POST /v1/uploads: the id follows from it.")
}

/// What is completed has not been uploaded.
#[must_use]
pub fn not_uploaded() -> Problem {
    Problem::new(409, "not-uploaded", "The data is not there")
        .detail("Upload it by the link first, and ask for a new one if that has expired.")
}

/// The tenant takes no events of this type.
#[must_use]
pub fn unknown_type() -> Problem {
    Problem::new(400, "unknown-event-type", "There is no such type of event")
        .detail("Register the type with its schema first.")
        .field("/type")
}

/// The data is not as the type's schema says.
#[must_use]
pub fn schema_violation(violation: &Violation) -> Problem {
    let detail = match violation.rule.as_str() {
        "" => "The type's schema is about JSON: send data as JSON.".to_owned(),
        rule => format!("It does not follow {rule} of the type's schema."),
    };
    Problem::new(
        400,
        "schema-violation",
        "The data is not as the type's schema says",
    )
    .detail(detail)
    .field(violation.field.clone())
}

/// The sender used the id before, for another event.
#[must_use]
pub fn id_taken() -> Problem {
    Problem::new(
        409,
        "event-id-taken",
        "There is another event with this source and id",
    )
    .detail("Give each event an id of its own. The earlier one stays as it is.")
    .field("/id")
}

/// The event is of a size that is not kept.
#[must_use]
pub fn unkeepable() -> Problem {
    Problem::new(400, "invalid-event", "The event can't be taken").detail(
        "It can't be kept as it is: make its attributes shorter, and put the rest into data.",
    )
}

/// Why an event is refused.
///
/// # Errors
/// That it is not, and only can't be kept now.
pub fn not_accepted(error: &AcceptError) -> Result<Problem, Problem> {
    match error {
        AcceptError::Taken => Ok(id_taken()),
        AcceptError::Unkeepable => Ok(unkeepable()),
        AcceptError::Service(_) | AcceptError::Malformed => Err(unavailable(error)),
    }
}

/// No event of a batch was taken.
#[must_use]
pub fn all_refused() -> Problem {
    Problem::new(400, "events-refused", "None of the events can be taken")
        .detail("See events: each has a problem of its own.")
}

/// The path names no type.
#[must_use]
pub fn invalid_type(error: InvalidEventTypeName) -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail(sentence(&error.to_string()))
    .field("type")
}

/// No type has such a revision.
#[must_use]
pub fn invalid_revision() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail("A revision is a number from 1 on.")
    .field("revision")
}

/// The tenant has no such type.
#[must_use]
pub fn no_such_type() -> Problem {
    Problem::new(404, "no-such-event-type", "There is no such type of event")
}

/// The body is no schema.
#[must_use]
pub fn invalid_schema() -> Problem {
    Problem::new(400, "invalid-schema", "The schema can't be used")
        .detail("Send a JSON Schema 2020-12 that refers to nothing outside of it.")
}

/// The schema refuses what was taken before.
#[must_use]
pub fn breaking_change() -> Problem {
    Problem::new(
        409,
        "breaking-change",
        "The schema may refuse what it took before",
    )
    .detail("See breaks for the places. Register the next version of the type instead.")
}

/// The type was registered by somebody else.
#[must_use]
pub fn type_taken() -> Problem {
    Problem::new(409, "event-type-taken", "Somebody else registered the type")
        .detail("Take another name.")
}

/// There is no such refused event of the sender.
#[must_use]
pub fn no_such_rejected_event() -> Problem {
    Problem::new(
        404,
        "no-such-rejected-event",
        "There is no such refused event",
    )
    .detail("It was never refused, or that was more than 14 days ago.")
}

/// An operator's token is of no tenant.
#[must_use]
pub fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("Events are a tenant's. Sign in by a tenant's own app client.")
}

/// An operator does not say of which partner.
#[must_use]
pub fn no_partner() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail("Name a partner: 1 to 64 characters out of a-z, 0-9 and -, a letter first.")
    .field("partner")
}

/// A machine asks about another partner's events.
#[must_use]
pub fn another_partner() -> Problem {
    no_partner().detail("A machine asks about its own partner's events: leave the partner out.")
}

/// An operator sends an event in a partner's place.
#[must_use]
pub fn not_the_sender() -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(
        "Operators send nothing in a partner's place: leave the body out, and what came is taken.",
    )
}

/// What is sent as the place of a page is none.
#[must_use]
pub fn no_place() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail("Send next as it came with the page before.")
    .field("cursor")
}

/// What came is not kept any more, so that it can't be taken as it is.
#[must_use]
pub fn not_kept() -> Problem {
    Problem::new(409, "event-not-kept", "The event is not kept as it came")
        .detail("Send it as the body, corrected.")
}

/// What came is nothing that another event takes the place of here.
#[must_use]
pub fn sent_elsewhere() -> Problem {
    Problem::new(409, "sent-elsewhere", "The event came by another route")
        .detail("Send it, corrected, to the route that it came by.")
}

/// Logs what keeps events from being taken, and leaves it there. Whoever sends all of them again
/// sends none of them twice.
#[must_use]
pub fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "events can't be taken now");
    busy()
}

/// There was no time for all of the events.
#[must_use]
pub fn busy() -> Problem {
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Send all of it again: what was taken is not taken twice.")
        .retry_after(5)
}

/// A reason as a sentence.
fn sentence(reason: &str) -> String {
    let mut characters = reason.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    let rest = characters.as_str();
    first.map_or_else(String::new, |first| format!("{first}{rest}."))
}
