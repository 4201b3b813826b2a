//! A payload as a source, for whoever hands it on.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{Stream, stream::try_unfold};
use tokio::io::{AsyncRead, ReadBuf};

use super::{Payload, ReadError};

/// The bytes of a payload, one range of them in memory at a time. It ends only once all of them were
/// read and are what was written; what goes wrong is an [`io::Error`] with the [`ReadError`] in it.
pub struct PayloadStream {
    ranges: Pin<Box<dyn Stream<Item = Result<Bytes, ReadError>> + Send>>,
    /// What is left of the range that came last.
    rest: Bytes,
}

impl Payload {
    /// The payload as a source of bytes: with [`PayloadWriter::upload`](crate::PayloadWriter::upload)
    /// it gets from one bucket to another, however large it is.
    #[must_use]
    pub fn into_stream(self) -> PayloadStream {
        let ranges = try_unfold(self, |mut payload| async move {
            let range = payload.next().await?;
            Ok::<_, ReadError>(range.map(|range| (range, payload)))
        });
        PayloadStream {
            ranges: Box::pin(ranges),
            rest: Bytes::new(),
        }
    }
}

impl AsyncRead for PayloadStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(self.ranges.as_mut().poll_next(context)) {
                Some(Ok(range)) => self.rest = range,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                None => return Poll::Ready(Ok(())),
            }
        }
        let taken = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest.split_to(taken));
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for PayloadStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadStream")
    }
}
