//! Getting dead letters back to where they came from: first there, then out of their queue. Whoever
//! is cut off in between does the first again, which has no second effect.

use std::time::Duration;

use access::Receipt;
use dead_letter::{DeadLetterQueue, Letter, Letters, SourceSender, Table, Way};
use futures_util::future::join_all;
use lambda_kit::{Chain, Invocation, Retry, batch::stream::Record, error::ServiceError, planted};
use serde_json::value::RawValue;

use crate::{App, request::Wanted, routes::show_again};

/// Less time than that is left for nothing new: what is under way needs it.
pub(crate) const RESERVE: Duration = Duration::from_secs(4);

/// As many messages as a request moves at most: what is answered of them is kept under its key.
const MOST: usize = 500;

/// Gets letters of one queue back.
pub(crate) struct Redrive<'a> {
    app: &'a App,
    queue: &'a DeadLetterQueue,
    letters: Letters,
    source: Option<SourceSender>,
}

/// What became of those that were named.
pub(crate) struct Redriven {
    pub(crate) outcomes: Vec<(String, Outcome)>,
    /// Whether there may be more of them.
    pub(crate) more: bool,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in the queue again that it came from, or was for.
    Queued,
    /// Its row is to be relayed again.
    Relayed,
    /// Its row is not parked any more, and may be gone.
    NotParked,
    /// It is in the archive.
    Archived,
    /// It is removed: the sweep finds what it points at.
    LeftToSweep,
    /// It is removed: the next run does what it left.
    LeftToNextRun,
    /// It lies where it was: it has no way back, or what it holds is refused there.
    Stays,
    /// It was not found: it is gone, or somebody else is at it.
    NotFound,
}

impl Outcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Relayed => "relayed",
            Self::NotParked => "not-parked",
            Self::Archived => "archived",
            Self::LeftToSweep => "left-to-sweep",
            Self::LeftToNextRun => "left-to-next-run",
            Self::Stays => "stays",
            Self::NotFound => "not-found",
        }
    }
}

impl<'a> Redrive<'a> {
    /// Finds the queue, and the one that its messages go back to.
    pub(crate) async fn begin(
        app: &'a App,
        queue: &'a DeadLetterQueue,
    ) -> Result<Self, ServiceError> {
        let letters = app.queues.letters(queue).await?;
        let source = match queue.back() {
            Some(back) => Some(app.queues.source(back).await?),
            None => None,
        };
        Ok(Self {
            app,
            queue,
            letters,
            source,
        })
    }

    /// Gets those that are `wanted` back, for as long as there is time. While it is at them nobody else
    /// gets them; those that it leaves there can be seen again at the end.
    pub(crate) async fn run(
        &self,
        mut wanted: Wanted,
        invocation: &Invocation,
    ) -> Result<Redriven, ServiceError> {
        let mut outcomes = Vec::new();
        let mut left = Vec::new();
        let ended = Box::pin(self.rounds(&mut wanted, invocation, &mut outcomes, &mut left)).await;
        show_again(&self.letters, &left).await;
        let more = ended?;
        let missing = wanted.missing().into_iter();
        outcomes.extend(missing.map(|id| (id, Outcome::NotFound)));
        Ok(Redriven { outcomes, more })
    }

    /// Whether there may be more; what stays in the queue is added to `left`.
    async fn rounds(
        &self,
        wanted: &mut Wanted,
        invocation: &Invocation,
        outcomes: &mut Vec<(String, Outcome)>,
        left: &mut Vec<Letter>,
    ) -> Result<bool, ServiceError> {
        let clock = &self.app.clock;
        loop {
            if wanted.is_satisfied() {
                return Ok(false);
            }
            if outcomes.len() >= MOST || invocation.is_running_out(clock, RESERVE) {
                return Ok(true);
            }
            // A repetition of this request begins when this one must have ended, and finds them then.
            let hidden = invocation.left(clock);
            let received = self.letters.receive(hidden).await?;
            if received.is_empty() {
                return Ok(false);
            }
            let (meant, others): (Vec<Letter>, Vec<Letter>) = received
                .into_iter()
                .partition(|letter| wanted.take(&letter.message_id));
            left.extend(others);
            self.round(meant, outcomes, left).await?;
        }
    }

    /// Gets some back, side by side; the first failure is told once all have been tried.
    async fn round(
        &self,
        letters: Vec<Letter>,
        outcomes: &mut Vec<(String, Outcome)>,
        left: &mut Vec<Letter>,
    ) -> Result<(), ServiceError> {
        let ends = join_all(letters.iter().map(|letter| Box::pin(self.one(letter)))).await;
        let mut failure = None;
        for (letter, end) in letters.into_iter().zip(ends) {
            match end {
                Ok(outcome) => {
                    outcomes.push((letter.message_id.clone(), outcome));
                    if outcome == Outcome::Stays {
                        left.push(letter);
                    }
                }
                Err(error) => {
                    failure.get_or_insert(error);
                    left.push(letter);
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn one(&self, letter: &Letter) -> Result<Outcome, ServiceError> {
        if planted::is_on("dead-letter-removed-before-it-is-back") {
            self.letters.delete(letter).await?;
        }
        let outcome = self.give_back(letter).await?;
        if outcome != Outcome::Stays {
            self.letters.delete(letter).await?;
        }
        Ok(outcome)
    }

    async fn give_back(&self, letter: &Letter) -> Result<Outcome, ServiceError> {
        let app = self.app;
        match letter.told(self.queue).way {
            Way::Queue => match &self.source {
                Some(source) => source.send(letter).await.map(|()| Outcome::Queued),
                None => Ok(Outcome::Stays),
            },
            Way::Outbox { table, key } => {
                let rows = match table {
                    Table::Profiles => &app.profiles,
                    Table::Events => &app.events,
                    Table::Receipts | Table::Config => return Ok(Outcome::Stays),
                };
                let was_parked = rows.give_back(&key, app.clock.now()).await?;
                Ok(if was_parked {
                    Outcome::Relayed
                } else {
                    Outcome::NotParked
                })
            }
            Way::Archive(change) => self.archive(change.expose()).await,
            Way::Sweep => Ok(Outcome::LeftToSweep),
            Way::NextRun => Ok(Outcome::LeftToNextRun),
            Way::None => Ok(Outcome::Stays),
        }
    }

    /// Archives the receipt of a change as receipt-archive does, which its table has no more.
    async fn archive(&self, change: &str) -> Result<Outcome, ServiceError> {
        let raw = RawValue::from_string(change.to_owned()).ok();
        let record = raw.and_then(|raw| Record::try_from(raw).ok());
        let Some(receipt) = record.and_then(|record| record.old_image::<Receipt>()) else {
            return Ok(Outcome::Stays);
        };
        let archived = receipt.archived();
        let (key, bytes) = (archived.key(), archived.to_bytes());
        let created = self.app.archive.create(&key, "application/json", bytes);
        match created.await {
            Ok(_) => Ok(Outcome::Archived),
            Err(error) if error.retry == Retry::Never => {
                tracing::error!(error = %Chain(&error), "the archive refuses a receipt");
                Ok(Outcome::Stays)
            }
            Err(error) => Err(error),
        }
    }
}
