//! How much is taken.

/// How much is taken of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body, unpacked.
    pub body: usize,
    /// Bytes of one message.
    pub message: usize,
    /// Messages of a batch.
    pub messages: usize,
    /// Levels of objects and arrays in one message.
    pub depth: usize,
}

impl Default for Limits {
    /// Segment's own, by which its SDKs cut their batches; and no more messages than one request's
    /// time is enough for.
    fn default() -> Self {
        Self {
            body: 500 * 1024,
            message: 32 * 1024,
            messages: 1_000,
            depth: 64,
        }
    }
}
