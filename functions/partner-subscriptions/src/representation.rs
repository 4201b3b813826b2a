//! How subscriptions and what they were sent look to their partner.

use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use subscription::{
    Because, Delivery, DeliveryPage, DeliveryState, Kind, Outcome, State, Subscription,
};

/// A subscription.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Subscription))]
pub(crate) struct Shown<'a> {
    subscription_id: &'a str,
    url: &'a str,
    types: Vec<&'a str>,
    purpose: &'a str,
    /// `active` or `disabled`.
    state: &'static str,
    /// `partner`, `gone` if the endpoint answered 410, or `failing` if it did nothing but fail for five
    /// days.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_because: Option<&'static str>,
    /// Since when no call of the endpoint has succeeded, if the last one failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    failing_since: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    updated_at: Timestamp,
    /// Until when messages are signed with the secret before as well, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    both_secrets_until: Option<Timestamp>,
}

/// All of them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SubscriptionsResponse))]
pub(crate) struct List<'a> {
    subscriptions: Vec<Shown<'a>>,
}

/// One of them, as it is shown with its secret, once.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SubscriptionWithSecret))]
pub(crate) struct WithSecret<'a> {
    subscription: Shown<'a>,
    /// What messages are signed with: keep it, it is not shown again.
    secret: &'a str,
}

/// Something that a subscription was sent, or is to be.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Delivery))]
pub(crate) struct Sent<'a> {
    /// The message's `webhook-id`.
    delivery_id: &'a str,
    r#type: &'a str,
    /// `waiting`, `sending`, `delivered`, `failed`, `withheld` or `cancelled`.
    state: &'static str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    created_at: Timestamp,
    /// When it is sent next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    next_at: Option<Timestamp>,
    /// How it went, the last time behind.
    tried: Vec<Tried>,
}

/// How an attempt went.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeliveryAttempt))]
pub(crate) struct Tried {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    at: Timestamp,
    /// `delivered`, `gone`, `refused`, `no-answer`, `no-address`, or `not-called` if the endpoint had
    /// failed too often just before.
    outcome: &'static str,
    /// The status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

/// Some of them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DeliveriesResponse))]
pub(crate) struct Page<'a> {
    deliveries: Vec<Sent<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

pub(crate) fn list(all: &[Subscription], now: Timestamp) -> Response {
    let subscriptions = all.iter().map(|each| shown(each, now)).collect();
    Response::json(200, "application/json", &List { subscriptions })
}

pub(crate) fn one(subscription: &Subscription, now: Timestamp) -> Response {
    Response::json(200, "application/json", &shown(subscription, now))
}

pub(crate) fn made(subscription: &Subscription, now: Timestamp) -> Response {
    with_secret(201, subscription, now)
}

pub(crate) fn rotated(subscription: &Subscription, now: Timestamp) -> Response {
    with_secret(200, subscription, now)
}

pub(crate) fn deliveries(page: &DeliveryPage) -> Response {
    let body = Page {
        deliveries: page.deliveries.iter().map(sent).collect(),
        next: page.next.as_deref(),
    };
    Response::json(200, "application/json", &body)
}

pub(crate) fn delivery(delivery: &Delivery) -> Response {
    Response::json(202, "application/json", &sent(delivery))
}

fn with_secret(status: u16, subscription: &Subscription, now: Timestamp) -> Response {
    let body = WithSecret {
        subscription: shown(subscription, now),
        secret: subscription.secrets.current().expose(),
    };
    Response::json(status, "application/json", &body)
}

fn shown(subscription: &Subscription, now: Timestamp) -> Shown<'_> {
    let types = subscription.types.iter();
    Shown {
        subscription_id: subscription.subscription_id.as_str(),
        url: subscription.url.expose(),
        types: types.map(Kind::as_str).collect(),
        purpose: subscription.purpose.as_str(),
        state: match subscription.state {
            State::Active => "active",
            State::Disabled => "disabled",
        },
        disabled_because: subscription.disabled_because.map(|because| match because {
            Because::Partner => "partner",
            Because::Gone => "gone",
            Because::Failing => "failing",
        }),
        failing_since: subscription.failing_since,
        created_at: subscription.created_at,
        updated_at: subscription.updated_at,
        both_secrets_until: subscription.secrets.both_until(now),
    }
}

fn sent(delivery: &Delivery) -> Sent<'_> {
    let is_waiting = delivery.state == DeliveryState::Waiting;
    let tried = delivery.tried.iter().map(|attempt| Tried {
        at: attempt.at,
        outcome: match attempt.outcome {
            Outcome::Delivered => "delivered",
            Outcome::Gone => "gone",
            Outcome::Refused => "refused",
            Outcome::NoAnswer => "no-answer",
            Outcome::NoAddress => "no-address",
            Outcome::NotCalled => "not-called",
        },
        status: attempt.status,
    });
    Sent {
        delivery_id: delivery.delivery_id.as_str(),
        r#type: delivery.kind.as_str(),
        state: match delivery.state {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sending => "sending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Withheld => "withheld",
            DeliveryState::Cancelled => "cancelled",
        },
        created_at: delivery.created_at,
        next_at: delivery.next_at.filter(|_| is_waiting),
        tried: tried.collect(),
    }
}
