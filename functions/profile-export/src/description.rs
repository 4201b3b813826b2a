//! What the route takes and answers, for the API's description.

use openapi::{Answer, Method, Route, Service, json};

use crate::{ExportResponse, SCOPE, export_id::ExportId};

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![export()],
    }
}

fn export() -> Route {
    let example = json!({
        "export_id": "exp_0198f2a3b4c57d6e8f90a1b2c3d4e5f6",
        "url": "https://exports.s3.example.com/exports/prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012/exp_0198f2a3b4c57d6e8f90a1b2c3d4e5f6.zip",
        "expires_at": "2026-01-15T09:05:00Z",
    });
    Route::new(
        Method::Post,
        "/v1/me/export",
        "A copy of all that is held on you",
    )
    .people(SCOPE)
    .answers(Answer::json::<ExportResponse>(
        201,
        "A link that opens the archive for five minutes.",
        &example,
    ))
    .problems(&["export-too-large", "no-such-profile"])
}

openapi::texts! {
    ExportId: "The id of an export.", "^exp_[0-9a-f]{32}$", "exp_0198f2a3b4c57d6e8f90a1b2c3d4e5f6";
}
