//! A body of which every byte follows from its place, and an S3 that keeps only a checksum of what
//! it takes: neither is ever in memory whole.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{base64, body::SdkBody};
use http::{Response, header::CONTENT_LENGTH, response::Builder};
use tokio::io::{AsyncRead, ReadBuf};

/// The bytes from `at` on.
pub(crate) fn fill(mut at: u64, bytes: &mut [u8]) {
    for byte in bytes {
        let [high, ..] = at.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        // Within ASCII, so that the whole is a text.
        *byte = high & 0x7f;
        at += 1;
    }
}

/// The body, as somebody reads it from elsewhere.
pub(crate) struct Source {
    pub(crate) at: u64,
    pub(crate) end: u64,
}

impl AsyncRead for Source {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = usize::try_from(self.end - self.at).unwrap();
        let mut piece = [0; 8 * 1_024];
        let length = left.min(buf.remaining()).min(piece.len());
        fill(self.at, &mut piece[..length]);
        buf.put_slice(&piece[..length]);
        self.at += u64::try_from(length).unwrap();
        Poll::Ready(Ok(()))
    }
}

/// The part of S3 that uploads in parts and reads in ranges. Clones are one and the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tape(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    /// Of each part its number, its length and its checksum.
    parts: Vec<(u32, u64, u32)>,
    /// How long the object is, once it is one.
    length: u64,
    checksum: u32,
}

impl Taken {
    fn complete(&mut self) {
        self.parts.sort_unstable();
        let mut whole = crc32fast::Hasher::new();
        for (_, length, checksum) in &self.parts {
            whole.combine(&crc32fast::Hasher::new_with_initial_len(*checksum, *length));
        }
        self.length = self.parts.iter().map(|(_, length, _)| length).sum();
        self.checksum = whole.finalize();
    }
}

impl Tape {
    /// How many parts made the object, and how long it is.
    pub(crate) fn taken(&self) -> (usize, u64) {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (taken.parts.len(), taken.length)
    }

    fn answer(&self, request: &HttpRequest) -> Response<SdkBody> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, query) = request.uri().split_once('?').unwrap_or_default();
        let asked = |name: &str| {
            let mut pairs = query.split('&');
            pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        match request.method() {
            "POST" if asked("uploadId").is_none() => made(
                Response::builder(),
                "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
            ),
            "PUT" => {
                let number = asked("partNumber").unwrap().parse().unwrap();
                let part = request.body().bytes().unwrap();
                let length = u64::try_from(part.len()).unwrap();
                taken.parts.push((number, length, crc32fast::hash(part)));
                made(Response::builder().header("etag", "\"part\""), "")
            }
            "POST" => {
                taken.complete();
                made(
                    Response::builder(),
                    "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>",
                )
            }
            "HEAD" => {
                let checksum = base64::encode(taken.checksum.to_be_bytes());
                let response = Response::builder()
                    .header(CONTENT_LENGTH, taken.length)
                    .header("etag", "\"whole\"")
                    .header("x-amz-checksum-crc32", checksum);
                made(response, "")
            }
            _ => ranged(request.headers().get("range").unwrap()),
        }
    }
}

fn ranged(range: &str) -> Response<SdkBody> {
    let (first, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    let mut bytes = vec![0; usize::try_from(last + 1 - first).unwrap()];
    fill(first, &mut bytes);
    made(Response::builder().status(206), bytes)
}

fn made(response: Builder, body: impl Into<SdkBody>) -> Response<SdkBody> {
    response.body(body.into()).unwrap()
}

impl HttpConnector for Tape {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let tape = self.clone();
        HttpConnectorFuture::new(async move {
            // On its way, so that the parts that are under way at once are in memory at once.
            tokio::task::yield_now().await;
            HttpResponse::try_from(tape.answer(&request))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl HttpClient for Tape {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
