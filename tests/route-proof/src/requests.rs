//! Requests, as API Gateway hands them to a function.

use serde_json::{Value, json};
use testkit::World;

use crate::{
    callers::Caller,
    extensions, logins, uploads,
    world::{
        AIRPORT, DEAD_LETTERS, DELIVERY, HARBOUR, JANE, SEEN, SUBSCRIPTION, Subject, TOLD, place,
        twin,
    },
};

/// The route that is asked what it would do, and has to do it as well.
pub(crate) const MERGE: &str = "POST /v1/profiles/merge";

/// The route by which operators ask for erasures.
pub(crate) const ERASE: &str = "POST /v1/profiles/{profile_id}/erasure";
/// The route by which is defined what is published to a partner, of which there is one with an agreement.
const PUBLISH: &str = "PUT /v1/directory/{tenant}/fan-outs/{partner}";

/// The function that answers `route`.
pub(crate) fn function(route: &str) -> &'static str {
    let (method, path) = route
        .split_once(' ')
        .expect("a route has a method and a path");
    match path {
        "/v1/me" if method == "DELETE" => "erasure-api",
        "/v1/me/erasure"
        | "/v1/erasures"
        | "/v1/erasures/{erasure_id}"
        | "/v1/erasures/{erasure_id}/certificate"
        | "/v1/erasures/{erasure_id}/ack"
        | "/v1/profiles/{profile_id}/erasure" => "erasure-api",
        "/v1/dead-letters" | "/v1/dead-letters/{queue}" | "/v1/dead-letters/{queue}/redrive" => {
            "dead-letters-api"
        }
        "/v1/operations/house" | "/v1/operations/flows" => "operations-api",
        "/docs" | "/openapi.json" | "/openapi-3.0.json" => "docs-api",
        "/v1/identify" => "profile-identify",
        "/v1/me"
        | "/v1/me/events"
        | "/v1/me/traits"
        | "/v1/me/notices"
        | "/v1/me/notices/test"
        | "/v1/me/consents"
        | "/v1/me/consents/{purpose}" => "profile-api",
        "/v1/me/datasets" | "/v1/me/datasets/{name}" => "profile-datasets",
        "/v1/me/export" => "profile-export",
        "/v1/me/logins" | "/v1/me/logins/{login}" => "identity-logins",
        "/v1/me/receipts" | "/v1/receipts" | "/v1/receipts/summary" => "receipt-api",
        path if path.starts_with("/v1/directory") && path.contains("/clients") => {
            "directory-clients"
        }
        path if path.contains("/extensions") => "extension-api",
        "/v1/identifier-rules" => "directory-api",
        path if path.starts_with("/v1/directory") => "directory-api",
        "/v1/changes" => "partner-changes",
        "/v1/event-types" | "/v1/event-types/{type}" => "event-types",
        "/v1/events" => "partner-ingest",
        "/v1/events/{event}/data" => "event-data",
        "/v1/uploads" => "event-uploads",
        "/v1/uploads/{upload_id}/complete" => "event-uploaded",
        "/v1/hooks/{partner}/{source}" => "partner-hooks",
        "/v1/track" | "/v1/page" | "/v1/screen" | "/v1/group" | "/v1/alias" | "/v1/batch"
        | "/v1/import" => "partner-segment",
        "/v1/events/rejected"
        | "/v1/events/rejected/{rejected_id}"
        | "/v1/events/rejected/{rejected_id}/resubmit" => "event-rejected",
        "/v1/subscriptions"
        | "/v1/subscriptions/{subscription_id}"
        | "/v1/subscriptions/{subscription_id}/secret"
        | "/v1/subscriptions/{subscription_id}/deliveries"
        | "/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry" => {
            "partner-subscriptions"
        }
        "/v1/profiles" => "partner-list",
        "/v1/profiles/merge"
        | "/v1/profiles/{profile_id}/merges"
        | "/v1/profiles/{profile_id}/identifiers"
        | "/v1/profiles/{profile_id}/split" => "profile-merge",
        "/v1/profiles/{profile_id}"
        | "/v1/profiles/{profile_id}/events"
        | "/v1/profiles/resolve"
        | "/v1/profiles/batch" => "partner-api",
        _ => panic!("{}", unknown(route)),
    }
}

/// What to do about a route that is new.
pub(crate) fn unknown(route: &str) -> String {
    format!(
        "{route} is not in tests/route-proof. Say in src/requests.rs which function answers it and how each id gets \
         into its request, in src/model.rs who may call it and about whom, and, if its function is new, in src/main.rs \
         how it is called"
    )
}

/// A request to `route` by `caller` that names `subject`.
pub(crate) fn request(
    world: &World,
    route: &str,
    caller: Caller,
    subject: Subject,
    merge_id: &str,
) -> Value {
    let sent = caller.sent(world);
    let mut request = json!({
        "version": "2.0",
        "routeKey": route,
        "headers": { "content-type": "application/json", "fairlead-purpose": "newsletter" },
        "pathParameters": {
            "profile_id": subject.profile(),
            "name": subject.name(),
            "purpose": purpose(subject),
            "erasure_id": subject.erasure(),
            "login": logins::id(world, subject),
            "rejected_id": format!("rej_{}", subject.name()),
            "partner": "harbour.chandlery",
            "source": "orders",
            "subscription_id": subscription_id(subject),
            "delivery_id": DELIVERY,
            "upload_id": uploads::id(world, subject),
            "event": uploads::event(subject),
            "queue": if subject == Subject::Malformed { "no queue" } else { DEAD_LETTERS },
            "type": if subject == Subject::Malformed { "no type" } else { SEEN },
        },
        "queryStringParameters": query(world, route, subject),
        "requestContext": { "requestId": "request-1" },
    });
    if let Some(authorization) = sent.authorization {
        request["headers"]["authorization"] = authorization.into();
    }
    if let Some(claims) = sent.claims {
        request["requestContext"]["authorizer"] = json!({ "jwt": { "claims": claims } });
    }
    if route == "POST /v1/events" {
        request["headers"]["content-type"] = "application/cloudevents+json".into();
    }
    if route == "PATCH /v1/me" {
        request["headers"]["if-match"] = version(world, subject).into();
    }
    if route.contains("/v1/directory") {
        let defines = route.starts_with("PUT ");
        direct(&mut request["pathParameters"], subject, defines);
        request["pathParameters"]["extension"] = extensions::NAME.into();
        if route.contains("/extensions") {
            request["pathParameters"]["upload_id"] = extensions::UPLOAD.into();
        }
        // Of a partner that is there, what is sent and published is defined.
        if route.contains("/hooks") || route.contains("/fan-outs") {
            request["pathParameters"]["partner"] = "chandlery".into();
        }
        if route == "PUT /v1/directory/{tenant}/hooks/{partner}/{source}" {
            request["pathParameters"]["source"] = subject.name().into();
        }
        if defines && !route.contains("/fan-outs") {
            request["headers"]["if-none-match"] = "*".into();
        }
    }
    // There is one of these, as it was before anybody counted.
    if ["PUT /v1/identifier-rules", PUBLISH].contains(&route) {
        request["headers"]["if-match"] = "\"0\"".into();
    }
    if let Some(body) = body(route, subject, merge_id) {
        request["body"] = body.to_string().into();
    }
    request
}

/// The same request to merge, but that it is done: to somebody who was made for it.
pub(crate) fn for_real(mut request: Value, subject: Subject) -> Value {
    let body = json!({ "profiles": [twin(subject), subject.profile()] });
    request["body"] = body.to_string().into();
    request
}

/// The version that Jane's profile has by now, which is the caller's where that is a person; or none.
fn version(world: &World, subject: Subject) -> String {
    if subject == Subject::Malformed {
        return "*".to_owned();
    }
    let rows = world.rows("profiles");
    let is_own = |row: &&Value| row["profile_id"] == JANE.id && row["part"] == "profile";
    let row = rows.iter().find(is_own).expect("Jane has a profile");
    format!("\"{}\"", row["version"])
}

/// Places in the directory: of the subject's tenant what is there, or what is to be defined under a
/// name that nothing has.
fn direct(parameters: &mut Value, subject: Subject, defines: bool) {
    let (partner, agreement) = if defines {
        (subject.name(), subject.name())
    } else {
        ("chandlery", "letters")
    };
    parameters["tenant"] = tenant(subject).into();
    parameters["partner"] = partner.into();
    parameters["agreement"] = agreement.into();
    // There is no rule yet for one of the types.
    let kind = if defines { SEEN } else { TOLD };
    parameters["type"] = kind.into();
    // There are English words for a message, and no German ones.
    parameters["kind"] = "sign-up".into();
    let language = if defines { "de" } else { "en" };
    parameters["language"] = language.into();
    parameters["client"] = match subject {
        Subject::Malformed => "pcl_1".into(),
        _ => "pcl_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f".into(),
    };
    parameters["write_key_id"] = "wky_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f".into();
    if defines {
        parameters["purpose"] = subject.name().into();
    }
}

/// Whom they deal with; nobody for those who deal with no one.
const fn tenant(subject: Subject) -> &'static str {
    match subject {
        Subject::Jane | Subject::Joan | Subject::Mary => HARBOUR,
        Subject::Jule => AIRPORT,
        Subject::Erin | Subject::Nobody => "nowhere",
        Subject::Malformed => "No Tenant",
    }
}

/// A purpose of the harbour, of both tenants, of the airport alone, of nobody, or none.
const fn purpose(subject: Subject) -> &'static str {
    match subject {
        Subject::Jane | Subject::Joan => "newsletter",
        Subject::Jule => "airport-offers",
        Subject::Erin | Subject::Nobody => "nothing",
        Subject::Mary => "harbour-offers",
        Subject::Malformed => "No Purpose",
    }
}

fn query(world: &World, route: &str, subject: Subject) -> Value {
    match route {
        // Of whose events an operator asks; a machine asks of its own partner's, whatever it says.
        route if route.contains("/v1/events/rejected") => json!({ "partner": "chandlery" }),
        "GET /v1/profiles" => json!({ "segment": subject.name() }),
        "GET /v1/changes" => match subject {
            Subject::Jane | Subject::Mary => json!({ "since": place(world, HARBOUR) }),
            Subject::Jule => json!({ "since": place(world, AIRPORT) }),
            Subject::Joan | Subject::Erin | Subject::Nobody => json!({}),
            Subject::Malformed => json!({ "since": "no place" }),
        },
        "GET /v1/receipts" | "GET /v1/receipts/summary" => json!({
            "partner": match subject {
                Subject::Malformed => "No Partner",
                Subject::Nobody | Subject::Erin => "nobody",
                _ => "chandlery",
            },
            "from": "2026-01-15T00:00:00Z",
            "to": "2026-01-16T00:00:00Z",
        }),
        "GET /v1/me/receipts" if subject == Subject::Malformed => json!({ "cursor": "no cursor" }),
        "GET /v1/me/datasets/{name}" if subject == Subject::Nobody => {
            json!({ "cursor": "1768467600123.1", "since": "0" })
        }
        _ => json!({}),
    }
}

fn body(route: &str, subject: Subject, merge_id: &str) -> Option<Value> {
    let body = match route {
        route if route.contains("/extensions") => return extensions::body(route),
        "PATCH /v1/me" => json!({ "locale": "de" }),
        "PUT /v1/me/consents/{purpose}" => {
            json!({ "decision": "granted", "text_version": "2026-01" })
        }
        "PATCH /v1/me/datasets/{name}" => {
            json!({ "changes": [{ "key": "theme", "value": "dark", "version": 0 }] })
        }
        "POST /v1/identify" => json!({ "anonymous_id": device(subject) }),
        MERGE => json!({
            "profiles": [Subject::Jane.profile(), subject.profile()],
            "dry_run": true,
        }),
        "POST /v1/profiles/{profile_id}/split" => json!({ "merge_id": merge_id }),
        ERASE => json!({ "case": "desk/17" }),
        "PUT /v1/event-types/{type}" | "PUT /v1/directory/{tenant}/hooks/{partner}/{source}" => {
            json!({})
        }
        "POST /v1/hooks/{partner}/{source}" => json!({ "type": SEEN, "data": {} }),
        "POST /v1/subscriptions" | "PUT /v1/subscriptions/{subscription_id}" => json!({
            "url": "https://chandlery.example.com/webhooks",
            "types": [SEEN],
            "purpose": "newsletter",
        }),
        "POST /v1/uploads" | "POST /v1/uploads/{upload_id}/complete" => {
            uploads::announcement(subject)
        }
        "POST /v1/dead-letters/{queue}/redrive" => json!({ "all": true }),
        "POST /v1/events" => json!({
            "specversion": "1.0",
            "id": if subject == Subject::Malformed { "" } else { subject.name() },
            "source": "/door",
            "type": SEEN,
            "subject": subject.profile(),
            "data": {},
        }),
        "POST /v1/track" | "POST /v1/page" | "POST /v1/screen" | "POST /v1/group"
        | "POST /v1/alias" => message(subject),
        "POST /v1/batch" | "POST /v1/import" => json!({ "batch": [message(subject)] }),
        "POST /v1/profiles/resolve" => json!({ "email": subject.address() }),
        "PUT /v1/directory/{tenant}" | "PUT /v1/directory/{tenant}/partners/{partner}" => {
            json!({ "display_name": "New" })
        }
        "PUT /v1/directory/{tenant}/purposes/{purpose}" => {
            json!({ "display_name": "New", "legal_basis": "contract" })
        }
        "PUT /v1/directory/{tenant}/notification-rules/{type}" => {
            json!({ "purpose": "newsletter", "texts": { "en": "News." } })
        }
        "PUT /v1/directory/{tenant}/messages/{kind}/{language}" => json!({ "sms": "{####}" }),
        "PUT /v1/identifier-rules" => {
            let kind = match subject {
                Subject::Malformed => "none",
                _ => "email",
            };
            json!({ "limits": { kind: 20 } })
        }
        "PUT /v1/directory/{tenant}/agreements/{agreement}" => {
            json!({ "partner": "chandlery", "terms": { "newsletter": ["names"] } })
        }
        PUBLISH => json!({ "agreement": "letters", "purpose": "newsletter", "types": [SEEN] }),
        "POST /v1/directory/{tenant}/partners/{partner}/clients" => {
            json!({ "agreement": "letters", "scopes": ["fairlead/profile.read"] })
        }
        "POST /v1/profiles/batch" => json!({ "profiles": [{ "profile_id": subject.profile() }] }),
        _ => return None,
    };
    Some(body)
}

/// A message of an SDK that would do for each kind.
fn message(subject: Subject) -> Value {
    json!({
        "type": "track",
        "messageId": subject.name(),
        "userId": subject.profile(),
        "event": "seen",
        "groupId": "crew",
        "previousId": "earlier",
    })
}

/// The subscription of the harbour's partner, one that nobody has, or none.
fn subscription_id(subject: Subject) -> String {
    match subject {
        Subject::Malformed => "no subscription".to_owned(),
        Subject::Jane => SUBSCRIPTION.to_owned(),
        _ => SUBSCRIPTION.replace("sub_0", "sub_1"),
    }
}

const fn device(subject: Subject) -> &'static str {
    match subject {
        Subject::Malformed => "1",
        Subject::Jane => "d3b07384-d113-4dec-89ea-a6238ad5ff00",
        _ => "5f0c9a1e-7b3d-4c6a-9e21-d84b7f31a0c2",
    }
}
