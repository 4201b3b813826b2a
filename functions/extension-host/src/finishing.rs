//! What came of a run: on record first, and then told.

use std::time::Duration;

use event::{Cause, CloudEvent, Data, Finished as Told, Outgoing, Pause, RunOutcome};
use extension::{Breaker, Notice, RunId, RunMessage};
use lambda_kit::{batch::sqs::Message, clock::later, log, planted};
use serde_json::json;
use tenancy::{ExtensionName, TenantId};

use crate::{
    App, HostError, LedgerError,
    code::Taken,
    ledger::{Counted, Dead, Ended, Ending, Finished, Lease, Standing, Used},
};

/// How long a run waits that failed: after the first attempt, the second and the third.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// How often the end of a run is written that meets those of others.
const ROUNDS: u32 = 4;

/// As much of the log as is kept, in bytes.
const LOG_KEPT: usize = 4 * 1024;

/// What its host never survived, or was never left to.
pub(crate) const CUT_OFF: &str = "cut-off";

/// What nothing is left of.
pub(crate) const GONE: &str = "event-gone";

/// What came of a run.
#[derive(Debug, Clone)]
pub(crate) struct Came {
    /// The answer, sealed, if it says anything; or why there is none.
    pub(crate) answered: Result<Option<String>, &'static str>,
    /// How often it is tried at most, if there is none; what was not run is not.
    pub(crate) most_tries: u32,
    pub(crate) version: Option<String>,
    pub(crate) log: String,
    pub(crate) taken: Taken,
}

impl Came {
    fn counted(&self) -> Counted {
        match self.answered {
            Ok(_) => Counted::Success,
            Err(GONE) => Counted::Withheld,
            Err(_) => Counted::Error,
        }
    }
}

/// Puts on record what came of a run, tells of it, and is done; or lets it be tried again.
pub(crate) async fn finish(
    app: &App,
    message: &Message,
    (brought, lease): (&RunMessage, &Lease),
    came: Came,
    standing: Standing,
) -> Result<(), HostError> {
    let came = Came {
        log: end_of(&came.log),
        ..came
    };
    tell_log(brought, &came);
    let is_over = came.answered.is_ok() || lease.failures + 1 >= came.most_tries;
    measure(app, brought, &came, is_over);
    let finished = is_over.then(|| finished(app, brought, &came));
    if planted::is_on("extension-done-before-it-is-told")
        && let Some(finished) = &finished
    {
        record(app, lease, Some(finished), &came, standing).await?;
        app.ledger.done(&brought.run).await?;
        return tell(app, message, &brought.run, finished.clone()).await;
    }
    let after = record(app, lease, finished.as_ref(), &came, standing).await?;
    let whose = (&brought.run.tenant, &brought.run.extension);
    tell_of_pauses(app, whose, &after.untold).await?;
    if let Some(finished) = finished {
        tell(app, message, &brought.run, finished).await
    } else {
        let failures = usize::try_from(lease.failures).unwrap_or(usize::MAX);
        let pause = PAUSES.get(failures);
        let pause = pause.copied().unwrap_or(Duration::from_mins(5));
        let now = app.clock.now();
        app.visibility.until(message, now, later(now, pause)).await;
        Err(HostError::Failed)
    }
}

/// Writes down how the run ended; gives how the extension is doing after it.
async fn record(
    app: &App,
    lease: &Lease,
    finished: Option<&Finished>,
    came: &Came,
    mut standing: Standing,
) -> Result<Breaker, HostError> {
    let used = Used {
        counted: finished.map(|_| came.counted()),
        taken: came.taken,
    };
    for _ in 0..ROUNDS {
        let after = doing(app, &standing.breaker, came);
        let changed = standing.with(after.clone());
        let ending = finished.map_or(Ending::Failed, Ending::Finished);
        let ended = app.ledger.end(lease, ending, &used, changed.as_ref());
        match ended.await? {
            Ended::OnRecord => return Ok(after),
            Ended::Overtaken => {
                let (tenant, extension) = (&lease.run.tenant, &lease.run.extension);
                standing = app.ledger.standing(tenant, extension).await?;
            }
        }
    }
    Err(LedgerError::Contended.into())
}

/// How the extension is doing after the run. What could not be run says nothing of the code.
fn doing(app: &App, before: &Breaker, came: &Came) -> Breaker {
    let now = app.clock.now();
    match came.answered {
        Ok(_) if planted::is_on("breaker-never-closes") => before.clone(),
        Ok(_) => before.succeeded(now),
        Err(cause) if came.most_tries > 1 || cause == CUT_OFF => before.failed(now, cause),
        Err(_) => before.clone(),
    }
}

/// What is told of a run that is over.
fn finished(app: &App, brought: &RunMessage, came: &Came) -> Finished {
    let counted = came.counted();
    let run = &brought.run;
    let told = Told {
        tenant_id: run.tenant.clone(),
        extension: run.extension.clone(),
        version: came.version.clone(),
        event_id: run.event_id.clone(),
        event_type: brought.event_type.clone(),
        profile_id: brought.person,
        outcome: match counted {
            Counted::Success => RunOutcome::Success,
            Counted::Error => RunOutcome::Error,
            Counted::Withheld => RunOutcome::Withheld,
        },
        error: came
            .answered
            .as_ref()
            .err()
            .map(|cause| (*cause).to_owned()),
        answer: came.answered.clone().ok().flatten(),
        duration_ms: u64::try_from(came.taken.duration.as_millis()).unwrap_or(u64::MAX),
        fuel: came.taken.fuel,
        memory_bytes: came.taken.memory,
    };
    let cause = Cause {
        request_id: run.event_id.clone(),
    };
    let event = CloudEvent::new(
        Data::ExtensionFinished(Box::new(told)),
        &cause,
        &app.clock,
        &app.ids,
    );
    let chain = brought.chain().after(&run.extension);
    let id = if planted::is_on("extension-result-anew") {
        event.id.clone()
    } else {
        run.result_id()
    };
    let time = event.time;
    let event = event.known_as(id, time).caused_by(chain.hops(), chain.by());
    Finished {
        result: event.to_json(),
        dead: (counted == Counted::Error).then(|| Dead {
            cause: came
                .answered
                .as_ref()
                .err()
                .map_or("", |cause| *cause)
                .to_owned(),
            version: came.version.clone(),
            log: came.log.clone(),
        }),
    }
}

/// Tells what came of a run, and is done. Cut off in between, it is told again under the same key.
pub(crate) async fn tell(
    app: &App,
    message: &Message,
    run: &RunId,
    finished: Finished,
) -> Result<(), HostError> {
    if let Some(dead) = &finished.dead {
        let letter = (run.extension.as_str(), dead);
        app.dead_letters.put(message, &run.row(), letter).await?;
    }
    let result = Outgoing::new(finished.result).ok_or(LedgerError::Malformed)?;
    publish(app, result).await?;
    Ok(app.ledger.done(run).await?)
}

/// Tells the tenant that its extension is paused, or runs again.
pub(crate) async fn tell_of_pauses(
    app: &App,
    (tenant, extension): (&TenantId, &ExtensionName),
    untold: &[Notice],
) -> Result<(), HostError> {
    if untold.is_empty() {
        return Ok(());
    }
    for notice in untold {
        let pause = Pause {
            tenant_id: tenant.clone(),
            extension: extension.clone(),
            since: notice.paused.since,
            cause: notice.paused.cause.clone(),
        };
        let (data, metric) = if notice.is_running {
            (Data::ExtensionResumed(pause), "extensions_resumed")
        } else {
            (Data::ExtensionPaused(pause), "extensions_paused")
        };
        let id = notice.id(tenant, extension);
        let cause = Cause {
            request_id: id.clone(),
        };
        let event = CloudEvent::new(data, &cause, &app.clock, &app.ids).known_as(id, notice.at);
        let event = Outgoing::new(event.to_json()).ok_or(LedgerError::Malformed)?;
        publish(app, event).await?;
        app.metrics.count(metric, 1);
    }
    Ok(app.ledger.told((tenant, extension), untold).await?)
}

async fn publish(app: &App, event: Outgoing) -> Result<(), HostError> {
    let published = app.publisher.publish(&[event]).await;
    for outcome in published {
        outcome?;
    }
    Ok(())
}

/// A line of the log that the tenant reads.
fn tell_log(brought: &RunMessage, came: &Came) {
    let outcome = match came.counted() {
        Counted::Success => "success",
        Counted::Error => "error",
        Counted::Withheld => "withheld",
    };
    log::line(&json!({
        "extension_log": true,
        "extension": brought.run.extension,
        "version": came.version,
        "event_id": brought.run.event_id,
        "outcome": outcome,
        "message": came.log,
    }));
}

/// Counts by tenant and extension: a tenant has a few dozen extensions at most.
fn measure(app: &App, brought: &RunMessage, came: &Came, is_over: bool) {
    let dimensions = [
        ("tenant", brought.run.tenant.as_str()),
        ("extension", brought.run.extension.as_str()),
    ];
    let milliseconds = u64::try_from(came.taken.duration.as_millis()).unwrap_or(u64::MAX);
    let failed = u64::from(came.answered.is_err());
    app.metrics.measure(
        &dimensions,
        &[
            ("extension_events", "Count", u64::from(is_over)),
            ("extension_failed_runs", "Count", failed),
            ("extension_duration", "Milliseconds", milliseconds),
            (
                "extension_fuel",
                "Count",
                came.taken.fuel.unwrap_or_default(),
            ),
            (
                "extension_memory",
                "Bytes",
                came.taken.memory.unwrap_or_default(),
            ),
        ],
    );
}

/// The end of a log, as far as it is kept.
fn end_of(log: &str) -> String {
    let mut start = log.len().saturating_sub(LOG_KEPT);
    while !log.is_char_boundary(start) {
        start += 1;
    }
    log.get(start..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_log_the_end_is_kept_whole() {
        let log = format!("{}end", "ä".repeat(LOG_KEPT));
        let end = end_of(&log);
        assert!(end.len() <= LOG_KEPT && end.ends_with("äend"));
        assert_eq!(end_of("short"), "short");
    }
}
