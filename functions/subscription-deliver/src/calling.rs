//! One call of an endpoint.

use std::{net::IpAddr, time::Duration};

use http::{Request, Response};
use jiff::Timestamp;
use lambda_kit::planted;
use subscription::{Delivery, Outcome, Subscription};
use webhook::{Answer, Target, answer, sign};

use crate::App;

/// For how long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// What came of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called {
    /// In short.
    pub(crate) outcome: Outcome,
    /// The answer's status, if there was one.
    pub(crate) status: Option<u16>,
    /// When the receiver is ready, if it said so.
    pub(crate) not_before: Option<Timestamp>,
}

impl Called {
    /// That the receiver has it.
    pub(crate) const DELIVERED: Self = Self {
        outcome: Outcome::Delivered,
        status: Some(200),
        not_before: None,
    };

    /// That nobody was called, nor will be until then.
    pub(crate) const fn not_before(until: Timestamp) -> Self {
        Self {
            not_before: Some(until),
            ..Self::without_answer(Outcome::NotCalled)
        }
    }

    const fn without_answer(outcome: Outcome) -> Self {
        Self {
            outcome,
            status: None,
            not_before: None,
        }
    }
}

/// Sends `body` to the endpoint of `subscription`.
pub(crate) async fn call(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
    body: String,
) -> Called {
    let Ok(target) = app.reach.target(subscription.url.expose()) else {
        return Called::without_answer(Outcome::NoAddress);
    };
    let Some(address) = address(app, &target).await else {
        return Called::without_answer(Outcome::NoAddress);
    };
    let Some(request) = request(app, subscription, delivery, &target, body) else {
        return Called::without_answer(Outcome::NoAddress);
    };
    let again = planted::is_on("webhook-redirect-followed").then(|| request.clone());
    let Ok(mut response) = app.outside.send(address, request, PATIENCE).await else {
        return Called::without_answer(Outcome::NoAnswer);
    };
    if let Some(again) = again
        && let Some(elsewhere) = redirected(&response, again)
        && let Ok(followed) = app.outside.send(address, elsewhere, PATIENCE).await
    {
        response = followed;
    }
    read(&response, app.clock.now())
}

/// The address to connect to. All those of the name have to be public, and it is the one that was looked
/// at: the name is not asked again.
async fn address(app: &App, target: &Target) -> Option<IpAddr> {
    let addresses = match target.address() {
        Some(address) => vec![address],
        None => app.outside.look_up(target.host()).await.ok()?,
    };
    app.reach.address(&addresses).ok()
}

fn request(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
    target: &Target,
    body: String,
) -> Option<Request<Vec<u8>>> {
    let now = app.clock.now();
    let signers = subscription.secrets.signers(now);
    let id = delivery.delivery_id.as_str();
    let signed = sign(&signers, id, now, body.as_bytes()).ok()?;
    let mut request = Request::post(target.as_str())
        .header("content-type", "application/cloudevents+json")
        .header("user-agent", "fairlead");
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    request.body(body.into_bytes()).ok()
}

fn read(response: &Response<()>, now: Timestamp) -> Called {
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.and_then(|value| value.to_str().ok());
    let (outcome, not_before) = match answer(status, retry_after, now) {
        Answer::Delivered => (Outcome::Delivered, None),
        Answer::Gone => (Outcome::Gone, None),
        Answer::Failed { not_before } => (Outcome::Refused, not_before),
    };
    Called {
        outcome,
        status: Some(status),
        not_before,
    }
}

/// The same request to where a redirect leads.
fn redirected(response: &Response<()>, again: Request<Vec<u8>>) -> Option<Request<Vec<u8>>> {
    let location = response.headers().get("location")?.to_str().ok()?;
    let (mut head, body) = again.into_parts();
    head.uri = location.parse().ok()?;
    Some(Request::from_parts(head, body))
}
