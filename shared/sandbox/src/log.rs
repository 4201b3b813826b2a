//! The end of what code wrote to its log.

/// As much of it as is kept, in bytes.
const KEPT: usize = 4 * 1024;

/// What was written, as far as it is kept.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Twice as much as is kept at most, so that it is moved seldom.
    tail: Vec<u8>,
    written: usize,
}

impl Log {
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.written = self.written.saturating_add(bytes.len());
        let end = bytes.len().saturating_sub(KEPT);
        self.tail
            .extend_from_slice(bytes.get(end..).unwrap_or_default());
        if self.tail.len() > 2 * KEPT {
            self.tail.drain(..self.tail.len() - KEPT);
        }
    }

    /// How much was written in all.
    pub(crate) const fn written(&self) -> usize {
        self.written
    }

    pub(crate) fn into_end(mut self) -> Vec<u8> {
        self.tail.drain(..self.tail.len().saturating_sub(KEPT));
        self.tail
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_end_is_kept_however_it_was_written(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3000), 0..12)
        ) {
            let mut log = Log::default();
            for piece in &pieces {
                log.write(piece);
            }
            let all = pieces.concat();
            prop_assert_eq!(log.written(), all.len());
            let kept = log.into_end();
            prop_assert!(kept.len() == all.len().min(KEPT) && all.ends_with(&kept));
        }
    }
}
