//! Every problem that this API answers with. Listed in docs/http-api.md; the `type` never changes.

use consent::{ConsentError, Refusal};
use lambda_kit::{Chain, http::BodyError, ledger::LedgerError, problem::Problem};
use profile::{PatchError, ProfileError};
use tenancy::DirectoryError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("This is a matter between you and a tenant. Sign in by a tenant's own app client.")
}

pub(crate) fn invalid_parameter(name: &str) -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail("Send next as it came with the page before.")
    .field(name)
}

pub(crate) fn version_needed() -> Problem {
    Problem::new(428, "version-needed", "The version to change is needed")
        .detail("Send the ETag of your last GET /v1/me as If-Match.")
}

pub(crate) fn stale() -> Problem {
    Problem::new(412, "stale-version", "The profile changed in the meantime")
        .detail("Read it again by GET /v1/me, and repeat the change on what you find.")
}

fn settling() -> Problem {
    Problem::new(503, "settling", "The profile is being merged or split")
        .detail("Try again in a second.")
        .retry_after(1)
}

pub(crate) fn media_type(takes: &str) -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail(format!("Send {takes}."))
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 65,536 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

pub(crate) fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
}

pub(crate) fn no_place() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter is missing or has a value that it does not take",
    )
    .detail("Send `next` of the page before as it is.")
    .field("cursor")
}

pub(crate) fn patch(error: &PatchError) -> Problem {
    let problem = match error {
        PatchError::NotUtf8 | PatchError::NotAnObject => malformed("Send a JSON object in UTF-8."),
        PatchError::TooDeep => malformed("A body is nested at most 32 levels deep."),
        PatchError::UnknownField(_) => Problem::new(400, "unknown-field", "There is no such field")
            .detail("A profile takes given_name, family_name, display_name, locale, time_zone, birthdate and country."),
        PatchError::ReadOnly(_) => Problem::new(400, "read-only-field", "The field can't be changed here")
            .detail("E-mail address and telephone number are changed in the hosted login."),
        PatchError::Repeated(_) => Problem::new(400, "repeated-field", "A field is there twice"),
        PatchError::NotText(_) | PatchError::Invalid(_) => invalid(error.to_string()),
    };
    match error.field() {
        Some(field) => problem.field(field),
        None => problem,
    }
}

pub(crate) fn profile(error: &ProfileError) -> Problem {
    match error {
        ProfileError::Unknown => Problem::new(404, "no-such-profile", "There is no such profile"),
        ProfileError::Stale => stale(),
        ProfileError::Settling => settling(),
        ProfileError::Service(_) | ProfileError::Contended | ProfileError::Malformed => {
            unavailable(error)
        }
    }
}

pub(crate) fn unknown_purpose() -> Problem {
    Problem::new(400, "unknown-purpose", "The tenant has no such purpose")
        .detail("GET /v1/me/consents lists the purposes that there are.")
        .field("purpose")
}

pub(crate) fn conflicts_with_gpc() -> Problem {
    Problem::new(
        409,
        "conflicts-with-gpc",
        "The decision conflicts with Global Privacy Control",
    )
    .detail(
        "The request says Sec-GPC: 1, which forbids to sell or share the person's data. Tell them so; \
         if they want it nevertheless, send the decision with \"overrides_gpc\": true.",
    )
}

pub(crate) fn no_signal_to_override() -> Problem {
    invalid("The request does not say Sec-GPC: 1, so that it has nothing to override.")
        .field("overrides_gpc")
}

fn refusal(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotAMatterOfConsent => Problem::new(
            409,
            "not-a-matter-of-consent",
            "The purpose does not depend on the person's consent",
        )
        .detail(
            "GET /v1/me/consents tells its legal basis: consent is given and withdrawn, legitimate \
             interests are objected to by withdrawing, and the others can't be decided on.",
        ),
        Refusal::TextVersionNeeded => {
            malformed("A grant names the text_version of the text that the person saw.")
                .field("text_version")
        }
        Refusal::UnknownTextVersion => Problem::new(
            400,
            "unknown-text-version",
            "The purpose has no text of that version",
        )
        .detail("GET /v1/me/consents lists the versions that there are.")
        .field("text_version"),
        Refusal::NothingToOverride => {
            invalid("Only granting a sale or a sharing overrides Global Privacy Control.")
                .field("overrides_gpc")
        }
    }
}

pub(crate) fn no_open_way() -> Problem {
    Problem::new(409, "no-open-way", "No way is open for notices")
        .detail("GET /v1/me/notices tells why, for each way.")
}

pub(crate) fn too_soon(seconds: u32) -> Problem {
    Problem::new(429, "too-soon", "It was asked for a moment ago")
        .detail("There is one test message in a minute.")
        .retry_after(seconds)
}

pub(crate) fn ledger(error: &LedgerError) -> Problem {
    unavailable(error)
}

pub(crate) fn directory(error: &DirectoryError) -> Problem {
    unavailable(error)
}

pub(crate) fn consent(error: &ConsentError) -> Problem {
    match error {
        ConsentError::Refused(why) => refusal(*why),
        ConsentError::Settling => settling(),
        ConsentError::UnknownProfile => {
            Problem::new(404, "no-such-profile", "There is no such profile")
        }
        ConsentError::Service(_) | ConsentError::Contended | ConsentError::Malformed => {
            unavailable(error)
        }
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
