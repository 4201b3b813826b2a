//! The engines over HTTP, and what goes wrong on the way to them.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{Request, Response};

use super::{process::Killer, server::Server};
use crate::{
    Call, Fault,
    engine::Engines,
    fault::{FaultPlan, conflict, half_applied, throttled, unavailable},
};

/// The services as one process after another finds them. A crash kills the process that is there.
/// Dropping it closes all connections.
pub struct Services {
    way: Arc<Way>,
    server: Server,
}

struct Way {
    engines: Engines,
    faults: FaultPlan,
    adapt: Box<Adapt>,
    calls: AtomicUsize,
    /// How many calls are under way that arrive later.
    late: AtomicUsize,
    kills: AtomicUsize,
    process: Mutex<Option<Killer>>,
}

type Adapt = dyn Fn(&mut Call) + Send + Sync;

impl Services {
    /// Serves `engines`; on the way there calls meet what `faults` says.
    pub fn start(engines: Engines, faults: FaultPlan) -> io::Result<Self> {
        Self::start_adapting(engines, faults, |_| {})
    }

    /// The same; what arrives is what `adapt` makes of a call.
    pub fn start_adapting(
        engines: Engines,
        faults: FaultPlan,
        adapt: impl Fn(&mut Call) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let way = Arc::new(Way {
            engines,
            faults,
            adapt: Box::new(adapt),
            calls: AtomicUsize::new(0),
            late: AtomicUsize::new(0),
            kills: AtomicUsize::new(0),
            process: Mutex::new(None),
        });
        let server = {
            let way = Arc::clone(&way);
            Server::start(move |request| {
                // A call that has left its process arrives, though that is dead by then.
                let answering = tokio::spawn(Arc::clone(&way).answer(request));
                async move { answering.await.ok().flatten() }
            })?
        };
        Ok(Self { way, server })
    }

    /// What is served.
    #[must_use]
    pub fn engines(&self) -> &Engines {
        &self.way.engines
    }

    /// How many processes were killed in the middle of a call.
    #[must_use]
    pub fn kills(&self) -> usize {
        self.way.kills.load(Ordering::SeqCst)
    }

    /// Whether a call is still to arrive that was delayed.
    #[must_use]
    pub fn are_awaiting_calls(&self) -> bool {
        self.way.late.load(Ordering::SeqCst) > 0
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// From now on it is this process that calls.
    pub(super) fn serve(&self, process: Killer) {
        let mut current = self
            .way
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Some(process);
    }
}

impl Way {
    /// `None` if there is no answer, and the connection breaks off.
    async fn answer(self: Arc<Self>, request: Request<Bytes>) -> Option<Response<Bytes>> {
        let Some(mut call) = Call::read(&request) else {
            return Some(self.engines.call(&request));
        };
        (self.adapt)(&mut call);
        let n = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match self.faults.take(n, &call) {
            None => Some(self.engines.perform(&call)),
            Some(Fault::CrashBefore) => {
                self.kill();
                None
            }
            Some(Fault::CrashAfter) => {
                _ = self.engines.perform(&call);
                self.kill();
                None
            }
            Some(Fault::Unavailable) => Some(unavailable(&call)),
            Some(Fault::Throttle) => Some(throttled(&call)),
            Some(Fault::LoseAcknowledgement) => {
                _ = self.engines.perform(&call);
                None
            }
            Some(Fault::Delay(by)) => {
                self.late.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(by).await;
                let response = self.engines.perform(&call);
                self.late.fetch_sub(1, Ordering::SeqCst);
                Some(response)
            }
            Some(Fault::BlackHole) => pending().await,
            Some(Fault::HalfApply) => Some(half_applied(&call, &self.engines)),
            Some(Fault::Conflict) => Some(conflict(&call)),
        }
    }

    fn kill(&self) {
        let process = self
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if process.is_some_and(|process| process.kill()) {
            self.kills.fetch_add(1, Ordering::SeqCst);
        }
    }
}
