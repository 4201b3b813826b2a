//! The routes.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use subscription::{Delivery, DeliveryId, MOST, Put, Subscription, SubscriptionId, problems};
use webhook::Secret;

use crate::{App, Caller, representation, wanted};

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// `GET /v1/subscriptions`: all of the partner's.
pub(crate) async fn list(app: &App, _: &Request, caller: &Caller) -> Result<Response, Problem> {
    let whose = caller.whose();
    let found = app.lister.of(whose.tenant, whose.partner).await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::list(&found, app.clock.now()))
}

/// `POST /v1/subscriptions`: a new one, with its secret. The same request finds what it made before.
pub(crate) async fn create(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let wanted = wanted::read(request, app.reach)?;
    let whose = caller.whose();
    let id = SubscriptionId::of(whose.tenant, whose.partner, request.id());
    let there = app.lister.of(whose.tenant, whose.partner).await;
    let there = there.map_err(|error| problems::unavailable(&error))?;
    let now = app.clock.now();
    if let Some(made) = there.iter().find(|each| each.subscription_id == id) {
        return Ok(representation::made(made, now));
    }
    if there.len() >= MOST {
        return Err(problems::too_many());
    }
    let subscription = Subscription::new(whose, wanted, &secret(app)?, request.id(), now);
    match put(app, &subscription).await? {
        Put::Done => Ok(representation::made(&subscription, now)),
        Put::Overtaken => Ok(representation::made(&find(app, caller, &id).await?, now)),
    }
}

/// `GET /v1/subscriptions/{subscription_id}`: one of them, as it stands.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let found = named(app, request, caller).await?;
    Ok(representation::one(&found, app.clock.now()))
}

/// `PUT /v1/subscriptions/{subscription_id}`: it is as the body says from now on.
pub(crate) async fn change(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let wanted = wanted::read(request, app.reach)?;
    for _ in 0..ATTEMPTS {
        let found = named(app, request, caller).await?;
        let now = app.clock.now();
        if found.last_request == request.id() {
            return Ok(representation::one(&found, now));
        }
        let changed = found.changed(caller.whose(), wanted.clone(), request.id(), now);
        if put(app, &changed).await? == Put::Done {
            return Ok(representation::one(&changed, now));
        }
    }
    Err(problems::busy())
}

/// `DELETE /v1/subscriptions/{subscription_id}`: it is no more, and what waits for it is not sent.
pub(crate) async fn remove(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let id = id(request)?;
    let whose = caller.whose();
    let found = app.store.find(whose.tenant, whose.partner, &id).await;
    if let Some(found) = found.map_err(|error| problems::unavailable(&error))? {
        let removed = app.remover.remove(&found).await;
        removed.map_err(|error| problems::unavailable(&error))?;
    }
    Ok(Response::empty(204))
}

/// `POST /v1/subscriptions/{subscription_id}/secret`: another secret, beside which the one before
/// signs for a day.
pub(crate) async fn rotate(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    for _ in 0..ATTEMPTS {
        let found = named(app, request, caller).await?;
        let now = app.clock.now();
        if found.last_request == request.id() {
            return Ok(representation::rotated(&found, now));
        }
        let rotated = found.rotated(&secret(app)?, request.id(), now);
        if put(app, &rotated).await? == Put::Done {
            return Ok(representation::rotated(&rotated, now));
        }
    }
    Err(problems::busy())
}

/// `GET /v1/subscriptions/{subscription_id}/deliveries`: what it was sent, what happened last in front.
pub(crate) async fn deliveries(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let before = request.query_parameter("cursor").map(str::parse);
    let before: Option<DeliveryId> = before.transpose().map_err(|_| problems::no_place())?;
    let found = named(app, request, caller).await?;
    let page = app.log.of(&found, before.as_ref()).await;
    let page = page.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::deliveries(&page))
}

/// `POST /v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry`: it is sent again within a
/// minute or two, under the same `webhook-id`. Of what is disabled nothing would be.
pub(crate) async fn retry(
    app: &App,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Problem> {
    let subscription = named(app, request, caller).await?;
    let id = request.path_parameter("delivery_id").unwrap_or_default();
    let id: DeliveryId = id.parse().map_err(|_| problems::no_such_delivery())?;
    if !subscription.is_active() {
        delivery(app, &subscription, &id).await?;
        return Err(problems::disabled());
    }
    for _ in 0..ATTEMPTS {
        let found = delivery(app, &subscription, &id).await?;
        let Some(again) = found.again(app.clock.now()) else {
            return Ok(representation::delivery(&found));
        };
        let put = app.deliveries.put(&again).await;
        if put.map_err(|error| problems::unavailable(&error))? == Put::Done {
            return Ok(representation::delivery(&again));
        }
    }
    Err(problems::busy())
}

async fn delivery(
    app: &App,
    subscription: &Subscription,
    id: &DeliveryId,
) -> Result<Delivery, Problem> {
    let found = app.deliveries.find_of(subscription, id).await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    found.ok_or_else(problems::no_such_delivery)
}

fn id(request: &Request) -> Result<SubscriptionId, Problem> {
    let id = request
        .path_parameter("subscription_id")
        .unwrap_or_default();
    id.parse().map_err(|_| problems::no_such_subscription())
}

/// The caller's subscription that the path names.
async fn named(app: &App, request: &Request, caller: &Caller) -> Result<Subscription, Problem> {
    find(app, caller, &id(request)?).await
}

async fn find(app: &App, caller: &Caller, id: &SubscriptionId) -> Result<Subscription, Problem> {
    let whose = caller.whose();
    let found = app.store.find(whose.tenant, whose.partner, id).await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    found.ok_or_else(problems::no_such_subscription)
}

async fn put(app: &App, subscription: &Subscription) -> Result<Put, Problem> {
    let put = app.store.put(subscription).await;
    put.map_err(|error| problems::unavailable(&error))
}

fn secret(app: &App) -> Result<Secret, Problem> {
    app.secrets.make().ok_or_else(problems::busy)
}
