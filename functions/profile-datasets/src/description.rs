//! What the routes take and answer, for the API's description.

use dataset::{Cursor, DatasetName, Push, Version};
use openapi::{Answer, EntityTag, Method, NoTag, Route, Service, Value, json};

use crate::{
    caller::{READ, WRITE},
    representation::{ConflictResponse, ListResponse, PullResponse, PushResponse},
};

const PATH: &str = "/v1/me/datasets/{name}";

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), pull(), push(), delete()],
    }
}

fn list() -> Route {
    let example = json!({ "datasets": [dataset()] });
    Route::new(
        Method::Get,
        "/v1/me/datasets",
        "What apps keep for you, by name",
    )
    .people(READ)
    .answers(Answer::json::<ListResponse>(
        200,
        "Your datasets.",
        &example,
    ))
    .problems(&["no-such-profile"])
}

fn pull() -> Route {
    let example = json!({
        "name": "settings",
        "version": 1_768_467_600_123_u64,
        "full_sync_needed": false,
        "records": [{ "key": "theme", "value": "dark", "version": 1_768_467_600_123_u64, "device": "phone" }],
    });
    let page =
        Answer::json::<PullResponse<'_>>(200, "A page of changes, in their order.", &example);
    of_one(
        Route::new(
            Method::Get,
            PATH,
            "What changed in a dataset since a version",
        ),
        READ,
    )
    .query::<Version>(
        "since",
        "The version of the last page of the last pull; without it, everything.",
    )
    .query::<Cursor>(
        "cursor",
        "The next_cursor of the page before, with the same since.",
    )
    .answers(page.header::<EntityTag>("etag", "The dataset's version."))
}

fn push() -> Route {
    let asked = json!({
        "device": "phone",
        "changes": [
            { "key": "theme", "value": "light", "version": 1_768_467_600_123_u64 },
            { "key": "size", "value": null, "version": 0 },
        ],
    });
    let records = json!([{ "key": "theme", "version": 1_768_467_600_123_u64 }]);
    let example = openapi::with(dataset(), "records", records);
    let pushed = Answer::json::<PushResponse>(
        200,
        "The dataset, with the version of each key that was named.",
        &example,
    );
    of_one(
        Route::new(Method::Patch, PATH, "Pushes changes, all of them or none"),
        WRITE,
    )
    .header::<NoTag>(
        "If-Match",
        "Push only if the dataset still is at this etag.",
    )
    .takes::<Push>(&["application/json"], &asked)
    .answers(pushed.header::<EntityTag>("etag", "The dataset's version."))
    .problem_as::<ConflictResponse<'_>>("dataset-conflict")
    .problems(&["dataset-full", "stale-dataset", "too-many-datasets"])
}

fn delete() -> Route {
    of_one(
        Route::new(Method::Delete, PATH, "Deletes a dataset with all its keys"),
        WRITE,
    )
    .answers(Answer::empty(204, "It is gone, or was not there."))
}

fn of_one(route: Route, scope: &'static str) -> Route {
    route
        .people(scope)
        .path::<DatasetName>("name", "Which dataset.")
        .problems(&["invalid-field", "no-such-profile"])
}

fn dataset() -> Value {
    json!({
        "name": "settings",
        "version": 1_768_467_600_123_u64,
        "keys": 2,
        "bytes": 15,
        "modified_at": "2026-01-15T09:00:00.123Z",
    })
}
