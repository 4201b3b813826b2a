//! The routes.

use std::{collections::BTreeMap, time::Duration};

use dead_letter::{DeadLetterQueue, Letter, Letters};
use futures_util::future::join_all;
use jiff::Timestamp;
use lambda_kit::{
    Chain, Invocation,
    error::ServiceError,
    http::{Request, Response},
    problem::Problem,
};

use crate::{
    App, problems,
    redrive::{RESERVE, Redrive},
    representation, request,
};

/// As many messages as are shown. SQS has no pages: who wants to see more has some processed first.
const MOST_SHOWN: usize = 100;

/// For how long a message that is shown is hidden from others, so that it is not shown twice: as long
/// as the function may take. It is let go of before, unless the function dies.
const LOOK: Duration = Duration::from_secs(10);

/// How many calls are under way at once.
const SIDE_BY_SIDE: usize = 10;

/// How much lies in a queue.
pub(crate) struct State<'a> {
    pub(crate) queue: &'a DeadLetterQueue,
    pub(crate) count: u64,
    /// When the oldest of those was sent that SQS gave.
    pub(crate) oldest: Option<Timestamp>,
}

/// `GET /v1/dead-letters`: every queue, and how much lies in it.
pub(crate) async fn list(app: &App) -> Result<Response, Problem> {
    let looking = app.catalogue.all().map(|queue| Box::pin(state(app, queue)));
    let states: Result<Vec<State<'_>>, ServiceError> =
        join_all(looking).await.into_iter().collect();
    let states = states.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::list(&states, app.clock.now()))
}

async fn state<'a>(app: &App, queue: &'a DeadLetterQueue) -> Result<State<'a>, ServiceError> {
    let letters = app.queues.letters(queue).await?;
    let count = letters.count().await?;
    // Nothing is hidden for it: whoever looks at the same time sees them, too.
    let some = match count {
        0 => Vec::new(),
        _ => letters.receive(Duration::ZERO).await?,
    };
    Ok(State {
        queue,
        count,
        oldest: some.iter().map(|letter| letter.sent_at).min(),
    })
}

/// `GET /v1/dead-letters/{queue}`: what lies in a queue.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    invocation: &Invocation,
) -> Result<Response, Problem> {
    let queue = request::queue(app, request)?;
    let shown = Box::pin(seen(app, queue, invocation)).await;
    let (count, mut seen, more) = shown.map_err(|error| problems::unavailable(&error))?;
    seen.sort_by_key(|letter| letter.sent_at);
    let now = app.clock.now();
    Ok(representation::show(queue, count, &seen, more, now))
}

/// How many there are, some of them, and whether there may be more.
async fn seen(
    app: &App,
    queue: &DeadLetterQueue,
    invocation: &Invocation,
) -> Result<(u64, Vec<Letter>, bool), ServiceError> {
    let letters = app.queues.letters(queue).await?;
    let count = letters.count().await?;
    let mut seen: BTreeMap<String, Letter> = BTreeMap::new();
    let more = loop {
        if seen.len() >= MOST_SHOWN || invocation.is_running_out(&app.clock, RESERVE) {
            break true;
        }
        let some = letters.receive(LOOK).await?;
        if some.is_empty() {
            break false;
        }
        seen.extend(
            some.into_iter()
                .map(|letter| (letter.message_id.clone(), letter)),
        );
    };
    let seen: Vec<Letter> = seen.into_values().collect();
    show_again(&letters, &seen).await;
    Ok((count, seen, more))
}

/// `POST /v1/dead-letters/{queue}/redrive`: has what is named processed again.
pub(crate) async fn redrive(
    app: &App,
    request: &Request,
    invocation: &Invocation,
) -> Result<Response, Problem> {
    let queue = request::queue(app, request)?;
    let wanted = request::wanted(request)?;
    let redrive = Redrive::begin(app, queue).await;
    let redrive = redrive.map_err(|error| problems::unavailable(&error))?;
    let redriven = Box::pin(redrive.run(wanted, invocation)).await;
    let redriven = redriven.map_err(|error| problems::unavailable(&error))?;
    tracing::info!(
        queue = %queue.name,
        messages = redriven.outcomes.len(),
        "dead letters are processed again"
    );
    Ok(representation::redriven(queue, &redriven))
}

/// Lets others get the messages at once. What fails here is no more than that they wait for it.
pub(crate) async fn show_again(letters: &Letters, seen: &[Letter]) {
    for some in seen.chunks(SIDE_BY_SIDE) {
        let shown = join_all(some.iter().map(|letter| letters.show_again(letter))).await;
        for error in shown.into_iter().filter_map(Result::err) {
            tracing::warn!(error = %Chain(&error), "a dead letter stays hidden for some seconds");
        }
    }
}
