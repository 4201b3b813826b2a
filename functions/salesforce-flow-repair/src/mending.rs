//! Mending one flow: a look, a try if one is due, and another look that shows whether it helped.

use std::time::Duration;

use flow::{Act, Action, Breaker, Cause, Direction, Expected, Health, Next, Saved, plan};
use lambda_kit::{Invocation, batch::RESERVE, error::ServiceError};

use crate::{App, Done, looking::Look, redriving, telling};

/// As long as the function may run: a run that died keeps no other from its try for longer.
pub(crate) const LEASE: Duration = Duration::from_mins(2);

/// Looks after a flow. `told` is what AppFlow said of the cause.
pub(crate) async fn mend(
    app: &App,
    flow: &Expected,
    told: Option<Cause>,
    invocation: &Invocation,
    done: &mut Done,
) -> Result<(), ServiceError> {
    let breaker = telling::tell(app, app.breakers.load(&flow.name).await?).await?;
    let look = Look::at(app, flow).await?;
    if let (Direction::Out, Some(seen)) = (flow.direction, &look.seen) {
        app.counts.add_accepted(&flow.name, &seen.runs).await?;
    }
    let health = look.health(flow, told, breaker.acted_at());
    let Some((cause, trying)) = next(app, &breaker, health, done).await? else {
        return Ok(());
    };
    done.tried += 1;
    schedule(app, &trying).await?;
    let actions = plan(cause, trying.tries(), look.is_active());
    let acting = act(app, flow, &trying, &actions, &look, invocation);
    // Where there was no time for all of it, whoever looks after the lease goes on.
    let Some((made, refused)) = acting.await? else {
        return Ok(());
    };
    let acted = trying.acted(&made, app.clock.now());
    if app.breakers.save(&acted).await? == Saved::Overtaken {
        return Ok(());
    }
    // What Salesforce refuses by its login it will refuse until people change something.
    if refused == Some(Cause::Credentials) {
        return give_up(app, &acted, Cause::Credentials, done).await;
    }
    let look = Look::at(app, flow).await?;
    if look.health(flow, None, acted.acted_at()) == Health::Well {
        heal(app, &acted, done).await?;
    }
    Ok(())
}

/// What the row makes of that health; the try that this run has to make, if it has to make one.
pub(crate) async fn next(
    app: &App,
    breaker: &Breaker,
    health: Health,
    done: &mut Done,
) -> Result<Option<(Cause, Breaker)>, ServiceError> {
    let now = app.clock.now();
    let owner = app.ids.uuid().simple().to_string();
    let (cause, trying) = match breaker.next(health, now) {
        Next::Nothing | Next::Wait | Next::Busy => return Ok(None),
        Next::Heal => {
            heal(app, breaker, done).await?;
            return Ok(None);
        }
        Next::GiveUp(cause) => {
            give_up(app, breaker, cause, done).await?;
            return Ok(None);
        }
        Next::Try(cause) => {
            let trying = breaker.trying(cause, &owner, now, LEASE, app.chance());
            (cause, trying)
        }
        Next::Resume(cause) => (cause, breaker.resuming(&owner, now, LEASE, app.chance())),
    };
    let saved = app.breakers.save(&trying).await?;
    Ok((saved == Saved::Done).then_some((cause, trying)))
}

/// Before anything is done: whoever is cut off afterwards is followed by the next try.
pub(crate) async fn schedule(app: &App, trying: &Breaker) -> Result<(), ServiceError> {
    let Some(at) = trying.next_try_at() else {
        return Ok(());
    };
    let token = trying.token();
    app.retries.look_at(trying.flow(), &token, at).await
}

async fn heal(app: &App, breaker: &Breaker, done: &mut Done) -> Result<(), ServiceError> {
    let flow = app.flows.named(breaker.flow());
    // What was edited while it did not tell, nobody tells of later.
    if flow.is_some_and(|flow| flow.direction == Direction::In) {
        app.reread.catch_up().await?;
    }
    let settled = telling::settle(app, breaker.healed(app.clock.now())).await?;
    if settled.is_some() {
        tracing::info!(flow = breaker.flow(), "a flow is well again");
        done.mended += 1;
    }
    Ok(())
}

async fn give_up(
    app: &App,
    breaker: &Breaker,
    cause: Cause,
    done: &mut Done,
) -> Result<(), ServiceError> {
    let given_up = breaker.given_up(cause, app.clock.now(), app.chance());
    let settled = telling::settle(app, given_up).await?;
    if settled.is_some() {
        tracing::error!(flow = breaker.flow(), %cause, "a flow can't be mended");
        done.given_up += 1;
    }
    Ok(())
}

/// Does `actions` up to the first that is refused; what was done, that one included, and what its refusal
/// says of the cause; `None` if there was no time for all of it.
async fn act(
    app: &App,
    flow: &Expected,
    trying: &Breaker,
    actions: &[Action],
    look: &Look,
    invocation: &Invocation,
) -> Result<Option<(Vec<Action>, Option<Cause>)>, ServiceError> {
    let token = trying.token();
    let mut made = Vec::new();
    for action in actions {
        made.push(*action);
        let act = match action {
            Action::Wait => Act::Done,
            Action::SignIn => app.signer.sign_in(&app.flows, &token).await?,
            Action::Stop => app.updater.stop(&flow.name).await?,
            Action::Update => app.updater.update(flow, &token).await?,
            Action::Start => app.starter.start(&flow.name, &token).await?,
            Action::Redrive => {
                let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
                if !redriving::missed(app, look, trying, has_time).await? {
                    return Ok(None);
                }
                Act::Done
            }
            Action::Reread => {
                app.reread.catch_up().await?;
                Act::Done
            }
        };
        if let Act::Refused(cause) = act {
            return Ok(Some((made, cause)));
        }
    }
    Ok(Some((made, None)))
}
