//! A source that fails when it should go on.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

pub(crate) struct BreaksOff {
    rest: Vec<u8>,
}

impl BreaksOff {
    pub(crate) const fn after(bytes: Vec<u8>) -> Self {
        Self { rest: bytes }
    }
}

impl AsyncRead for BreaksOff {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let taken = self.rest.len().min(buf.remaining());
        if taken == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let rest = self.rest.split_off(taken);
        let now = std::mem::replace(&mut self.rest, rest);
        buf.put_slice(&now);
        Poll::Ready(Ok(()))
    }
}
