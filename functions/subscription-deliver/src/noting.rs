//! What became of an attempt, written down, and told where it is the end of a subscription.

use std::iter;

use jiff::Timestamp;
use lambda_kit::planted;
use subscription::{Because, Delivery, DeliveryState, End, Outcome, Put, Subscription};

use crate::{App, DeliverError, attempt::subscription, calling::Called};

/// How often a lost race against another writer is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Ends what is not sent.
pub(crate) async fn end(app: &App, delivery: Delivery, end: End) -> Result<(), DeliverError> {
    app.metrics.count(
        match end {
            End::Withheld => "webhooks_withheld",
            End::Cancelled => "webhooks_cancelled",
            End::Failed => "webhooks_given_up",
        },
        1,
    );
    let ended = delivery.ended(end, app.clock.now());
    app.deliveries.put(&ended).await?;
    Ok(())
}

/// Writes down that an attempt of the schedule is not made, since the endpoint is left in peace `until`
/// then.
pub(crate) async fn pass_over(
    app: &App,
    delivery: Delivery,
    until: Timestamp,
) -> Result<(), DeliverError> {
    let passed = tried(app, delivery, Called::not_before(until));
    if app.deliveries.put(&passed).await? == Put::Done {
        count_end(app, &passed);
        queue(app, &passed).await?;
    }
    Ok(())
}

/// Writes down what came of the call: with the endpoint's state if that changed, and with what others are
/// told of that, all at once.
pub(crate) async fn note(
    app: &App,
    delivery: Delivery,
    called: Called,
) -> Result<(), DeliverError> {
    let tried = tried(app, delivery.clone(), called);
    for _ in 0..ATTEMPTS {
        let before = subscription(app, &delivery).await?;
        let was_active = before.as_ref().is_some_and(Subscription::is_active);
        let after = before.and_then(|before| doing(app, before, called.outcome));
        let disabled = after
            .as_ref()
            .filter(|after| was_active && !after.is_active());
        let told = match disabled {
            Some(disabled) => told_of(app, disabled).await?,
            None => Vec::new(),
        };
        let put = match &after {
            Some(after) if planted::is_on("webhook-end-told-afterwards") => {
                app.outcomes.put(&tried, after, &[]).await?
            }
            Some(after) => app.outcomes.put(&tried, after, &told).await?,
            None => app.deliveries.put(&tried).await?,
        };
        if put == Put::Done {
            count_end(app, &tried);
            count_disabled(app, disabled);
            if planted::is_on("webhook-end-told-afterwards") {
                for each in &told {
                    app.deliveries.put(each).await?;
                }
            }
            for each in iter::once(&tried).chain(&told) {
                queue(app, each).await?;
            }
            return Ok(());
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
    match outcome {
        Outcome::Gone if planted::is_on("webhook-gone-is-tried-again") => None,
        Outcome::Gone => {
            let is_active = subscription.is_active();
            is_active.then(|| subscription.gone(now))
        }
        Outcome::Delivered => subscription.succeeded(),
        Outcome::Refused | Outcome::NoAnswer | Outcome::NoAddress => subscription.failed(now),
        Outcome::NotCalled => None,
    }
}

/// What the partner's other subscriptions are told of this one, which is disabled now.
async fn told_of(app: &App, disabled: &Subscription) -> Result<Vec<Delivery>, DeliverError> {
    let Some(disablement) = disabled.disablement() else {
        return Ok(Vec::new());
    };
    let (tenant, partner) = (&disabled.tenant, &disabled.partner);
    let all = app.lister.of(tenant, partner).await?;
    let now = app.clock.now();
    let others = all
        .iter()
        .filter(|each| each.subscription_id != disabled.subscription_id);
    Ok(others
        .filter_map(|each| Delivery::of_disabled(each, &disablement, now))
        .collect())
}

/// What is due soon is brought by the queue; the rest is found when it is.
pub(crate) async fn queue(app: &App, delivery: &Delivery) -> Result<(), DeliverError> {
    if let Some(delay) = delivery.delay(app.clock.now()) {
        app.queue.send(delivery, delay).await?;
    }
    Ok(())
}

/// Counts what came of a call.
pub(crate) fn count(app: &App, called: Called) {
    let name = match called.outcome {
        Outcome::Delivered => "webhooks_delivered",
        Outcome::Gone => "webhooks_gone",
        Outcome::Refused | Outcome::NoAnswer | Outcome::NoAddress | Outcome::NotCalled => {
            "webhooks_failed"
        }
    };
    app.metrics.count(name, 1);
}

/// Counts what ends without having been taken: an alarm watches it.
fn count_end(app: &App, delivery: &Delivery) {
    if delivery.state == DeliveryState::Failed {
        app.metrics.count("webhooks_given_up", 1);
    }
}

/// Counts a subscription that is disabled now: an alarm watches each of them.
fn count_disabled(app: &App, disabled: Option<&Subscription>) {
    let name = match disabled.and_then(|disabled| disabled.disabled_because) {
        Some(Because::Failing) => "subscriptions_failing",
        Some(Because::Gone) => "subscriptions_gone",
        Some(Because::Partner) | None => return,
    };
    app.metrics.count(name, 1);
}
