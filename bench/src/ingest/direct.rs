//! The shortest way from the SDK to the engines: no call is numbered, recorded or made to fail, and time
//! is real.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use aws_types::{SdkConfig, region::Region};
use bytes::Bytes;
use lambda_kit::aws::{CallBudget, apply_budget};
use rustix::time::{ClockId, clock_gettime};
use testkit::engine::{Engines, REGION, SECRET_ACCESS_KEY};

/// It, with what the engines have taken of the processor so far. Clones are one and the same.
#[derive(Clone)]
pub(crate) struct Direct(Arc<Mutex<State>>);

struct State {
    engines: Engines,
    spent: Duration,
}

impl Direct {
    pub(crate) fn new(engines: Engines) -> Self {
        let spent = Duration::ZERO;
        Self(Arc::new(Mutex::new(State { engines, spent })))
    }

    /// Other engines take over.
    pub(crate) fn replace(&self, engines: Engines) {
        self.state().engines = engines;
    }

    /// What the engines have taken of the processor.
    pub(crate) fn spent(&self) -> Duration {
        self.state().spent
    }

    /// What a process that starts now configures its clients with.
    pub(crate) fn sdk_config(&self, budget: &CallBudget) -> SdkConfig {
        let credentials = Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            SECRET_ACCESS_KEY,
            None,
            None,
            "bench",
        );
        let builder = SdkConfig::builder()
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new());
        apply_budget(builder, budget).build()
    }

    fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?;
        let (head, body) = request.into_parts();
        let body = body.bytes().map(Bytes::copy_from_slice).unwrap_or_default();
        let request = http::Request::from_parts(head, body);
        let mut state = self.state();
        let start = thread_time();
        let response = state.engines.call(&request);
        state.spent += thread_time().saturating_sub(start);
        drop(state);
        HttpResponse::try_from(response.map(SdkBody::from))
            .map_err(|error| ConnectorError::other(error.into(), None))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Direct")
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(request))
    }
}

impl HttpClient for Direct {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What this thread has taken of the processor so far.
pub(crate) fn thread_time() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(spent.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(spent.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}
