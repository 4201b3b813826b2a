//! What a receiver's answer means.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

/// No receiver is waited for longer than for a day.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// What a receiver's answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has the message.
    Delivered,
    /// It wants no messages any more: the endpoint is disabled.
    Gone,
    /// It does not have it.
    Failed {
        /// When the receiver is ready for it, if it said so.
        not_before: Option<Timestamp>,
    },
}

/// What the answer with this status and `Retry-After` means. Redirects are failures: they would lead
/// past the checks of the address.
#[must_use]
pub fn answer(status: u16, retry_after_header: Option<&str>, now: Timestamp) -> Answer {
    match status {
        200..=299 => Answer::Delivered,
        410 => Answer::Gone,
        _ => Answer::Failed {
            not_before: retry_after_header.and_then(|header| retry_after(header, now)),
        },
    }
}

/// When `Retry-After` says that its sender is ready: in seconds or as a date. What is longer than a
/// day is a day.
#[must_use]
pub fn retry_after(header: &str, now: Timestamp) -> Option<Timestamp> {
    static DATES: DateTimeParser = DateTimeParser::new();
    let header = header.trim();
    let latest = now.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header.parse().unwrap_or(i64::MAX);
        let ready = now.checked_add(SignedDuration::from_secs(seconds));
        return Some(ready.unwrap_or(latest).min(latest));
    }
    let ready = DATES.parse_timestamp(header).ok()?;
    Some(ready.clamp(now, latest))
}
