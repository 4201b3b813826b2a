//! What the routes take and answer, for the API's description.

use openapi::{Answer, Caller, Method, Route, Service, json};
use tenancy::{PartnerClientId, PartnerId, TenantId};

use crate::{
    READ, WRITE,
    representation::{ClientsResponse, MadeClientResponse},
    request::CreateRequest,
};

const PATH: &str = "/v1/directory/{tenant}/partners/{partner}/clients";

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), create(), delete()],
    }
}

fn list() -> Route {
    let example = json!({
        "clients": [{
            "client": "pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "state": "active",
            "agreement": "chandlery-2026",
            "scopes": ["fairlead/profile.read"],
            "client_id": "4f1mqk0d2q3r",
            "changed_by": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "changed_at": "2026-01-15T09:00:00Z",
        }],
    });
    let route = Route::new(Method::Get, PATH, "By which app clients a partner comes");
    of_partner(route, READ)
        .query::<PartnerClientId>("cursor", "next of the page before.")
        .answers(Answer::json::<ClientsResponse<'_>>(
            200,
            "Fifty at a time, those that are gone, too; never with a secret.",
            &example,
        ))
}

fn create() -> Route {
    let asked = json!({ "agreement": "chandlery-2026", "scopes": ["fairlead/profile.read"] });
    let example = json!({
        "client": "pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "agreement": "chandlery-2026",
        "scopes": ["fairlead/profile.read"],
        "client_id": "4f1mqk0d2q3r",
        "client_secret": "1k3s0example",
    });
    let route = Route::new(Method::Post, PATH, "Makes an app client for a partner");
    of_partner(route, WRITE)
        .details("Send an Idempotency-Key: then the secret can be had again if the answer is lost.")
        .takes::<CreateRequest>(&["application/json"], &asked)
        .answers(Answer::json::<MadeClientResponse<'_>>(
            201,
            "The app client, with its secret, which is not told again.",
            &example,
        ))
        .problems(&["client-deleted", "invalid-field", "no-such-definition"])
}

fn delete() -> Route {
    let route = Route::new(
        Method::Delete,
        "/v1/directory/{tenant}/partners/{partner}/clients/{client}",
        "Removes an app client of a partner",
    );
    of_partner(route, WRITE)
        .path::<PartnerClientId>("client", "Which app client.")
        .answers(Answer::empty(204, "It gets no tokens any more."))
        .problems(&["client-being-made"])
}

fn of_partner(route: Route, scope: &'static str) -> Route {
    route
        .caller(Caller::Operator(scope))
        .path::<TenantId>("tenant", "Your own.")
        .path::<PartnerId>("partner", "Whose app clients.")
        .problems(&["another-tenant", "invalid-parameter", "no-tenant-in-token"])
}
