//! Whether as much came out as went in, over today and the day before. A gap is looked after as a flow is:
//! it has a row, tries, an end of tries and a message.

use flow::{Action, Direction, Health, RECONCILIATION, Saved, gap, plan, waiting};
use lambda_kit::{Invocation, batch::RESERVE, error::ServiceError};

use crate::{App, Done, looking::Look, mending, redriving, telling};

pub(crate) async fn reconcile(
    app: &App,
    invocation: &Invocation,
    done: &mut Done,
) -> Result<(), ServiceError> {
    let breaker = telling::tell(app, app.breakers.load(RECONCILIATION).await?).await?;
    let look = outcomes(app).await?;
    let health = health(app, &look).await?;
    let Some((cause, trying)) = mending::next(app, &breaker, health, done).await? else {
        return Ok(());
    };
    done.tried += 1;
    mending::schedule(app, &trying).await?;
    let actions = plan(cause, trying.tries(), true);
    for action in &actions {
        match action {
            Action::Reread => app.reread.catch_up().await?,
            Action::Redrive => {
                let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
                if !redriving::everything(app, &look.files, &trying, has_time).await? {
                    return Ok(());
                }
            }
            Action::Wait | Action::SignIn | Action::Stop | Action::Update | Action::Start => {}
        }
    }
    let acted = trying.acted(&actions, app.clock.now());
    if app.breakers.save(&acted).await? == Saved::Overtaken {
        tracing::info!("another run looks after the counts");
    }
    Ok(())
}

/// The flow that takes outcomes, whose runs are counted now, and what waits for it.
async fn outcomes(app: &App) -> Result<Look, ServiceError> {
    let mut flows = app.flows.each().into_iter();
    match flows.find(|flow| flow.direction == Direction::Out) {
        Some(flow) => {
            let look = Look::at(app, &flow).await?;
            if let Some(seen) = &look.seen {
                app.counts.add_accepted(&flow.name, &seen.runs).await?;
            }
            Ok(look)
        }
        None => Ok(Look::default()),
    }
}

async fn health(app: &App, look: &Look) -> Result<Health, ServiceError> {
    let counts = app.counts.lately(app.clock.now()).await?;
    let runs = look.seen.as_ref().map(|seen| seen.runs.as_slice());
    let waiting = waiting(&look.files, runs.unwrap_or_default());
    Ok(gap(counts, waiting).map_or(Health::Well, Health::Ill))
}
