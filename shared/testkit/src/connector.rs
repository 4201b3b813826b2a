//! The HTTP client below the SDK: every call that leaves the process passes here, gets a number,
//! and meets its fault.

use std::{
    fmt,
    future::pending,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

use crate::{
    Call, Fault, Service,
    canonical::sorted_text,
    engine::{Engines, answer::hex},
    fault::{FaultPlan, conflict, half_applied, throttled, unavailable},
    turnstile::Turnstile,
};

/// A call that left the process, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedCall {
    /// Its number, from 1.
    pub n: usize,
    /// The call.
    pub call: Call,
    /// When it left.
    pub at: Timestamp,
    /// What went wrong with it.
    pub fault: Option<Fault>,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Whether a trigger of Cognito's made it, which nobody waits for long.
    pub is_for_cognito: bool,
}

tokio::task_local! {
    /// There while a trigger of Cognito's is handled.
    pub(crate) static FOR_COGNITO: ();
}

impl fmt::Display for TracedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.n, self.call)?;
        if let Some(fault) = self.fault {
            write!(f, " !{fault}")?;
        }
        match self.status {
            Some(status) => write!(f, " -> {status}"),
            None => f.write_str(" -> no answer"),
        }
    }
}

/// The way from the SDK to the engines. Clones are one and the same.
#[derive(Clone)]
pub struct Connector(Arc<Shared>);

struct Shared {
    engines: Engines,
    clock: Clock,
    faults: FaultPlan,
    turnstile: Turnstile,
    state: Mutex<State>,
    stopped: Notify,
}

struct State {
    turns: fastrand::Rng,
    calls: Vec<TracedCall>,
    digest: Sha256,
    /// How often a crash has stopped the world, and whether it still stands.
    crashes: usize,
    stopped: bool,
}

impl Connector {
    /// A way to `engines` on `clock`'s time; `seed` decides which of several calls that are under
    /// way at once gets there first.
    #[must_use]
    pub fn new(engines: Engines, clock: Clock, seed: u64) -> Self {
        let state = State {
            turns: fastrand::Rng::with_seed(seed),
            calls: Vec::new(),
            digest: Sha256::new(),
            crashes: 0,
            stopped: false,
        };
        Self(Arc::new(Shared {
            engines,
            clock,
            faults: FaultPlan::default(),
            turnstile: Turnstile::default(),
            state: Mutex::new(state),
            stopped: Notify::new(),
        }))
    }

    /// What is to go wrong.
    #[must_use]
    pub fn faults(&self) -> FaultPlan {
        self.0.faults.clone()
    }

    pub(crate) fn turnstile(&self) -> &Turnstile {
        &self.0.turnstile
    }

    /// Every call so far.
    #[must_use]
    pub fn trace(&self) -> Vec<TracedCall> {
        self.trace_after(0)
    }

    /// How many calls there were so far.
    #[must_use]
    pub fn calls_so_far(&self) -> usize {
        self.state().calls.len()
    }

    /// The calls since there were `before` of them.
    #[must_use]
    pub fn trace_after(&self, before: usize) -> Vec<TracedCall> {
        let state = self.state();
        state.calls.get(before..).unwrap_or_default().to_vec()
    }

    /// One figure for all calls so far with their inputs, answers, faults and times.
    #[must_use]
    pub fn trace_hash(&self) -> String {
        hex(self.state().digest.clone().finalize())
    }

    /// Waits while the world goes on: until a crash has stopped it, and it stands.
    pub(crate) async fn stopped(&self) {
        self.until(|state| state.stopped).await;
    }

    /// Waits until there have been more crashes than `before`.
    pub(crate) async fn crashed_since(&self, before: usize) {
        self.until(|state| state.crashes > before).await;
    }

    pub(crate) fn crashes(&self) -> usize {
        self.state().crashes
    }

    async fn until(&self, reached: impl Fn(&State) -> bool) {
        loop {
            let notified = self.0.stopped.notified();
            if reached(&self.state()) {
                return;
            }
            notified.await;
        }
    }

    /// The world goes on after a crash.
    pub(crate) fn resume(&self) {
        self.state().stopped = false;
    }

    fn stop(&self) {
        let mut state = self.state();
        state.crashes += 1;
        state.stopped = true;
        drop(state);
        self.0.stopped.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, call: Call) -> Result<Response<Bytes>, ConnectorError> {
        self.travel().await;
        self.0.turnstile.pass(&call).await;
        let (n, fault) = self.begin(&call);
        if let Some(Fault::Delay(duration)) = fault {
            tokio::time::sleep(duration).await;
            self.travel().await;
        }
        let engines = &self.0.engines;
        let response = match fault {
            None | Some(Fault::Delay(_)) => engines.perform(&call),
            Some(Fault::CrashBefore) => {
                self.stop();
                pending().await
            }
            Some(Fault::CrashAfter) => {
                self.end(n, &engines.perform(&call));
                self.stop();
                pending().await
            }
            Some(Fault::Unavailable) => unavailable(&call),
            Some(Fault::Throttle) => throttled(&call),
            Some(Fault::LoseAcknowledgement) => {
                self.end(n, &engines.perform(&call));
                return Err(ConnectorError::io("connection reset by peer".into()));
            }
            Some(Fault::BlackHole) => pending().await,
            Some(Fault::HalfApply) => half_applied(&call, engines),
            Some(Fault::Conflict) => conflict(&call),
        };
        self.end(n, &response);
        self.travel().await;
        Ok(response)
    }

    /// The way there or back, on which others may get ahead: how many, follows from the seed. From
    /// a process that is dead nothing leaves any more, and nothing reaches it.
    async fn travel(&self) {
        let turns = self.state().turns.u8(1..=3);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        let stopped = self.state().stopped;
        if stopped {
            pending::<()>().await;
        }
    }

    fn begin(&self, call: &Call) -> (usize, Option<Fault>) {
        let at = self.0.clock.now();
        let mut state = self.state();
        let n = state.calls.len() + 1;
        let fault = self.0.faults.take(n, call);
        let line = format!("{n} {at} {call} {fault:?} {}\n", digested(&call.input));
        state.digest.update(line);
        state.calls.push(TracedCall {
            n,
            call: call.clone(),
            at,
            fault,
            status: None,
            is_for_cognito: FOR_COGNITO.try_with(|()| ()).is_ok(),
        });
        (n, fault)
    }

    fn end(&self, n: usize, response: &Response<Bytes>) {
        let body = match serde_json::from_slice(response.body()) {
            Ok(json) => sorted_text(&json),
            Err(_) => String::from_utf8_lossy(response.body()).into_owned(),
        };
        let mut state = self.state();
        state
            .digest
            .update(format!("{n} {} {body}\n", response.status()));
        if let Some(traced) = state.calls.get_mut(n - 1) {
            traced.status = Some(response.status().as_u16());
        }
    }
}

/// What counts of an input when two runs are compared: all but a sealed answer. A link in it names the region,
/// which each simulated process has to itself.
fn digested(input: &Value) -> String {
    const VALUES: &str = "ExpressionAttributeValues";
    const ANSWER: &str = ":answer";
    let mut open = None;
    if input
        .get(VALUES)
        .is_some_and(|values| values.get(ANSWER).is_some())
    {
        let mut input = input.clone();
        if let Some(values) = input.get_mut(VALUES).and_then(Value::as_object_mut) {
            values.remove(ANSWER);
        }
        open = Some(input);
    }
    sorted_text(open.as_ref().unwrap_or(input))
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            let call = read(request)?;
            let response = connector.answer(call).await?;
            HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The way to whoever is at an address outside.
#[derive(Debug)]
struct Led {
    connector: Connector,
    address: IpAddr,
}

impl Connector {
    /// The way to `address`, which numbers calls and meets faults as the SDK's does.
    pub(crate) fn led_to(&self, address: IpAddr) -> SharedHttpConnector {
        let connector = self.clone();
        SharedHttpConnector::new(Led { connector, address })
    }
}

impl HttpConnector for Led {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, address) = (self.connector.clone(), self.address);
        HttpConnectorFuture::new(async move {
            let headers: Map<String, Value> = request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            let body = request.body().bytes().unwrap_or_default();
            let mut input = json!({
                "Url": request.uri(),
                "Address": address.to_string(),
                "Headers": headers,
                "Body": String::from_utf8_lossy(body),
            });
            input.sort_all_objects();
            let call = Call {
                service: Service::Receiver,
                operation: "Deliver".to_owned(),
                input,
            };
            let response = connector.answer(call).await?;
            HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn read(request: HttpRequest) -> Result<Call, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let body = body.bytes().map(Bytes::copy_from_slice).unwrap_or_default();
    let uri = head.uri.clone();
    Call::read(&http::Request::from_parts(head, body)).ok_or_else(|| {
        ConnectorError::user(format!("testkit simulates no service at {uri}").into())
    })
}
