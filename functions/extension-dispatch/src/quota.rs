//! How much a tenant's code may run in a day.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_types::SdkConfig;
use extension::{RegistryError, UsageReader, registry::Extension};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use lambda_kit::clock::{Clock, later};

/// For how long what was used serves without asking again.
const FRESH: Duration = Duration::from_mins(1);

/// Of as many extensions that is kept.
const MOST: usize = 10_000;

/// Knows what of their day extensions used up: `dynamodb:BatchGetItem` on the ledger.
#[derive(Debug)]
pub(crate) struct Quota {
    reader: UsageReader,
    most: u64,
    clock: Clock,
    seen: Mutex<HashMap<String, Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    day: Date,
    events: u64,
    until: Timestamp,
}

impl Quota {
    pub(crate) fn new(sdk: &SdkConfig, ledger: &str, most: u64, clock: Clock) -> Self {
        Self {
            reader: UsageReader::new(sdk, ledger),
            most,
            clock,
            seen: Mutex::default(),
        }
    }

    /// Whether `extension` ran as often today as it may, give or take what ran within the last minute.
    pub(crate) async fn is_used_up(&self, extension: &Extension) -> Result<bool, RegistryError> {
        let now = self.clock.now();
        let day = now.to_zoned(TimeZone::UTC).date();
        let key = format!("{}#{}", extension.tenant, extension.name);
        let seen = self.lock().get(&key).copied();
        if let Some(seen) = seen.filter(|seen| seen.day == day && now < seen.until) {
            return Ok(seen.events >= self.most);
        }
        let days = [day];
        let used = self.reader.of(&extension.tenant, &extension.name, &days);
        let events = used.await?.first().map_or(0, |(_, used)| used.events);
        let mut seen = self.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        let until = later(now, FRESH);
        seen.insert(key, Seen { day, events, until });
        Ok(events >= self.most)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
