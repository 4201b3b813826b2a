//! The API, by HTTP.

use std::{thread, time::Duration};

use http::{HeaderMap, Method, Request};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use ureq::Agent;

use crate::{
    failure::{self, Failure, Problem},
    login,
    settings::Settings,
};

/// Above what the slowest function takes.
const TIMEOUT: Duration = Duration::from_secs(40);

/// How often a request is sent that is not answered, or not yet.
const ATTEMPTS: u32 = 3;

/// The longest wait between two of them.
const LONGEST_WAIT: u64 = 10;

/// What would end a segment of a path.
const SEGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'/').add(b'?').add(b'#').add(b'%');

/// A client of the API.
pub(crate) struct Api {
    agent: Agent,
    url: String,
    token: Option<String>,
}

/// A request.
#[derive(Default)]
pub(crate) struct Asked<'a> {
    pub(crate) query: Vec<(&'a str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Api {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        let url = settings.url.as_deref();
        let url = url.ok_or_else(|| failure::missing("url", "FAIRLEAD_URL"))?;
        Ok(Self {
            agent: agent(),
            url: url.trim_end_matches('/').to_owned(),
            token: settings.token.clone(),
        })
    }

    pub(crate) fn get(&self, path: &[&str], query: Vec<(&str, String)>) -> Result<Value, Failure> {
        let asked = Asked {
            query,
            ..Asked::default()
        };
        self.send(&Method::GET, path, &asked)
    }

    /// Sends a request until it is answered: one that changes something under one idempotency key,
    /// so that it is carried out once.
    pub(crate) fn send(
        &self,
        method: &Method,
        path: &[&str],
        asked: &Asked<'_>,
    ) -> Result<Value, Failure> {
        let key = if *method == Method::GET {
            None
        } else {
            Some(login::secret()?)
        };
        let mut attempt = 1;
        loop {
            let (failure, wait) = match self.once(method, path, asked, key.as_deref()) {
                Ok(body) => return Ok(body),
                Err(failed) => failed,
            };
            let Some(wait) = wait.filter(|_| attempt < ATTEMPTS) else {
                return Err(failure);
            };
            thread::sleep(Duration::from_secs(wait.min(LONGEST_WAIT)));
            attempt += 1;
        }
    }

    /// Sends a request once; a failure comes with the seconds after which it may be sent again.
    fn once(
        &self,
        method: &Method,
        path: &[&str],
        asked: &Asked<'_>,
        key: Option<&str>,
    ) -> Result<Value, (Failure, Option<u64>)> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.address(path, &asked.query));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        let mut bytes = Vec::new();
        if let Some(body) = &asked.body {
            request = request.header("content-type", "application/json");
            bytes = body.to_string().into_bytes();
        }
        let unmakeable = |error: http::Error| {
            let told = format!("The request can't be made: {error}.");
            (Failure::Usage(told), None::<u64>)
        };
        let request = request.body(bytes).map_err(unmakeable)?;
        let lost = |error: ureq::Error| {
            let told = format!("{} does not answer: {error}.", self.url);
            (Failure::Unreachable(told), Some(1_u64))
        };
        let mut response = self.agent.run(request).map_err(lost)?;
        let body = response.body_mut().read_to_vec().map_err(lost)?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Ok(serde_json::from_slice(&body).unwrap_or_default());
        }
        let problem = Problem::read(status, &body);
        if status == 401 && self.token.is_none() {
            return Err((failure::not_signed_in(), None));
        }
        let is_passing = status >= 500 || problem.name() == "request-under-way";
        let wait = is_passing.then(|| retry_after(response.headers()));
        Err((Failure::Problem(problem), wait))
    }

    /// Puts `bytes` to where the API said, under the headers that it named: that is no address of the API's, and gets
    /// no token. Put a second time, it lies there once.
    pub(crate) fn put(&self, place: &Value, bytes: &[u8]) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            match self.put_once(place, bytes) {
                Err(Failure::Unreachable(_)) if attempt < ATTEMPTS => attempt += 1,
                put => return put,
            }
            thread::sleep(Duration::from_secs(1));
        }
    }

    fn put_once(&self, place: &Value, bytes: &[u8]) -> Result<(), Failure> {
        let unmakeable = || Failure::Usage("The API says of no place for the package.".to_owned());
        let url = place
            .get("url")
            .and_then(Value::as_str)
            .ok_or_else(unmakeable)?;
        let mut request = Request::builder().method(Method::PUT).uri(url);
        let headers = place.get("headers").and_then(Value::as_object);
        // How long the body is, the client says itself.
        let headers = headers
            .into_iter()
            .flatten()
            .filter(|(name, _)| *name != "content-length");
        for (name, value) in headers {
            request = request.header(name, value.as_str().ok_or_else(unmakeable)?);
        }
        let request = request.body(bytes.to_vec()).map_err(|_| unmakeable())?;
        let lost = |error: ureq::Error| {
            Failure::Unreachable(format!("The package can't be uploaded: {error}."))
        };
        let mut response = self.agent.run(request).map_err(lost)?;
        let status = response.status();
        // It lies there already: the answer to an earlier attempt was lost.
        if status.is_success() || status.as_u16() == 412 {
            return Ok(());
        }
        let body = response.body_mut().read_to_vec().map_err(lost)?;
        Err(Failure::Problem(Problem::read(status.as_u16(), &body)))
    }

    fn address(&self, path: &[&str], query: &[(&str, String)]) -> String {
        let mut address = self.url.clone();
        for segment in path {
            address.push('/');
            address.extend(utf8_percent_encode(segment, SEGMENT));
        }
        if !query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(query)
                .finish();
            address.push('?');
            address.push_str(&query);
        }
        address
    }
}

/// How many seconds the answer says to wait.
fn retry_after(headers: &HeaderMap) -> u64 {
    let value = headers.get("retry-after");
    let seconds = value.and_then(|value| value.to_str().ok()?.parse().ok());
    seconds.unwrap_or(1)
}

/// What sends requests: no status is an error to it, and no redirect is followed.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent()
}
