//! What Lambda says about the call under way.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;

/// One invocation: its id, and until when the answer has to be there.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's request id.
    pub request_id: String,
    /// When Lambda ends the function.
    pub deadline: Timestamp,
}

impl Invocation {
    /// How much of it is left.
    #[must_use]
    pub fn left(&self, clock: &Clock) -> Duration {
        let left = self.deadline.duration_since(clock.now());
        // What is over is less than nothing, and no duration.
        Duration::try_from(left).unwrap_or_default()
    }

    /// Whether less than `reserve` is left.
    #[must_use]
    pub fn is_running_out(&self, clock: &Clock, reserve: Duration) -> bool {
        self.left(clock) < reserve
    }
}

impl From<&lambda_runtime::Context> for Invocation {
    fn from(context: &lambda_runtime::Context) -> Self {
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        Self {
            request_id: context.request_id.clone(),
            deadline: Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX),
        }
    }
}
