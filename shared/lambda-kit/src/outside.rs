//! Calls to hosts that others chose: each goes to one address, which whoever calls has looked at. A
//! name that leads elsewhere when it is asked again makes no difference, and no redirect is followed.

use std::{
    fmt,
    net::{IpAddr, ToSocketAddrs as _},
    sync::Arc,
    time::Duration,
};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    dns::{DnsFuture, ResolveDns, ResolveDnsError, SharedDnsResolver},
    http::{HttpConnector as _, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};

/// For how long a name is looked up.
const LOOK_UP: Duration = Duration::from_secs(5);

/// The way to the outside.
#[derive(Clone)]
pub struct Outside {
    names: SharedDnsResolver,
    connect: Arc<dyn Fn(IpAddr) -> SharedHttpConnector + Send + Sync>,
}

/// Nothing came back: no address, no connection, no certificate that holds, or no answer in time. What
/// it was is not told, since it may quote what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no answer from the outside")]
pub struct NoAnswer;

impl Outside {
    /// The internet: certificates stand under the system's roots, and no proxy is asked.
    #[must_use]
    pub fn internet() -> Self {
        Self::over(SystemNames, |address| {
            let connector = Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .sleep_impl(TokioSleep::new())
                .build_with_resolver(Pinned(address));
            SharedHttpConnector::new(connector)
        })
    }

    /// What stands in its place: `names` says where hosts are, and `connect` leads to an address.
    pub fn over(
        names: impl ResolveDns + 'static,
        connect: impl Fn(IpAddr) -> SharedHttpConnector + Send + Sync + 'static,
    ) -> Self {
        Self {
            names: SharedDnsResolver::new(names),
            connect: Arc::new(connect),
        }
    }

    /// All the addresses of `host`.
    pub async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, NoAnswer> {
        let found = tokio::time::timeout(LOOK_UP, self.names.resolve_dns(host)).await;
        found.map_err(|_| NoAnswer)?.map_err(|_| NoAnswer)
    }

    /// Sends `request` to `address`, by TLS for the host that its URI names. Of the answer the head is
    /// read, and nothing of its body.
    pub async fn send(
        &self,
        address: IpAddr,
        request: Request<Vec<u8>>,
        within: Duration,
    ) -> Result<Response<()>, NoAnswer> {
        let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(|_| NoAnswer)?;
        let connector = (self.connect)(address);
        let answer = tokio::time::timeout(within, connector.call(request)).await;
        let answer = answer.map_err(|_| NoAnswer)?.map_err(|_| NoAnswer)?;
        let mut head = Response::builder().status(answer.status().as_u16());
        for (name, value) in answer.headers() {
            head = head.header(name, value);
        }
        head.body(()).map_err(|_| NoAnswer)
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outside")
    }
}

/// Where the system says that hosts are.
#[derive(Debug)]
struct SystemNames;

impl ResolveDns for SystemNames {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let name = name.to_owned();
        DnsFuture::new(async move {
            // The system's own look-up blocks.
            let looked_up =
                tokio::task::spawn_blocking(move || (name.as_str(), 0).to_socket_addrs());
            let found = looked_up.await.map_err(ResolveDnsError::new)?;
            let found = found.map_err(ResolveDnsError::new)?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    }
}

/// Every host is at this address.
#[derive(Debug, Clone)]
struct Pinned(IpAddr);

impl ResolveDns for Pinned {
    fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
        DnsFuture::ready(Ok(vec![self.0]))
    }
}
