//! What people are told, and by which ways. In comes a partner's event that is about somebody; out goes a
//! message of the queue from which they are told, which names both and says nothing of either. In comes a
//! person's record with their consent; out goes by which ways a notice reaches them, and in the outbox a
//! test of it.

mod aws;
mod ways;

use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::log;
use serde::{Deserialize, Serialize};
use tenancy::{EventTypeName, TenantId};

pub use crate::{
    aws::{Asked, NoticeQueue, NoticeTest, NoticeTestStore, QueueError},
    ways::{ACCOUNT, Address, Obstacle, Way},
};

/// For how long something is news. What is imported of earlier times rings nobody's telephone, and
/// neither does what lay in a queue for days.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// That somebody is to be told of an event of a partner, if the tenant's rule says so and they agree to
/// it when it is their turn. Everything but who and which is looked up then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventNotice {
    /// Whose rule.
    pub tenant: TenantId,
    /// The event's type, by which the rule is found.
    pub event_type: EventTypeName,
    /// The event's key: what is told once of it has that name.
    pub event: String,
    /// Whom the event is about, by the profile that it came by.
    pub profile_id: ProfileId,
    /// When it happened, and not later than it was accepted: a sender's clock may go ahead.
    pub at: Timestamp,
    /// The request that the event came by.
    pub request_id: String,
}

impl EventNotice {
    /// The notice in the message `body`, and its correlation id in every further line of the log;
    /// `None` if there is none in it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let notice: Self = serde_json::from_str(body).ok()?;
        log::correlate(&notice.request_id);
        Some(notice)
    }

    /// Whether people still want to hear of it at `now`.
    #[must_use]
    pub fn is_news(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) <= NEWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(at: &str) -> EventNotice {
        EventNotice {
            tenant: "harbour".parse().unwrap(),
            event_type: "com.example.parcel.sent.v1".parse().unwrap(),
            event: "harbour#abc".to_owned(),
            profile_id: "prf_01010101010171018101010101010101".parse().unwrap(),
            at: at.parse().unwrap(),
            request_id: "request-1".to_owned(),
        }
    }

    #[test]
    fn a_message_reads_as_what_was_written_and_nothing_else_does() {
        let notice = notice("2026-01-15T09:00:00Z");
        let body = serde_json::to_string(&notice).unwrap();
        assert_eq!(EventNotice::read(&body), Some(notice));
        let another = body.replace("\"event\"", "\"detail\"");
        for other in ["", "{}", another.as_str()] {
            assert_eq!(EventNotice::read(other), None, "{other}");
        }
    }

    #[test]
    fn it_is_news_for_a_day() {
        let notice = notice("2026-01-15T09:00:00Z");
        let news = |now: &str| notice.is_news(now.parse().unwrap());
        assert!(news("2026-01-15T08:59:00Z"));
        assert!(news("2026-01-16T09:00:00Z"));
        assert!(!news("2026-01-16T09:00:01Z"));
    }
}
