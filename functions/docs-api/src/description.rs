//! What the routes take and answer, for the API's description.

use openapi::{Answer, Method, Route, Service};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    let page = Answer::of_type(200, "The page, in HTML.", "text/html");
    let document = || Answer::of_type(200, "The description.", "application/json");
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![
            described("/docs", "What you can use of the API, as a page").answers(page),
            described("/openapi.json", "The same by OpenAPI 3.1").answers(document()),
            described(
                "/openapi-3.0.json",
                "The same by OpenAPI 3.0.1, as API Gateway imports it",
            )
            .answers(document()),
        ],
    }
}

fn described(path: &'static str, summary: &'static str) -> Route {
    Route::new(Method::Get, path, summary)
        .details(
            "Without a token you see what is open to everyone; with one, what its scopes open to its \
             kind of caller. The page and the form by 3.1 show whoever may send events the types of them \
             that their tenant takes, with their schemas.",
        )
        .problems(&["token-invalid", "unavailable"])
}
