//! What the routes take and answer, for the API's description.

use openapi::{Answer, Caller, Method, Route, Service, Value, json};

use crate::{
    WRITE,
    representation::{List, Page, Sent, Shown, WithSecret},
    wanted::SubscriptionRequest,
};

const ALL: &str = "/v1/subscriptions";
const ONE: &str = "/v1/subscriptions/{subscription_id}";
const SECRET: &str = "/v1/subscriptions/{subscription_id}/secret";
const DELIVERIES: &str = "/v1/subscriptions/{subscription_id}/deliveries";
const RETRY: &str = "/v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry";

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![
            list(),
            create(),
            show(),
            change(),
            remove(),
            rotate(),
            deliveries(),
            retry(),
        ],
    }
}

fn list() -> Route {
    let example = json!({ "subscriptions": [subscription()] });
    Route::new(Method::Get, ALL, "What you are told of by webhooks")
        .caller(Caller::Machine(WRITE))
        .answers(Answer::json::<List<'_>>(
            200,
            "All of your subscriptions.",
            &example,
        ))
}

fn create() -> Route {
    Route::new(Method::Post, ALL, "Subscribes to events by webhooks")
        .caller(Caller::Machine(WRITE))
        .takes::<SubscriptionRequest>(&["application/json"], &wanted())
        .answers(Answer::json::<WithSecret<'_>>(
            201,
            "The subscription, with the secret that messages are signed with.",
            &with_secret(),
        ))
        .problems(&["invalid-field", "too-many-subscriptions"])
}

fn show() -> Route {
    let route = Route::new(Method::Get, ONE, "A subscription as it stands");
    on_one(route).answers(Answer::json::<Shown<'_>>(
        200,
        "The subscription.",
        &subscription(),
    ))
}

fn change() -> Route {
    let route = Route::new(Method::Put, ONE, "Changes a subscription");
    on_one(route)
        .takes::<SubscriptionRequest>(&["application/json"], &wanted())
        .answers(Answer::json::<Shown<'_>>(
            200,
            "The subscription.",
            &subscription(),
        ))
        .problems(&["invalid-field"])
}

fn remove() -> Route {
    let route = Route::new(Method::Delete, ONE, "Ends a subscription");
    on_one(route).answers(Answer::empty(204, "There is none any more."))
}

fn rotate() -> Route {
    let route = Route::new(Method::Post, SECRET, "Makes another secret");
    on_one(route).answers(Answer::json::<WithSecret<'_>>(
        200,
        "The subscription with its new secret; the one before signs too for a day.",
        &with_secret(),
    ))
}

fn deliveries() -> Route {
    let example = json!({ "deliveries": [delivery()] });
    let route = Route::new(
        Method::Get,
        DELIVERIES,
        "What a subscription is to be sent, and was in the last 30 days",
    );
    on_one(route)
        .query::<DeliveryId>("cursor", "next of the page before.")
        .answers(Answer::json::<Page<'_>>(
            200,
            "Fifty of them at most, what happened last in front.",
            &example,
        ))
        .problems(&["invalid-parameter"])
}

fn retry() -> Route {
    let route = Route::new(Method::Post, RETRY, "Sends one of them again");
    on_one(route)
        .path::<DeliveryId>("delivery_id", "Which one.")
        .answers(Answer::json::<Sent<'_>>(
            202,
            "It is sent within two minutes.",
            &delivery(),
        ))
        .problems(&["no-such-delivery", "subscription-disabled"])
}

fn on_one(route: Route) -> Route {
    route
        .caller(Caller::Machine(WRITE))
        .path::<SubscriptionId>("subscription_id", "Which subscription.")
        .problems(&["no-such-subscription"])
}

fn wanted() -> Value {
    json!({
        "url": "https://chandlery.example/webhooks",
        "types": ["com.example.order.placed.v1"],
        "purpose": "customer-service",
    })
}

fn subscription() -> Value {
    json!({
        "subscription_id": "sub_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "url": "https://chandlery.example/webhooks",
        "types": ["com.example.order.placed.v1"],
        "purpose": "customer-service",
        "state": "active",
        "created_at": "2026-01-15T09:00:00Z",
        "updated_at": "2026-01-15T09:00:00Z",
    })
}

fn with_secret() -> Value {
    json!({
        "subscription": subscription(),
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
    })
}

fn delivery() -> Value {
    json!({
        "delivery_id": "dlv_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "type": "com.example.order.placed.v1",
        "state": "waiting",
        "created_at": "2026-01-15T09:00:00Z",
        "next_at": "2026-01-15T09:05:05Z",
        "tried": [{ "at": "2026-01-15T09:00:01Z", "outcome": "refused", "status": 503 }],
    })
}

/// What a subscription is called.
struct SubscriptionId;

/// What something is called that was sent.
struct DeliveryId;

openapi::texts! {
    SubscriptionId: "What a subscription is called.", "^sub_[0-9a-f]{32}$", "sub_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    DeliveryId: "What something is called that was sent.", "^dlv_[0-9a-f]{32}$", "dlv_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
}
