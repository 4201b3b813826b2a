//! When to try again.

use jiff::{SignedDuration, Timestamp};

/// What lies before each attempt: the specification's own schedule, three days and more in all.
pub const SCHEDULE: [SignedDuration; 10] = [
    SignedDuration::ZERO,
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];

/// When the next attempt is due, `attempts` having been made, the last of which ended at `now`; none
/// once the schedule is over. `random` spreads what failed together over a tenth of the delay more;
/// a receiver that named a time is not tried before.
#[must_use]
pub fn next_attempt(
    attempts: usize,
    now: Timestamp,
    not_before: Option<Timestamp>,
    random: u64,
) -> Option<Timestamp> {
    let delay = SCHEDULE.get(attempts)?;
    let thousandths = i64::try_from(random % 1_001).unwrap_or_default();
    let jitter = delay.as_secs().saturating_mul(thousandths) / 10;
    let due = now
        .checked_add(*delay)
        .and_then(|due| due.checked_add(SignedDuration::from_millis(jitter)))
        .unwrap_or(Timestamp::MAX);
    Some(not_before.map_or(due, |not_before| due.max(not_before)))
}
