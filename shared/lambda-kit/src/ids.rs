//! Identifiers, passed in.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

use crate::clock::Clock;

/// Makes `UUIDv7` values: their first 48 bits are the time in milliseconds, so that ids sort by age.
#[derive(Clone)]
pub struct IdSource {
    clock: Clock,
    entropy: Arc<Mutex<fastrand::Rng>>,
}

impl IdSource {
    /// Ids for a running function: the generator is seeded by the operating system.
    #[must_use]
    pub fn system(clock: Clock) -> Self {
        // 64 bits of seed per execution environment: ids must be unique, not unguessable. Nothing
        // is ever granted on the knowledge of an id.
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that takes the system's randomness"
        )]
        let (_, seed) = Uuid::now_v7().as_u64_pair();
        Self::seeded(seed, clock)
    }

    /// Ids that repeat for the same seed and the same times.
    #[must_use]
    pub fn seeded(seed: u64, clock: Clock) -> Self {
        Self {
            clock,
            entropy: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
        }
    }

    /// The next id.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        let random = {
            let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
            entropy.u128(..)
        };
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        let [random @ .., _, _, _, _, _, _] = random.to_be_bytes();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl fmt::Debug for IdSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdSource")
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn ids_are_version_7_and_carry_the_time() {
        let at = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
        let ids = IdSource::seeded(1, Clock::from_fn(move || at));
        let id = ids.uuid();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.as_u128() >> 80, 1_700_000_000_123);
        assert_ne!(id, ids.uuid());
    }
}
