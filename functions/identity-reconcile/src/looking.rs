//! The other way round: is the user of a login that a person has on record still in the pool?

use lambda_kit::{Chain, Invocation, batch::RESERVE};
use profile::{WATCH_SHARDS, WatchedLogin};

use crate::{App, ReconcileError, Reconciled, may_pass, paced};

/// Looks for the logins whose turn it is, a hundred of each shard at most. What is left is the next
/// run's: the index has those first that wait longest.
pub(crate) async fn look(
    app: &App,
    invocation: &Invocation,
    done: &mut Reconciled,
) -> Result<(), ReconcileError> {
    let mut interval = paced();
    for shard in 0..WATCH_SHARDS {
        if invocation.is_running_out(&app.clock, RESERVE) {
            return Ok(());
        }
        let due = app.watch.due(shard).await;
        for login in due.map_err(ReconcileError::Profiles)? {
            if invocation.is_running_out(&app.clock, RESERVE) {
                return Ok(());
            }
            interval.tick().await;
            Box::pin(look_for(app, &login, done)).await?;
        }
    }
    Ok(())
}

/// Asks the pool for the user of `login`. It is taken off once the pool has missed it in two runs.
async fn look_for(
    app: &App,
    login: &WatchedLogin,
    done: &mut Reconciled,
) -> Result<(), ReconcileError> {
    let user = app.users.with_sub(&app.pool, &login.sub).await;
    let user = user.map_err(ReconcileError::Users)?;
    done.looked_for += 1;
    let outcome = match user {
        Some(_) => app.watch.seen(login).await.map(|()| false),
        None => Box::pin(app.watch.missed(login)).await,
    };
    match outcome {
        Ok(is_taken_off) => done.taken_off += u64::from(is_taken_off),
        Err(error) if may_pass(&error) => return Err(ReconcileError::Profiles(error)),
        Err(error) => {
            tracing::error!(error = %Chain(&error), "a login whose user is gone can't be taken off");
            done.left_on += 1;
        }
    }
    Ok(())
}
