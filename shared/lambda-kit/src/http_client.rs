//! Calls to an HTTP endpoint that no SDK client knows, on the SDK's own connections, timeouts and
//! retries.

use aws_smithy_runtime::client::{
    orchestrator::operation::{Operation, OperationBuilder},
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient as SdkHttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
        SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{
    body::SdkBody,
    error::metadata::{ErrorMetadata, ProvideErrorMetadata},
};
use aws_types::SdkConfig;
use http::{Method, Request, Response};
use http_body_util::Limited;

use crate::{config::ConfigError, error::ServiceError};

/// What the server may say to be asked again: it is broken for the moment, or has too much to do.
const PASSING: &[u16] = &[429, 500, 502, 503, 504];

/// A way on which requests go.
type Way = Operation<Request<String>, Response<Vec<u8>>, Unanswered>;

/// A client of one origin (`https://host`). Its timeouts and retries are those of the function's SDK
/// clients.
#[derive(Debug, Clone)]
pub struct HttpClient {
    repeating: Way,
    once: Way,
    plain: Way,
}

/// The server did not do its work.
#[derive(Debug, thiserror::Error)]
#[error("the server did not answer the request")]
struct Unanswered(ErrorMetadata);

impl ProvideErrorMetadata for Unanswered {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl HttpClient {
    /// A client of `origin`, which takes answers of up to `limit` bytes. `service` names the origin:
    /// one that fails uses up the retries of no other.
    ///
    /// # Errors
    /// When `sdk` has no connections to share.
    pub fn new(
        sdk: &SdkConfig,
        service: &'static str,
        origin: &str,
        limit: usize,
    ) -> Result<Self, ConfigError> {
        let (Some(connections), Some(timeouts), Some(retries), Some(sleep), Some(time)) = (
            sdk.http_client(),
            sdk.timeout_config().cloned(),
            sdk.retry_config(),
            sdk.sleep_impl(),
            sdk.time_source(),
        ) else {
            return Err(ConfigError::Invalid {
                name: "the SDK's configuration",
                expected: "that of lambda_kit::aws",
            });
        };
        let builder = || {
            Operation::builder()
                .service_name(service)
                .operation_name("request")
                .http_client(Bounded {
                    inner: connections.clone(),
                    limit,
                })
                .endpoint_url(origin)
                .no_auth()
                .with_connection_poisoning()
                .timeout_config(timeouts.clone())
                .sleep_impl(sleep.clone())
                .time_source(time.clone())
        };
        let repeating = builder()
            .standard_retry(retries)
            .retry_classifier(TransientErrorClassifier::<Unanswered>::new())
            .retry_classifier(HttpStatusCodeClassifier::new_from_codes(PASSING));
        Ok(Self {
            repeating: finish(repeating, read),
            once: finish(builder().no_retry(), read),
            plain: finish(builder().no_retry(), |response| {
                copy(response).map_err(OrchestratorError::other)
            }),
        })
    }

    /// Sends `request`, whose URI is a path with its query. A `GET` that fails is sent again as the
    /// SDK's calls are; any other method once, since what failed may have been done.
    ///
    /// # Errors
    /// When there is no answer, or none but that the server is broken (5xx) or has too much to do
    /// (429). Every other status is an answer.
    pub async fn send(
        &self,
        operation: &'static str,
        request: Request<String>,
    ) -> Result<Response<Vec<u8>>, ServiceError> {
        match *request.method() {
            Method::GET => self.ask(operation, request).await,
            _ => sent(&self.once, operation, request).await,
        }
    }

    /// The same for a request that only reads, whatever its method: it is sent again as a `GET` is.
    ///
    /// # Errors
    /// As of [`send`](Self::send).
    pub async fn ask(
        &self,
        operation: &'static str,
        request: Request<String>,
    ) -> Result<Response<Vec<u8>>, ServiceError> {
        sent(&self.repeating, operation, request).await
    }

    /// Sends `request` once, for whoever makes something of every answer: of one that the server is broken
    /// or has too much to do, too.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn relay(
        &self,
        operation: &'static str,
        request: Request<String>,
    ) -> Result<Response<Vec<u8>>, ServiceError> {
        sent(&self.plain, operation, request).await
    }
}

async fn sent(
    way: &Way,
    operation: &'static str,
    request: Request<String>,
) -> Result<Response<Vec<u8>>, ServiceError> {
    let answer = way.invoke(request).await;
    answer.map_err(|error| ServiceError::new(operation, &error))
}

/// What is made of an answer.
type Reading = fn(&HttpResponse) -> Result<Response<Vec<u8>>, OrchestratorError<Unanswered>>;

fn finish(builder: OperationBuilder, read: Reading) -> Way {
    builder
        .serializer(|request: Request<String>| {
            Ok(HttpRequest::try_from(request.map(SdkBody::from))?)
        })
        .deserializer(read)
        .build()
}

fn read(response: &HttpResponse) -> Result<Response<Vec<u8>>, OrchestratorError<Unanswered>> {
    let status = response.status().as_u16();
    let code = match status {
        429 => "ThrottlingException".to_owned(),
        500.. => format!("Status{status}"),
        _ => return copy(response).map_err(OrchestratorError::other),
    };
    let meta = ErrorMetadata::builder().code(code).build();
    Err(OrchestratorError::operation(Unanswered(meta)))
}

fn copy(response: &HttpResponse) -> Result<Response<Vec<u8>>, http::Error> {
    let mut copy = Response::builder().status(response.status().as_u16());
    for (name, value) in response.headers() {
        copy = copy.header(name, value);
    }
    copy.body(response.body().bytes().unwrap_or_default().to_vec())
}

/// Reads no more of an answer than `limit` bytes: a longer one is a connection that broke off.
#[derive(Debug)]
struct Bounded<C> {
    inner: C,
    limit: usize,
}

impl SdkHttpClient for Bounded<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Bounded {
            inner: self.inner.http_connector(settings, components),
            limit: self.limit,
        })
    }
}

impl HttpConnector for Bounded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner.call(request);
        let limit = self.limit;
        HttpConnectorFuture::new(async move {
            let bounded = move |body| SdkBody::from_body_1_x(Limited::new(body, limit));
            Ok(answer.await?.map(bounded))
        })
    }
}
