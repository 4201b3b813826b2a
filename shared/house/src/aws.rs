//! CloudWatch, by its JSON protocol. Its SDK would bring a second implementation of HTTP, of bodies and of
//! DEFLATE into every function: docs/decisions/0250.

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_types::SdkConfig;
use futures_util::future::join_all;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use lambda_kit::{
    Retry, clock::Clock, config::ConfigError, error::ServiceError, http_client::HttpClient,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Figures, House, Over, Span,
    measure::{Query, queries},
};

const OPERATION: &str = "cloudwatch:GetMetricData";

/// By which CloudWatch knows what is asked
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html>).
const TARGET: &str = "GraniteServiceVersion20100801.GetMetricData";

/// What requests to CloudWatch are signed for.
const SERVICE: &str = "monitoring";

/// As many metrics as one request may ask for.
const MOST_QUERIES: usize = 500;

/// As many pages as are read of one answer: what is asked for here fits onto the first.
const MOST_PAGES: usize = 20;

/// The longest answer that is read, in bytes: 500 metrics of a day have a hundredth of it.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// Reads what CloudWatch counted: `cloudwatch:GetMetricData`.
#[derive(Debug, Clone)]
pub struct MetricReader {
    client: HttpClient,
    credentials: SharedCredentialsProvider,
    region: String,
    endpoint: String,
    clock: Clock,
}

/// A figure: of which query, of the step that begins at which second, and how much.
type Told = (usize, i64, f64);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PageRequest {
    metric_data_queries: Vec<Value>,
    start_time: i64,
    end_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PageResponse {
    #[serde(default)]
    metric_data_results: Vec<ResultResponse>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultResponse {
    id: String,
    #[serde(default)]
    timestamps: Vec<f64>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    status_code: Option<String>,
}

/// What CloudWatch says is wrong.
#[derive(Deserialize)]
struct ErrorResponse {
    #[serde(rename = "__type")]
    kind: String,
}

impl MetricReader {
    /// The figures of the account and region that `sdk` is for.
    ///
    /// # Errors
    /// When `sdk` says neither who asks nor where.
    pub fn new(sdk: &SdkConfig, clock: Clock) -> Result<Self, ConfigError> {
        let (Some(region), Some(credentials)) = (sdk.region(), sdk.credentials_provider()) else {
            return Err(ConfigError::Invalid {
                name: "the SDK's configuration",
                expected: "that of lambda_kit::aws",
            });
        };
        let endpoint = sdk.endpoint_url().map_or_else(
            || format!("https://{SERVICE}.{region}.amazonaws.com"),
            |url| url.trim_end_matches('/').to_owned(),
        );
        Ok(Self {
            client: HttpClient::new(sdk, SERVICE, &endpoint, LONGEST_ANSWER)?,
            credentials,
            region: region.to_string(),
            endpoint,
            clock,
        })
    }

    /// What was counted of the house over that time up to now.
    pub async fn read(&self, house: &House, over: Over) -> Result<Figures, ServiceError> {
        let now = self.clock.now();
        let span = Span::until(now, over);
        let queries = queries(house);
        let asking = queries.chunks(MOST_QUERIES);
        let asking = asking.map(|some| async move { (some, self.all_pages(some, span).await) });
        let mut figures = Figures::new(now, span);
        for (some, told) in join_all(asking).await {
            for (n, second, value) in told? {
                if let Some(query) = some.get(n) {
                    figures.add(&query.part.id, query.measure, second, value);
                }
            }
        }
        Ok(figures)
    }

    async fn all_pages(
        &self,
        queries: &[Query<'_>],
        span: Span,
    ) -> Result<Vec<Told>, ServiceError> {
        let mut told = Vec::new();
        let mut asked = asked(queries, span);
        for _ in 0..MOST_PAGES {
            let page = self.page(&asked).await?;
            for result in page.metric_data_results {
                take(result, queries, &mut told);
            }
            match page.next_token {
                Some(next) => asked.next_token = Some(next),
                None => return Ok(told),
            }
        }
        Err(failure("TooManyPages"))
    }

    async fn page(&self, asked: &PageRequest) -> Result<PageResponse, ServiceError> {
        let body = serde_json::to_string(asked).map_err(|_| failure("RequestCouldNotBeMade"))?;
        let request = self.signed(body).await?;
        let answer = Box::pin(self.client.ask(OPERATION, request)).await?;
        if answer.status() != StatusCode::OK {
            let error: Option<ErrorResponse> = serde_json::from_slice(answer.body()).ok();
            let kind = error.map_or_else(|| "Unknown".to_owned(), |error| error.kind);
            let code = kind.rsplit('#').next().unwrap_or_default().to_owned();
            return Err(ServiceError::said(
                OPERATION,
                code,
                answer.status().as_u16(),
            ));
        }
        serde_json::from_slice(answer.body()).map_err(|_| failure("UnreadableResponse"))
    }

    /// The request with a signature of whoever the function is.
    async fn signed(&self, body: String) -> Result<Request<String>, ServiceError> {
        let unmakeable = || failure("RequestCouldNotBeMade");
        let credentials = self.credentials.provide_credentials().await;
        let identity: Identity = credentials.map_err(|_| unmakeable())?.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(self.clock.now().into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| unmakeable())?;
        let address = format!("{}/", self.endpoint);
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-amz-json-1.0"),
            ("x-amz-target", TARGET),
        ];
        let whole = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new("POST", &address, headers.into_iter(), whole);
        let signed = sign(signable.map_err(|_| unmakeable())?, &parameters.into());
        let (instructions, _) = signed.map_err(|_| unmakeable())?.into_parts();
        let mut request = Request::post("/");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body).map_err(|_| unmakeable())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// What is sent: each query under its number.
fn asked(queries: &[Query<'_>], span: Span) -> PageRequest {
    let queries = queries.iter().enumerate().map(|(n, query)| {
        let dimensions = query.dimensions.iter();
        let dimensions = dimensions.map(|(name, value)| json!({ "Name": name, "Value": value }));
        json!({
            "Id": format!("m{n}"),
            "MetricStat": {
                "Metric": {
                    "Namespace": query.namespace,
                    "MetricName": query.metric,
                    "Dimensions": dimensions.collect::<Vec<_>>(),
                },
                "Period": span.over().step_seconds(),
                "Stat": query.statistic.as_str(),
            },
        })
    });
    PageRequest {
        metric_data_queries: queries.collect(),
        start_time: span.from().as_second(),
        end_time: span.to().as_second(),
        next_token: None,
    }
}

/// Takes over what is told of a metric. Of one that can't be told now there are no figures, and of the others
/// there are.
fn take(result: ResultResponse, queries: &[Query<'_>], told: &mut Vec<Told>) {
    let n = result
        .id
        .strip_prefix('m')
        .and_then(|n| n.parse::<usize>().ok());
    let Some((n, query)) = n.and_then(|n| Some((n, queries.get(n)?))) else {
        return;
    };
    if let Some(code @ ("InternalError" | "Forbidden")) = result.status_code.as_deref() {
        tracing::warn!(part = %query.part.id, metric = query.metric, code, "a metric is not told");
    }
    let figures = result.timestamps.into_iter().zip(result.values);
    told.extend(figures.map(|(at, value)| (n, second(at), value)));
}

/// CloudWatch tells seconds as numbers with a fraction.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no second of this era is cut"
)]
const fn second(at: f64) -> i64 {
    at as i64
}

fn failure(code: &str) -> ServiceError {
    ServiceError {
        operation: OPERATION,
        code: code.to_owned(),
        retry: Retry::Never,
    }
}
