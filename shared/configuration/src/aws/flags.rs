//! Flags, kept for a while.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use lambda_kit::{Chain, clock::Clock};
use tokio::sync::Mutex;

use super::{PublishedReader, StoreError};
use crate::{FLAGS, FlagSet};

/// For how long flags are kept before they are read again.
const FRESH: Duration = Duration::from_secs(30);

/// Tells what is switched on: `dynamodb:GetItem` on the table, at most once in half a minute. Clones share
/// what they keep.
#[derive(Debug, Clone)]
pub struct Flags {
    reader: PublishedReader,
    clock: Clock,
    kept: Arc<Mutex<Option<Kept>>>,
}

#[derive(Debug)]
struct Kept {
    asked_at: Timestamp,
    flags: FlagSet,
}

impl Flags {
    /// Flags of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            reader: PublishedReader::new(sdk, table),
            clock,
            kept: Arc::default(),
        }
    }

    /// Whether the flag is on for `tenant`; `default` if nobody says so. While the table can't be read,
    /// what it said last counts.
    pub async fn is_on(&self, name: &str, tenant: &str, default: bool) -> bool {
        // Whoever asks meanwhile waits for the answer instead of asking too.
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        let is_fresh = |kept: &Kept| now.duration_since(kept.asked_at).unsigned_abs() < FRESH;
        if !kept.as_ref().is_some_and(is_fresh) {
            let flags = match self.read().await {
                Ok(flags) => flags,
                Err(error) => {
                    tracing::error!(error = %Chain(&error), "flags can't be read");
                    // Nor are they asked for again at once: whoever waits for them waits once.
                    kept.take().map(|kept| kept.flags).unwrap_or_default()
                }
            };
            *kept = Some(Kept {
                asked_at: now,
                flags,
            });
        }
        let said = kept
            .as_ref()
            .and_then(|kept| kept.flags.is_on(name, tenant));
        said.unwrap_or(default)
    }

    async fn read(&self) -> Result<FlagSet, StoreError> {
        let row = self.reader.read(FLAGS).await?;
        let Some(row) = row else {
            return Ok(FlagSet::default());
        };
        Ok(FlagSet::of(&row.open()?))
    }
}
