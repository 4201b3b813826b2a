//! The configuration, kept for a few seconds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use configuration::{CONTACT, PublishedItem, PublishedReader, StoreError};
use contact::{Configuration, KINDS};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{Chain, clock::Clock, planted};
use tokio::time::timeout;

/// For how long it is kept before it is read again: an operator who edits it and calls hears of it.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How long a caller waits for it.
const PATIENCE: Duration = Duration::from_millis(1_200);

/// From where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// It was read just now.
    Table,
    /// It was read a few seconds ago.
    Kept,
    /// It was read a while ago, and can't be read now.
    Stale,
    /// It was never read.
    Default,
}

impl Source {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Kept => "cache",
            Self::Stale => "stale",
            Self::Default => "default",
        }
    }

    /// By which name it is counted.
    pub(crate) const fn metric(self) -> &'static str {
        match self {
            Self::Table => "lookups_read",
            Self::Kept => "lookups_cached",
            Self::Stale => "lookups_stale",
            Self::Default => "lookups_default",
        }
    }
}

/// What is known of the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) source: Source,
    /// How often what is known was written.
    pub(crate) version: u64,
    /// When it was read; `None` if it never was.
    pub(crate) read_at: Option<Timestamp>,
}

/// Why it can't be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it takes longer than a caller waits")]
    TooSlow,
}

/// What was read, and when it was last tried to.
#[derive(Debug, Clone)]
struct Seen {
    known: Known,
    tried_at: Timestamp,
}

/// Keeps what it reads.
#[derive(Debug)]
pub(crate) struct Kept {
    reader: PublishedReader,
    clock: Clock,
    seen: Mutex<Option<Seen>>,
}

impl Kept {
    pub(crate) const fn new(reader: PublishedReader, clock: Clock) -> Self {
        Self {
            reader,
            clock,
            seen: Mutex::new(None),
        }
    }

    /// What is known. While it can't be read, it is tried as often as it would be read: of many callers
    /// one waits.
    pub(crate) async fn known(&self) -> Known {
        let now = self.clock.now();
        let seen = self.seen();
        if let Some(seen) = &seen
            && now.duration_since(seen.tried_at) < FRESH
        {
            return seen.known.clone();
        }
        let (known, to_keep) = match (self.read().await, seen) {
            (Ok(known), _) => {
                let kept = Known {
                    source: Source::Kept,
                    ..known.clone()
                };
                (known, Some(kept))
            }
            (Err(error), Some(seen)) => {
                tracing::error!(error = %Chain(&error), "the configuration can't be read; an older one serves");
                let stale = Known {
                    source: if planted::is_on("contact-stale-unmarked") {
                        Source::Kept
                    } else {
                        Source::Stale
                    },
                    ..seen.known
                };
                (stale.clone(), Some(stale))
            }
            (Err(error), None) => {
                tracing::error!(error = %Chain(&error), "the configuration can't be read; queues count as open");
                (Known::nothing(), None)
            }
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = to_keep {
            *seen = Some(Seen {
                known,
                tried_at: now,
            });
        }
        drop(seen);
        known
    }

    fn seen(&self) -> Option<Seen> {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(&self) -> Result<Known, ReadError> {
        // Boxed: it reaches deep into the SDK, and is kilobytes.
        let read = timeout(PATIENCE, Box::pin(self.reader.read(CONTACT))).await;
        let row = read.map_err(|_| ReadError::TooSlow)??;
        let configuration = match &row {
            Some(row) => read_records(row)?,
            // Nothing was configured yet.
            None => Configuration::default(),
        };
        if configuration.unreadable() > 0 {
            let records = configuration.unreadable();
            tracing::error!(records, "records of the configuration can't be read");
        }
        Ok(Known {
            configuration: Arc::new(configuration),
            source: Source::Table,
            version: row.map_or(0, |row| row.version),
            read_at: Some(self.clock.now()),
        })
    }
}

impl Known {
    fn nothing() -> Self {
        Self {
            configuration: Arc::default(),
            source: Source::Default,
            version: 0,
            read_at: None,
        }
    }
}

fn read_records(row: &PublishedItem) -> Result<Configuration, StoreError> {
    let published = row.open()?;
    let records = KINDS.into_iter().flat_map(|kind| {
        let records = published.of_kind(kind);
        records.map(move |(_, record)| (kind, record))
    });
    Ok(Configuration::read(records))
}
