//! One attempt: taken, decided on, and made.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::{batch::sqs::Message, clock::later, log, planted};
use subscription::{Claim, Delivery, End, Put, Subscription, Ticket};
use webhook::Permit;

use crate::{
    App, DeliverError,
    calling::{Called, call},
    content::{self, Content},
    noting::{count, end, note, pass_over, queue},
};

/// How long a delivery waits for somebody who is being merged or split, or whose endpoint is being tried.
const A_WHILE: Duration = Duration::from_secs(30);

/// The flag by which operators switch webhooks off and on, for a tenant or for all.
const WEBHOOKS: &str = "partner-webhooks";

/// How long a delivery waits before it is seen whether they are on again: no longer than a queue delays it.
const UNTIL_SEEN_AGAIN: Duration = Duration::from_mins(10);

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
    let ending = subscription
        .as_ref()
        .map_or(End::Cancelled, Subscription::end);
    let Some(subscription) = subscription.filter(Subscription::is_active) else {
        return end(app, delivery, ending).await;
    };
    if is_switched_off(app, &subscription).await {
        // Before anything is decided on: nothing is on record that nobody is sent.
        app.metrics.count("webhooks_held", 1);
        let until = later(app.clock.now(), UNTIL_SEEN_AGAIN);
        return postpone(app, delivery, until).await;
    }
    match turn(app, &subscription).await? {
        Turn::Now => {}
        Turn::Soon => {
            let until = later(app.clock.now(), A_WHILE);
            return postpone(app, delivery, until).await;
        }
        Turn::Passes(until) => return pass_over(app, delivery, until).await,
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

/// Whether operators switched the tenant's webhooks off. Unless they said so they are on.
async fn is_switched_off(app: &App, subscription: &Subscription) -> bool {
    let tenant = subscription.tenant.as_str();
    !app.flags.is_on(WEBHOOKS, tenant, true).await && !planted::is_on("webhook-flag-not-read")
}

pub(crate) async fn subscription(
    app: &App,
    delivery: &Delivery,
) -> Result<Option<Subscription>, DeliverError> {
    let (tenant, partner) = (&delivery.tenant, &delivery.partner);
    let id = &delivery.subscription_id;
    Ok(app.subscriptions.find(tenant, partner, id).await?)
}

/// Whether an attempt is made.
enum Turn {
    /// It is.
    Now,
    /// Once it is known whether the endpoint answers again.
    Soon,
    /// This one is not: the endpoint is left in peace until then.
    Passes(Timestamp),
}

/// Whether the endpoint may be called. That it is tried is on record before it is.
async fn turn(app: &App, subscription: &Subscription) -> Result<Turn, DeliverError> {
    match subscription.circuit.permit(app.clock.now()) {
        Permit::Yes => Ok(Turn::Now),
        Permit::BeingTried => Ok(Turn::Soon),
        Permit::NotBefore(until) => Ok(Turn::Passes(until)),
        Permit::Trial(circuit) => {
            let trying = subscription.clone().trying(circuit);
            Ok(match app.subscriptions.put(&trying).await? {
                Put::Done => Turn::Now,
                // Somebody else tries it, or it was changed: what comes of that is to be seen.
                Put::Overtaken => Turn::Soon,
            })
        }
    }
}

async fn postpone(app: &App, delivery: Delivery, until: Timestamp) -> Result<(), DeliverError> {
    let postponed = delivery.postponed(until, app.clock.now());
    if app.deliveries.put(&postponed).await? == Put::Done {
        queue(app, &postponed).await?;
    }
    Ok(())
}
