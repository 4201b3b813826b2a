//! One message: whether it is run now, and what becomes of it.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use extension::{
    Answer, Permit, RunMessage,
    registry::{CodeAt, ExtensionVersion},
};
use jiff::Timestamp;
use lambda_kit::{batch::sqs::Message, clock::later, log, planted};

use crate::{
    App, HostError,
    code::{CodeError, Fetched, Run, Taken, Went},
    finishing::{self, Came},
    ledger::{Claim, Lease, Standing},
    registered::Runs,
};

/// How long a message waits whose extension is stopped, before it is seen whether it runs again.
const UNTIL_SEEN_AGAIN: Duration = Duration::from_mins(10);

/// How long it waits while another message tries whether the extension works again.
const WHILE_TRIED: Duration = Duration::from_secs(20);

/// How often a run is tried at most.
const MOST_TRIES: u32 = 4;

/// How often a run may be cut off before it is given up.
const MOST_CUT_OFFS: u32 = 3;

/// The longest answer that is told, in bytes: sealed, with all that is told beside it, it fits into a row.
const LONGEST_ANSWER: usize = 192 * 1024;

/// Runs the tenant's code on what `message` brings, unless that was done; `left` is how long it may take.
pub(crate) async fn run(app: &App, message: &Message, left: Duration) -> Result<(), HostError> {
    let brought = RunMessage::read(&message.body).ok_or(HostError::NotOurs)?;
    if brought.run.tenant != app.tenant && !planted::is_on("extension-of-another-tenant-run") {
        return Err(HostError::NotOurs);
    }
    log::correlate(&brought.run.event_id);
    let standing = Box::pin(may_run(app, message, &brought)).await?;
    let registered = app.registered.of(&brought.run.extension).await?;
    if matches!(registered, Runs::Stopped) {
        return give_back(app, message, later(app.clock.now(), UNTIL_SEEN_AGAIN)).await;
    }
    let owner = app.ids.uuid().simple().to_string();
    let lease = match app.ledger.claim(&brought.run, owner).await? {
        Claim::Mine(lease) => lease,
        Claim::Done => return Ok(()),
        Claim::Finished(finished) => {
            return finishing::tell(app, message, &brought.run, finished).await;
        }
        Claim::Busy(until) => {
            app.visibility.until(message, app.clock.now(), until).await;
            return Err(HostError::Busy);
        }
    };
    let came = match registered {
        Runs::Version(version) => {
            let came = Box::pin(carry_out(app, &brought, &lease, &version, left)).await;
            match came {
                Ok(came) => came,
                Err(error) => return Err(let_go(app, &lease, error).await),
            }
        }
        Runs::Stopped | Runs::Gone => Came::unrun("unknown-extension"),
    };
    Box::pin(finishing::finish(
        app,
        message,
        (&brought, &lease),
        came,
        standing,
    ))
    .await
}

/// How the extension has been doing, if it may be run now; else the message waits. That it is tried is on record
/// before it is.
async fn may_run(
    app: &App,
    message: &Message,
    brought: &RunMessage,
) -> Result<Standing, HostError> {
    let whose = (&brought.run.tenant, &brought.run.extension);
    let standing = app.ledger.standing(whose.0, whose.1).await?;
    // Whoever opened or closed it may have been cut off before the tenant knew.
    finishing::tell_of_pauses(app, whose, &standing.breaker.untold).await?;
    let now = app.clock.now();
    let until = match standing.breaker.permit(now) {
        Permit::Yes => return Ok(standing),
        Permit::Trial(_) if planted::is_on("breaker-never-half-opens") => {
            later(now, UNTIL_SEEN_AGAIN)
        }
        Permit::Trial(circuit) => {
            let trying = standing.with(standing.breaker.trying(circuit));
            let trying = trying.unwrap_or_else(|| standing.clone());
            if app.ledger.note(whose, &trying).await? {
                return Ok(app.ledger.standing(whose.0, whose.1).await?);
            }
            later(now, WHILE_TRIED)
        }
        Permit::BeingTried => later(now, WHILE_TRIED),
        Permit::NotBefore(until) => until,
    };
    give_back(app, message, until).await.map(|()| standing)
}

async fn give_back(app: &App, message: &Message, until: Timestamp) -> Result<(), HostError> {
    app.visibility.until(message, app.clock.now(), until).await;
    Err(HostError::Paused(until))
}

/// Runs the code; what is no fault of its is an error.
async fn carry_out(
    app: &App,
    brought: &RunMessage,
    lease: &Lease,
    version: &(Arc<ExtensionVersion>, CodeAt),
    left: Duration,
) -> Result<Came, CodeError> {
    let (version, code) = version;
    let name = version.version.to_string();
    // All that there were died with their host: this would, too.
    if lease.cut_offs >= MOST_CUT_OFFS {
        return Ok(Came::unrun(finishing::CUT_OFF).by(name));
    }
    let event = match app.code.event(&brought.event).await? {
        Fetched::Event(event) => event,
        Fetched::Gone => return Ok(Came::unrun(finishing::GONE).by(name)),
        Fetched::OutOfReach => return Ok(Came::unrun("event-out-of-reach").by(name)),
    };
    let run = Run {
        version,
        event_id: &brought.run.event_id,
        event: &event,
    };
    let went = app.code.run(code, run, left).await?;
    Ok(came(brought, version, went))
}

/// What came of it, once the answer is held to what the version says of itself.
fn came(brought: &RunMessage, version: &ExtensionVersion, went: Went) -> Came {
    let name = version.version.to_string();
    let Went {
        answered,
        mut log,
        taken,
    } = went;
    let answer = answered.and_then(|written| {
        if written.len() > LONGEST_ANSWER {
            return Err("answer-too-large");
        }
        if planted::is_on("extension-answer-unchecked") {
            let written = String::from_utf8_lossy(&written).into_owned();
            return Ok(Some(written));
        }
        match Answer::read(&written, &version.manifest) {
            Ok(answer) if answer.is_empty() => Ok(None),
            Ok(answer) => serde_json::to_string(&answer)
                .map(Some)
                .map_err(|_| "answer-refused"),
            Err(problems) => {
                for problem in problems {
                    _ = write!(log, "\nanswer: {problem}");
                }
                Err("answer-refused")
            }
        }
    });
    let sealed = answer.and_then(|answer| {
        let seal = |answer: String| brought.key.seal(&brought.run, &name, &answer);
        answer.map(seal).transpose().map_err(|_| "answer-refused")
    });
    Came {
        answered: sealed,
        most_tries: tries(version),
        version: Some(name),
        log,
        taken,
    }
}

/// How often code of `version` is tried on an event. What gives the same answer each time fails again as well, unless
/// its host was busy: once more is enough.
fn tries(version: &ExtensionVersion) -> u32 {
    if version.manifest.is_deterministic() {
        2
    } else {
        MOST_TRIES
    }
}

/// Lets go of a run that did not come to run; what is wrong stays what it was.
async fn let_go(app: &App, lease: &Lease, error: CodeError) -> HostError {
    if let Err(released) = app.ledger.release(lease).await {
        tracing::warn!(error = %lambda_kit::Chain(&released), "a run counts as an attempt though it did not run");
    }
    error.into()
}

impl Came {
    /// That nothing was run, for `cause`.
    fn unrun(cause: &'static str) -> Self {
        Self {
            answered: Err(cause),
            most_tries: 1,
            version: None,
            log: "it was not run".to_owned(),
            taken: Taken::default(),
        }
    }

    fn by(self, version: String) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}
