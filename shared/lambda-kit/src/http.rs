//! API Gateway's HTTP API, payload format 2.0: lenient in, exact out.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request that API Gateway let through.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The route that matched, `GET /v1/me`.
    pub route_key: String,
    #[serde(default)]
    raw_path: String,
    /// Headers, their names in lower case, repeated values joined by commas.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    path_parameters: Option<BTreeMap<String, String>>,
    #[serde(default)]
    query_string_parameters: Option<BTreeMap<String, String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(rename = "requestContext")]
    context: RequestContext,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    #[serde(default)]
    request_id: String,
    #[serde(default)]
    authorizer: Option<Authorizer>,
}

#[derive(Debug, Clone, Deserialize)]
struct Authorizer {
    jwt: Option<Jwt>,
}

#[derive(Debug, Clone, Deserialize)]
struct Jwt {
    #[serde(default)]
    claims: BTreeMap<String, Value>,
}

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// More bytes than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// Neither text nor base64.
    #[error("the body can't be decoded")]
    Undecodable,
}

impl Request {
    /// The path as it was asked for, `/v1/me`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.raw_path
    }

    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// All headers, their names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter of the route's path.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// A parameter of the query, repeated values joined by commas.
    #[must_use]
    pub fn query_parameter(&self, name: &str) -> Option<&str> {
        let parameters = self.query_string_parameters.as_ref()?;
        parameters.get(name).map(String::as_str)
    }

    /// The parameters of the path and those of the query.
    #[cfg(feature = "idempotency")]
    pub(crate) fn parameters(&self) -> [impl Iterator<Item = (&str, &str)>; 2] {
        [&self.path_parameters, &self.query_string_parameters].map(|parameters| {
            let parameters = parameters.iter().flatten();
            parameters.map(|(name, value)| (name.as_str(), value.as_str()))
        })
    }

    /// The body as it came, and whether that is in base64.
    #[cfg(feature = "idempotency")]
    pub(crate) fn raw_body(&self) -> (&str, bool) {
        let text = self.body.as_deref().unwrap_or_default();
        (text, self.is_base64_encoded)
    }

    /// The same request under another id.
    #[must_use]
    pub fn known_as(&self, id: String) -> Self {
        let mut request = self.clone();
        request.context.request_id = id;
        request
    }

    /// A claim of the token that API Gateway verified, if it is a text.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims()?.get(name)?.as_str()
    }

    /// All claims of the token that API Gateway verified, if it did.
    #[must_use]
    pub fn claims(&self) -> Option<&BTreeMap<String, Value>> {
        Some(&self.context.authorizer.as_ref()?.jwt.as_ref()?.claims)
    }

    /// API Gateway's id of the request: the correlation id of all that follows from it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.context.request_id
    }

    /// The body's bytes, looked at only if there are at most `limit`.
    pub fn body(&self, limit: usize) -> Result<Cow<'_, [u8]>, BodyError> {
        let text = self.body.as_deref().unwrap_or_default();
        if !self.is_base64_encoded {
            return if text.len() > limit {
                Err(BodyError::TooLarge)
            } else {
                Ok(Cow::Borrowed(text.as_bytes()))
            };
        }
        if text.len() / 4 * 3 > limit.saturating_add(3) {
            return Err(BodyError::TooLarge);
        }
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|_| BodyError::Undecodable)?;
        if bytes.len() > limit {
            Err(BodyError::TooLarge)
        } else {
            Ok(Cow::Owned(bytes))
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers by their names in lower case.
    pub headers: BTreeMap<Cow<'static, str>, String>,
    /// The body's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Response {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status_code: u16) -> Self {
        // What is answered is personal: no cache on the way may keep it.
        let headers = BTreeMap::from([(Cow::Borrowed("cache-control"), "no-store".to_owned())]);
        Self {
            status_code,
            headers,
            body: None,
        }
    }

    /// An answer with a JSON body.
    #[must_use]
    pub fn json(status_code: u16, content_type: &str, body: &impl Serialize) -> Self {
        let response = Self::empty(status_code).header("content-type", content_type);
        Self {
            body: serde_json::to_string(body).ok(),
            ..response
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(Cow::Borrowed(name), value.into());
        self
    }
}
