//! The platform's own HTTP API, asked with the token of whoever is signed in.

use aws_types::SdkConfig;
use http::{HeaderValue, Method, Request, Response, header::AUTHORIZATION};
use lambda_kit::{
    config::ConfigError, error::ServiceError, http_client::HttpClient, redact::Redacted,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::DeserializeOwned};

/// What the API is called in the log.
const API: &str = "fairlead-api";

/// The longest answer that is read, in bytes: as much as a function of AWS answers.
const LONGEST_ANSWER: usize = 6 * 1024 * 1024;

/// All that is not plain in a segment of a path or a value of a query.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A client of the API.
#[derive(Debug)]
pub(crate) struct Api(HttpClient);

/// Whoever asks, as the API knows them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    api: &'a Api,
    token: Option<&'a Redacted<String>>,
    /// Whether the browser says Global Privacy Control: then the API withdraws what it forbids.
    gpc: bool,
}

/// What goes along with a request that changes something.
#[derive(Debug, Default)]
pub(crate) struct Sent<'a> {
    /// JSON.
    pub(crate) body: Option<String>,
    pub(crate) upon: Upon<'a>,
    /// Under which it is carried out once, however often the form is sent.
    pub(crate) key: Option<&'a str>,
    /// What is asked for, of somebody else, and why.
    pub(crate) purpose: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
}

/// What a change builds on.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upon<'a> {
    /// Whatever is there: it says by itself what it changes.
    #[default]
    Whatever,
    /// Nothing is there yet.
    Nothing,
    /// The version that was shown.
    Version(&'a str),
}

impl<'a> Upon<'a> {
    /// What a form says that it was shown: of what is not there yet there is no version.
    pub(crate) const fn shown(version: &'a str) -> Self {
        if version.is_empty() {
            Self::Nothing
        } else {
            Self::Version(version)
        }
    }
}

/// What the API answers.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) body: T,
    pub(crate) etag: Option<String>,
}

/// Why it does not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It says why.
    #[error("the API refuses: {}", .0.name())]
    Problem(Box<Problem>),
    /// It does not answer, or not in a form that is known here.
    #[error("the API does not answer")]
    Unavailable,
}

/// What the API says is wrong (RFC 9457).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    pub(crate) status: u16,
    #[serde(default, rename = "type")]
    kind: String,
    /// In how many seconds it may go better.
    #[serde(skip)]
    pub(crate) retry_after: Option<u32>,
    #[serde(default)]
    pub(crate) detail: Option<String>,
    #[serde(default)]
    pub(crate) field: Option<String>,
    /// Why nothing is told of somebody, and under which receipt that is on record.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) receipt_id: Option<String>,
    /// Where a schema would refuse what was taken before.
    #[serde(default)]
    pub(crate) breaks: Vec<String>,
}

impl Problem {
    /// What kind of problem it is: the last part of its `type`. Empty where API Gateway refused by itself.
    pub(crate) fn name(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
}

impl Refusal {
    /// Whether the API says that it is this problem.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Problem(problem) if problem.name() == name)
    }
}

impl Api {
    pub(crate) fn new(sdk: &SdkConfig, origin: &str) -> Result<Self, ConfigError> {
        HttpClient::new(sdk, API, origin, LONGEST_ANSWER).map(Self)
    }

    /// Whoever has `token`, or whoever comes along.
    pub(crate) const fn caller<'a>(
        &'a self,
        token: Option<&'a Redacted<String>>,
        gpc: bool,
    ) -> Caller<'a> {
        Caller {
            api: self,
            token,
            gpc,
        }
    }
}

impl Caller<'_> {
    /// Reads.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, Refusal> {
        self.send(Method::GET, path, Sent::default()).await
    }

    /// Changes something. With an empty answer `T` is read from `null`.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        sent: Sent<'_>,
    ) -> Result<Answer<T>, Refusal> {
        let mut request = Request::builder().method(method).uri(path);
        match sent.upon {
            Upon::Whatever => {}
            Upon::Nothing => request = request.header("if-none-match", "*"),
            Upon::Version(version) => request = request.header("if-match", version),
        }
        let given = [
            ("idempotency-key", sent.key),
            ("fairlead-purpose", sent.purpose),
            ("fairlead-reason", sent.reason),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if sent.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request
            .body(sent.body.unwrap_or_default())
            .map_err(|_| Refusal::Unavailable)?;
        if request.method() != Method::GET {
            return read(&self.ask(request).await?);
        }
        let request = self.signed(request)?;
        // Reading is tried again where that may help. Boxed: pages read several things at once.
        let answer = Box::pin(self.api.0.send(API, request)).await;
        read(&answer.map_err(|error| unanswered(&error))?)
    }

    /// Sends a request in the caller's name, once, and hands on whatever is answered.
    pub(crate) async fn ask(&self, request: Request<String>) -> Result<Response<Vec<u8>>, Refusal> {
        let request = self.signed(request)?;
        // Boxed: it reaches deep into the client.
        let answer = Box::pin(self.api.0.relay(API, request)).await;
        answer.map_err(|error| unanswered(&error))
    }

    /// The request as the caller's.
    fn signed(&self, mut request: Request<String>) -> Result<Request<String>, Refusal> {
        let headers = request.headers_mut();
        if let Some(token) = self.token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let bearer = bearer.map_err(|_| Refusal::Unavailable)?;
            headers.insert(AUTHORIZATION, bearer);
        }
        if self.gpc {
            headers.insert("sec-gpc", HeaderValue::from_static("1"));
        }
        Ok(request)
    }
}

fn unanswered(error: &ServiceError) -> Refusal {
    tracing::warn!(%error, "the API does not answer");
    Refusal::Unavailable
}

fn read<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<Answer<T>, Refusal> {
    let status = answer.status();
    if status.is_server_error() {
        tracing::warn!(status = status.as_u16(), "the API can't do it now");
        return Err(Refusal::Unavailable);
    }
    if !status.is_success() {
        let problem: Option<Problem> = serde_json::from_slice(answer.body()).ok();
        let mut problem = problem.unwrap_or(Problem {
            status: 0,
            kind: String::new(),
            retry_after: None,
            detail: None,
            field: None,
            reason: None,
            receipt_id: None,
            breaks: Vec::new(),
        });
        problem.status = status.as_u16();
        let wait = answer.headers().get("retry-after");
        problem.retry_after = wait.and_then(|wait| wait.to_str().ok()?.parse().ok());
        return Err(Refusal::Problem(Box::new(problem)));
    }
    let body = match answer.body().as_slice() {
        [] => b"null".as_slice(),
        body => body,
    };
    let body = serde_json::from_slice(body).map_err(|error| {
        // Where in the answer it is, and not what stands there.
        let place = (error.line(), error.column());
        tracing::error!(?place, "the API answers in another form than is known here");
        Refusal::Unavailable
    })?;
    let etag = answer.headers().get("etag");
    let etag = etag.and_then(|etag| Some(etag.to_str().ok()?.to_owned()));
    Ok(Answer { body, etag })
}

/// A path of the API out of its segments, whatever stands in them.
pub(crate) fn path(segments: &[&str]) -> String {
    segments.iter().fold(String::new(), |path, segment| {
        format!("{path}/{}", utf8_percent_encode(segment, RESERVED))
    })
}

/// A path with its query, of which what is empty is left out.
pub(crate) fn query(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs =
        given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, RESERVED)));
    let pairs: Vec<String> = pairs.collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn no_segment_leads_out_of_its_path() {
        let path = path(&["v1", "directory", "../..", "a/b?c#d%2e"]);
        assert_eq!(path, "/v1/directory/..%2F../a%2Fb%3Fc%23d%252e");
    }

    #[test]
    fn a_query_has_what_was_given() {
        assert_eq!(query("/v1/receipts", &[("cursor", "")]), "/v1/receipts");
        let path = query(
            "/v1/receipts",
            &[("partner", "a&b=c"), ("to", ""), ("from", "1")],
        );
        assert_eq!(path, "/v1/receipts?partner=a%26b%3Dc&from=1");
    }

    #[test]
    fn what_the_api_says_is_wrong_is_read() {
        let answer = |status: u16, body: &str| {
            let answer = Response::builder()
                .status(status)
                .body(body.as_bytes().to_vec());
            read::<Value>(&answer.unwrap()).unwrap_err()
        };
        let told = answer(
            412,
            r#"{"type":"https://fairlead.dev/problems/stale-version","title":"x"}"#,
        );
        assert!(told.is("stale-version"));
        let Refusal::Problem(gateway) = answer(403, r#"{"message":"Forbidden"}"#) else {
            unreachable!("a status is a problem")
        };
        assert_eq!((gateway.status, gateway.name()), (403, ""));
    }
}
