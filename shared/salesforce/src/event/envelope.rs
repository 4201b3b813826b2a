//! What EventBridge puts around an event.

use super::{Incoming, Refusal};
use crate::LargeEvent;

/// Reads a message of the queue `salesforce-config`: an event of the partner event bus, or a record that was
/// read again. A pointer is one to `bucket`, or none that is followed.
pub fn read(body: &str, bucket: &str) -> Result<Incoming, Refusal> {
    _ = (body, bucket);
    Err(Refusal::default())
}

/// Reads a large event, with what its summary said of it. It points nowhere itself.
pub fn read_large(text: &str, summary: &LargeEvent) -> Result<Incoming, Refusal> {
    _ = (text, summary);
    Err(Refusal::default())
}
