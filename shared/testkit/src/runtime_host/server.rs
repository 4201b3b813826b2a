//! An HTTP/1 server on a thread of its own, on a port of 127.0.0.1 that the system chooses.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread::JoinHandle,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use lambda_kit::BoxError;
use tokio::{net::TcpListener, sync::oneshot};

/// Dropping it ends its thread and closes its connections.
pub(super) struct Server {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `answer`; where that gives nothing, the connection breaks off.
    pub(super) fn start<F>(
        answer: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = Option<Response<Bytes>>> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = ended => {}
                    () = accept(listener, Arc::new(answer)) => {}
                }
            });
        });
        Ok(Self {
            address,
            end: Some(end),
            thread: Some(thread),
        })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn accept<F>(
    listener: std::net::TcpListener,
    answer: Arc<impl Fn(Request<Bytes>) -> F + Send + Sync + 'static>,
) where
    F: Future<Output = Option<Response<Bytes>>> + Send + 'static,
{
    let listener =
        TcpListener::from_std(listener).expect("a listener that does not block can be waited for");
    while let Ok((stream, _)) = listener.accept().await {
        let answer = Arc::clone(&answer);
        let service = service_fn(move |request| served(Arc::clone(&answer), request));
        tokio::spawn(async move {
            // A connection that breaks off concerns only the client.
            _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn served<F>(
    answer: Arc<impl Fn(Request<Bytes>) -> F>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, BoxError>
where
    F: Future<Output = Option<Response<Bytes>>>,
{
    let (head, body) = request.into_parts();
    // A client that goes away in the middle of its request gets no answer.
    let body = body.collect().await?.to_bytes();
    let response = answer(Request::from_parts(head, body)).await;
    response
        .map(|response| response.map(Full::new))
        .ok_or_else(|| BoxError::from("there is no answer"))
}
