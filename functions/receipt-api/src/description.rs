//! What the routes take and answer, for the API's description.

use access::{Cursor, SummaryCursor};
use openapi::{Answer, Caller, Method, Moment, Route, Service, json};
use tenancy::PartnerId;

use crate::{
    representation::{OwnPageResponse, PageResponse},
    routes::{operators, people},
    summary::Summary,
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![own(), of_partner(), summary()],
    }
}

fn own() -> Route {
    let example = json!({
        "receipts": [{
            "receipt_id": "rcp_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "at": "2026-01-15T09:06:00Z",
            "tenant": "harbour",
            "partner": "chandlery",
            "partner_name": "The Chandlery",
            "purpose": "customer-service",
            "legal_basis": "contract",
            "reason": "order 4711",
            "outcome": "partly",
            "fields": ["given_name", "family_name", "display_name"],
            "withheld": { "contacts": "group-not-in-agreement" },
        }],
        "next": "AZjyoMHSfj-KS1xtfo-QEg",
    });
    Route::new(Method::Get, "/v1/me/receipts", "Who asked for what of you")
        .people(people::SCOPE)
        .query::<Cursor>("cursor", "next of the page before.")
        .answers(Answer::json::<OwnPageResponse<'_>>(
            200,
            "The newest first, fifty at a time.",
            &example,
        ))
        .problems(&["invalid-parameter", "no-such-profile"])
}

fn of_partner() -> Route {
    let example = json!({
        "receipts": [{
            "receipt_id": "rcp_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "at": "2026-01-15T09:06:00Z",
            "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "partner": "chandlery",
            "agreement": "chandlery-2026",
            "purpose": "customer-service",
            "legal_basis": "contract",
            "outcome": "allowed",
            "allowed": ["names"],
            "withheld": {},
            "policies": ["permit-reading"],
            "request_id": "JKJaXmPLvHcESHA=",
        }],
        "next": "AZjyoMHSfj-KS1xtfo-QEg",
    });
    let route = Route::new(
        Method::Get,
        "/v1/receipts",
        "What a partner of your tenant asked for",
    );
    let route = route.needed_query::<PartnerId>("partner", "Which partner.");
    of_operators(route)
        .query::<Cursor>("cursor", "next of the page before.")
        .answers(Answer::json::<PageResponse<'_>>(
            200,
            "The newest first, at most fifty; with next, there may be more, even if there are none here.",
            &example,
        ))
}

fn summary() -> Route {
    let example = json!({
        "receipts": 3,
        "counts": [{
            "partner": "chandlery",
            "purpose": "customer-service",
            "day": "2026-01-15",
            "outcome": "allowed",
            "receipts": 3,
        }],
        "next": "1768467600123.chandlery.AZjyoMHSfj-KS1xtfo-QEg",
    });
    let route = Route::new(Method::Get, "/v1/receipts/summary", "How often that was");
    let route = route.query::<PartnerId>("partner", "Which partner; without it, all of them.");
    of_operators(route)
        .query::<SummaryCursor>("cursor", "next of the page before.")
        .answers(Answer::json::<Summary>(
            200,
            "Counts by partner, purpose, day and outcome, to be added up over all pages.",
            &example,
        ))
}

fn of_operators(route: Route) -> Route {
    route
        .caller(Caller::Operator(operators::SCOPE))
        .needed_query::<Moment>("from", "The first moment that is part of the time.")
        .query::<Moment>("to", "The first moment that is not; without it, now.")
        .problems(&["invalid-parameter", "no-tenant-in-token"])
}
