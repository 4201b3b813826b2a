//! A source, cut into parts.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::{LARGEST, PART_BYTES, WriteError};

pub(super) struct Chunks<R> {
    source: R,
    /// How many bytes came so far.
    read: u64,
}

impl<R: AsyncRead + Unpin> Chunks<R> {
    pub(super) const fn new(source: R) -> Self {
        Self { source, read: 0 }
    }

    /// The next part. All but the last are whole; `None` if there is nothing left.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, WriteError> {
        let mut chunk = BytesMut::with_capacity(PART_BYTES);
        while chunk.len() < PART_BYTES && self.source.read_buf(&mut chunk).await? > 0 {}
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        self.read = self.read.saturating_add(bytes);
        if self.read > LARGEST {
            return Err(WriteError::TooLarge);
        }
        Ok((!chunk.is_empty()).then(|| chunk.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_parts_but_the_last_are_whole() {
        for (length, expected) in [
            (0, vec![]),
            (1, vec![1]),
            (PART_BYTES, vec![PART_BYTES]),
            (PART_BYTES + 1, vec![PART_BYTES, 1]),
        ] {
            let body = vec![7_u8; length];
            // A source that gives as little as it likes at a time.
            let (mut giving, taking) = tokio::io::duplex(100_000);
            let give = async move {
                tokio::io::AsyncWriteExt::write_all(&mut giving, &body)
                    .await
                    .unwrap();
            };
            let take = async {
                let (mut chunks, mut lengths) = (Chunks::new(taking), Vec::new());
                while let Some(chunk) = chunks.next().await.unwrap() {
                    lengths.push(chunk.len());
                }
                lengths
            };
            assert_eq!(tokio::join!(give, take).1, expected, "of {length} bytes");
        }
    }

    #[tokio::test]
    async fn no_more_is_taken_than_a_payload_may_have() {
        let mut chunks = Chunks {
            source: &b"ab"[..],
            read: LARGEST - 1,
        };
        let error = chunks.next().await.unwrap_err();
        assert!(matches!(error, WriteError::TooLarge), "{error}");
    }
}
