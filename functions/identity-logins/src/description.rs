//! What the routes take and answer, for the API's description.

use identity::LoginId;
use openapi::{Answer, Method, Route, Service, json};

use crate::{READ, WRITE, representation::LoginsResponse};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), take_off()],
    }
}

fn list() -> Route {
    let example = json!({
        "logins": [
            {
                "login": "lgn_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "kind": "native",
                "since": "2026-01-15T09:00:00Z",
                "last_sign_in_at": "2026-01-15T09:05:12Z",
                "removable": false,
            },
            {
                "login": "lgn_60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
                "kind": "provider",
                "provider": "Google",
                "removable": true,
            },
        ],
    });
    Route::new(Method::Get, "/v1/me/logins", "By which logins you get in")
        .people(READ)
        .answers(Answer::json::<LoginsResponse<'_>>(
            200,
            "Your logins; what is not known is absent.",
            &example,
        ))
        .problems(&["no-such-profile"])
}

fn take_off() -> Route {
    Route::new(Method::Delete, "/v1/me/logins/{login}", "Takes a login off")
        .people(WRITE)
        .path::<LoginId>("login", "Which login.")
        .answers(Answer::empty(
            204,
            "It leads nowhere any more, or never led to you.",
        ))
        .problems(&["invalid-field", "login-stays", "no-such-profile"])
}
