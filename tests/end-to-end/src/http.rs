//! The HTTP client below everything here: no redirect is followed and no status is an error.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use http::{HeaderMap, Request};
use serde_json::Value;
use ureq::Agent;

/// Above what the slowest function may take (30 s), so that it is the stack that gives up first.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A client that keeps its connections; clones share them.
#[derive(Clone, Debug)]
pub struct Http {
    agent: Agent,
}

/// What a server answered, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Http {
    /// A client for one run.
    #[must_use]
    pub fn new() -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .build()
            .new_agent();
        Self { agent }
    }

    /// Sends `request` and reads the whole answer.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let what = format!("{} {}", request.method(), request.uri());
        let mut response = self
            .agent
            .run(request)
            .with_context(|| format!("{what} got no answer"))?;
        let body = response
            .body_mut()
            .read_to_vec()
            .with_context(|| format!("{what}: the answer broke off"))?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        })
    }

    /// `GET` without any header of our own.
    pub fn get(&self, url: &str) -> Result<Answer> {
        self.send(Request::get(url).body(Vec::new())?)
    }

    /// `POST` of a form, as a browser or an OAuth client sends it.
    pub fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into_bytes())?;
        self.send(request)
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Answer {
    /// This answer if its status is `status`; otherwise an error that shows the body.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!(
                "expected status {status}, got {}: {}",
                self.status,
                self.text()
            );
        }
        Ok(self)
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {}", self.text()))
    }

    /// A header's value, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
