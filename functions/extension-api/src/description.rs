//! What the routes take and answer, for the API's description.

use openapi::{Answer, Caller, Day, Method, Moment, Route, Service, Value, json};
use tenancy::{ExtensionName, TenantId};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use crate::{
    READ, WRITE,
    representation::{
        ExtensionLogsResponse, ExtensionResponse, ExtensionUsageResponse, ExtensionsResponse,
        ShownExtensionResponse, UploadStateResponse,
    },
    routes::{
        changes::ActivateRequest,
        uploads::{CreatedUploadResponse, ExtensionUploadRequest},
    },
};

/// What an upload is named by.
struct ExtensionUploadId;

openapi::texts! {
    ExtensionUploadId: "An upload of a package.", "^upl_[0-9a-f]{32}$", "upl_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
}

/// How many lines of its logs there are at most.
struct LogLines;

impl PartialSchema for LogLines {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(SchemaType::Type(Type::Integer))
            .description(Some("How many lines there are at most."))
            .minimum(Some(1))
            .maximum(Some(1_000))
            .examples([100])
            .build()
            .into()
    }
}

impl ToSchema for LogLines {}

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: seeing()
            .into_iter()
            .chain(pushing())
            .chain(changing())
            .collect(),
    }
}

fn shown() -> Value {
    json!({
        "extension": "greeter",
        "state": "active",
        "active": "1.1.0",
        "previous": "1.0.0",
        "kind": "wasm",
        "events": ["dev.fairlead.profile.updated.v1"],
        "purpose": "newsletter",
        "ordered": false,
        "revision": 4,
        "changed_by": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "changed_at": "2026-01-15T09:00:00Z",
    })
}

fn whole() -> Value {
    let mut whole = shown();
    let more = json!({
        "versions": [{
            "version": "1.1.0",
            "state": "ready",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "created_at": "2026-01-15T09:00:00Z",
        }],
        "paused": { "since": "2026-01-15T09:05:00Z", "cause": "out of fuel" },
        "host": { "state": "ready", "extensions": 1 },
    });
    if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
    whole
}

fn seeing() -> [Route; 4] {
    let path = "/v1/directory/{tenant}/extensions/{extension}";
    let logs = json!({
        "lines": [{
            "at": "2026-01-15T09:00:00Z",
            "event_id": "evt_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "version": "1.1.0",
            "outcome": "success",
            "message": "greeted",
        }],
    });
    let used = json!({
        "events": 1200, "errors": 3, "withheld": 40, "duration_ms": 5400, "fuel": 9_000_000,
        "gigabyte_seconds": 0.34, "estimated_usd": 0.000_245,
    });
    let mut day = used.clone();
    if let Some(day) = day.as_object_mut() {
        day.insert("day".to_owned(), "2026-01-15".into());
    }
    let usage = json!({ "from": "2026-01-09", "to": "2026-01-15", "total": used, "days": [day] });
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/extensions",
        "Which extensions a tenant has",
    );
    let show = Route::new(Method::Get, path, "An extension with its versions");
    let tail = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/extensions/{extension}/logs",
        "What an extension wrote last",
    );
    let use_of = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/extensions/{extension}/usage",
        "What an extension used",
    );
    [
        of_tenant(list, READ).answers(Answer::json::<ExtensionsResponse<'_>>(
            200,
            "All of them.",
            &json!({ "extensions": [shown()] }),
        )),
        of_extension(show, READ).answers(Answer::json::<ShownExtensionResponse<'_>>(
            200,
            "The extension, its versions and what is wrong with them, and whether it is paused.",
            &whole(),
        )),
        of_extension(tail, READ)
            .details("Lines are kept for three days.")
            .query::<Moment>("since", "The first moment; an hour ago, if it is not said.")
            .query::<LogLines>("limit", "How many lines; 100 if it is not said.")
            .answers(Answer::json::<ExtensionLogsResponse<'_>>(
                200,
                "The last lines, the oldest first.",
                &logs,
            )),
        of_extension(use_of, READ)
            .details("A run counts once, on the day on which it came to its end.")
            .query::<Day>(
                "from",
                "The first day; six days before the last one, if it is not said.",
            )
            .query::<Day>("to", "The last day; today, if it is not said.")
            .answers(Answer::json::<ExtensionUsageResponse>(
                200,
                "All together, and day by day. The costs are an estimate.",
                &usage,
            )),
    ]
}

fn pushing() -> [Route; 2] {
    let id = "upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    let asked = json!({
        "bytes": 48_000,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    });
    let created = json!({
        "upload_id": id,
        "put": {
            "url": "https://extensions.s3.eu-central-1.amazonaws.com/uploads/harbour/greeter/a.zip?X-Amz-Signature=c",
            "headers": { "content-type": "application/zip", "content-length": "48000", "if-none-match": "*" },
            "expires_at": "2026-01-15T09:15:00Z",
        },
    });
    let state = json!({
        "upload_id": id,
        "state": "refused",
        "problems": [{ "field": "limits.timeout_ms", "problem": "it is 60000: make it 10000 at most" }],
    });
    let create = Route::new(
        Method::Post,
        "/v1/directory/{tenant}/extensions/{extension}/uploads",
        "Gives a link by which a version of an extension is pushed",
    );
    let show = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/extensions/{extension}/uploads/{upload_id}",
        "How far a pushed version is",
    );
    [
        of_tenant(create, WRITE)
            .path::<ExtensionName>("extension", "Which extension; one that is not there yet comes to be with it.")
            .details(
                "The link takes exactly the bytes that were announced, once, and holds for 15 minutes. Once they are \
                 there, the version is registered and run.",
            )
            .takes::<ExtensionUploadRequest>(&["application/json"], &asked)
            .answers(Answer::json::<CreatedUploadResponse>(
                201,
                "Where to put the package, and with which headers.",
                &created,
            ))
            .problems(&["body-too-large", "invalid-field", "malformed-body", "media-type"]),
        of_extension(show, READ)
            .path::<ExtensionUploadId>("upload_id", "Which upload.")
            .answers(Answer::json::<UploadStateResponse<'_>>(
                200,
                "How far it is, and what is wrong with the package.",
                &state,
            ))
            .problems(&["no-such-upload"]),
    ]
}

fn changing() -> Vec<Route> {
    let activate = Route::new(
        Method::Post,
        "/v1/directory/{tenant}/extensions/{extension}/activate",
        "Has a version of an extension run",
    );
    let activate = state_changing(activate)
        .takes::<ActivateRequest>(&["application/json"], &json!({ "version": "1.0.0" }))
        .problems(&[
            "body-too-large",
            "invalid-field",
            "malformed-body",
            "media-type",
            "no-such-version",
        ]);
    let roll_back = Route::new(
        Method::Post,
        "/v1/directory/{tenant}/extensions/{extension}/rollback",
        "Has the version of an extension run that ran before",
    );
    let disable = Route::new(
        Method::Post,
        "/v1/directory/{tenant}/extensions/{extension}/disable",
        "Has nothing of an extension run",
    );
    let enable = Route::new(
        Method::Post,
        "/v1/directory/{tenant}/extensions/{extension}/enable",
        "Has an extension run again",
    );
    let remove = Route::new(
        Method::Delete,
        "/v1/directory/{tenant}/extensions/{extension}",
        "Removes an extension with all that there is of it",
    );
    let remove = of_extension(remove, WRITE)
        .details("It does not run from now on. What waits for it, its versions and its logs go within minutes.")
        .answers(Answer::json::<ExtensionResponse<'_>>(
            202,
            "It is on its way out.",
            &shown(),
        ))
        .problems(&["extension-changing"]);
    vec![
        activate,
        state_changing(roll_back).problems(&["no-such-version"]),
        state_changing(disable),
        state_changing(enable),
        remove,
    ]
}

fn state_changing(route: Route) -> Route {
    of_extension(route, WRITE)
        .answers(Answer::json::<ExtensionResponse<'_>>(
            200,
            "The extension as it is now.",
            &shown(),
        ))
        .problems(&["extension-changing", "extension-state"])
}

fn of_tenant(route: Route, scope: &'static str) -> Route {
    route
        .caller(Caller::Operator(scope))
        .path::<TenantId>("tenant", "The operator's own tenant.")
        .problems(&["another-tenant", "invalid-parameter", "no-tenant-in-token"])
}

fn of_extension(route: Route, scope: &'static str) -> Route {
    of_tenant(route, scope)
        .path::<ExtensionName>("extension", "Which extension.")
        .problems(&["no-such-extension"])
}
