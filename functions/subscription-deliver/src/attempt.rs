//! One attempt: taken, decided on, made, and written down.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::{batch::sqs::Message, clock::later, log, planted};
use subscription::{Claim, Delivery, End, Outcome, Put, Subscription, Ticket};
use webhook::{Circuit, Permit};

use crate::{
    App, DeliverError,
    calling::{Called, call},
    content::{self, Content},
};

/// How often a lost race against another writer is answered by looking again.
const ATTEMPTS: u32 = 4;

/// How long a delivery waits for somebody who is being merged or split, or whose endpoint is being tried.
const A_WHILE: Duration = Duration::from_secs(30);

/// Makes an attempt of the delivery that the message names, if it is due. Whoever comes second finds it
/// taken; who is cut off leaves it to be taken over.
pub(crate) async fn make(app: &App, message: &Message) -> Result<(), DeliverError> {
    let ticket = Ticket::read(&message.body).ok_or(DeliverError::NoTicket)?;
    log::correlate(ticket.delivery_id.as_str());
    let found = app
        .deliveries
        .find(&ticket.subscription, &ticket.delivery_id);
    let Some(found) = found.await? else {
        return Ok(());
    };
    let owner = app.ids.uuid().simple().to_string();
    let receipts = content::new_receipts(app).map(|id| id.to_string());
    let Claim::Mine(delivery) = found.claim(app.clock.now(), owner, receipts) else {
        return Ok(());
    };
    if app.deliveries.put(&delivery).await? == Put::Overtaken {
        return Ok(());
    }
    Box::pin(carry_out(app, *delivery)).await
}

/// What becomes of a delivery that is ours.
async fn carry_out(app: &App, delivery: Delivery) -> Result<(), DeliverError> {
    let subscription = subscription(app, &delivery).await?;
    let Some(subscription) = subscription.filter(Subscription::is_active) else {
        return end(app, delivery, End::Cancelled).await;
    };
    if let Some(until) = closed_until(app, &subscription).await? {
        return postpone(app, delivery, until).await;
    }
    let content = Box::pin(content::of(app, &subscription, &delivery)).await?;
    let body = match content {
        Content::Text(body) => body,
        Content::Withheld => return end(app, delivery, End::Withheld).await,
        Content::Gone => return end(app, delivery, End::Cancelled).await,
        Content::Later => {
            let until = later(app.clock.now(), A_WHILE);
            return postpone(app, delivery, until).await;
        }
    };
    if planted::is_on("webhook-noted-before-it-is-sent") {
        Box::pin(note(app, delivery.clone(), Called::DELIVERED)).await?;
    }
    let called = Box::pin(call(app, &subscription, &delivery, body)).await;
    count(app, called);
    Box::pin(note(app, delivery, called)).await
}

async fn subscription(
    app: &App,
    delivery: &Delivery,
) -> Result<Option<Subscription>, DeliverError> {
    let (tenant, partner) = (&delivery.tenant, &delivery.partner);
    let id = &delivery.subscription_id;
    Ok(app.subscriptions.find(tenant, partner, id).await?)
}

/// Until when the endpoint is left in peace; `None` if it may be called. That it is tried is on record
/// before it is.
async fn closed_until(
    app: &App,
    subscription: &Subscription,
) -> Result<Option<Timestamp>, DeliverError> {
    let now = app.clock.now();
    match subscription.circuit.permit(now) {
        Permit::Yes => Ok(None),
        Permit::NotBefore(until) => Ok(Some(until)),
        Permit::Trial(circuit) => {
            let trying = subscription.clone().doing(circuit);
            Ok(match app.subscriptions.put(&trying).await? {
                Put::Done => None,
                // Somebody else tries it, or it was changed: what comes of that is to be seen.
                Put::Overtaken => Some(later(now, A_WHILE)),
            })
        }
    }
}

async fn end(app: &App, delivery: Delivery, end: End) -> Result<(), DeliverError> {
    app.metrics.count(
        match end {
            End::Withheld => "webhooks_withheld",
            End::Cancelled => "webhooks_cancelled",
        },
        1,
    );
    app.deliveries.put(&delivery.ended(end)).await?;
    Ok(())
}

async fn postpone(app: &App, delivery: Delivery, until: Timestamp) -> Result<(), DeliverError> {
    let postponed = delivery.postponed(until, app.clock.now());
    if app.deliveries.put(&postponed).await? == Put::Done {
        queue(app, &postponed).await?;
    }
    Ok(())
}

/// Writes down what came of the call: with the endpoint's state if that changed, both at once.
async fn note(app: &App, delivery: Delivery, called: Called) -> Result<(), DeliverError> {
    let tried = tried(app, delivery.clone(), called);
    for _ in 0..ATTEMPTS {
        let subscription = subscription(app, &delivery).await?;
        let changed = subscription.and_then(|found| doing(app, found, called.outcome));
        let put = match &changed {
            Some(changed) => app.outcomes.put(&tried, changed).await?,
            None => app.deliveries.put(&tried).await?,
        };
        if put == Put::Done {
            return queue(app, &tried).await;
        }
        let found = app
            .deliveries
            .find(&delivery.subscription, &delivery.delivery_id);
        let is_ours = found.await?.is_some_and(|found| found == delivery);
        if !is_ours {
            // It was taken over: whoever did that writes what comes of it.
            return Ok(());
        }
    }
    Err(DeliverError::Contended)
}

fn tried(app: &App, delivery: Delivery, called: Called) -> Delivery {
    let Called {
        outcome,
        status,
        not_before,
    } = called;
    // The last bits of an id are random.
    let (_, random) = app.ids.uuid().as_u64_pair();
    delivery.tried((outcome, status), app.clock.now(), not_before, random)
}

/// The subscription as it is after the call; `None` if nothing changes.
fn doing(app: &App, subscription: Subscription, outcome: Outcome) -> Option<Subscription> {
    let now = app.clock.now();
    let circuit = match outcome {
        Outcome::Gone if planted::is_on("webhook-gone-is-tried-again") => return None,
        Outcome::Gone => {
            let is_active = subscription.is_active();
            return is_active.then(|| subscription.gone(now));
        }
        Outcome::Delivered => Circuit::CLOSED,
        Outcome::Refused | Outcome::NoAnswer | Outcome::NoAddress => {
            subscription.circuit.failed(now)
        }
    };
    (circuit != subscription.circuit).then(|| subscription.doing(circuit))
}

/// What is due soon is brought by the queue; the rest is found when it is.
async fn queue(app: &App, delivery: &Delivery) -> Result<(), DeliverError> {
    if let Some(delay) = delivery.delay(app.clock.now()) {
        app.queue.send(delivery, delay).await?;
    }
    Ok(())
}

fn count(app: &App, called: Called) {
    let name = match called.outcome {
        Outcome::Delivered => "webhooks_delivered",
        Outcome::Gone => "webhooks_gone",
        Outcome::Refused | Outcome::NoAnswer | Outcome::NoAddress => "webhooks_failed",
    };
    app.metrics.count(name, 1);
}
