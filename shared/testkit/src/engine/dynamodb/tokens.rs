//! The ten minutes of a client request token, in simulated time.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::Value;

/// How long `DynamoDB` remembers a `ClientRequestToken`
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>).
const WINDOW: Duration = Duration::from_mins(10);

/// The emulator forgets tokens by the machine's clock. So each token goes to it under a name that
/// changes when the window has passed on the simulated clock.
pub(super) struct Tokens {
    clock: Clock,
    first_seen: BTreeMap<String, (Timestamp, usize)>,
}

impl Tokens {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            first_seen: BTreeMap::new(),
        }
    }

    /// The input with its token, if it has one, named for its window.
    pub(super) fn within_window(&mut self, input: &Value) -> Value {
        let mut input = input.clone();
        if let Some(Value::String(token)) = input.get_mut("ClientRequestToken") {
            let now = self.clock.now();
            let known = self.first_seen.len();
            let entry = self.first_seen.entry(token.clone()).or_insert((now, known));
            if now.duration_since(entry.0).unsigned_abs() >= WINDOW {
                *entry = (now, entry.1 + known);
            }
            *token = format!("{:08}-{}", entry.1, token.get(..24).unwrap_or(token));
        }
        input
    }
}
