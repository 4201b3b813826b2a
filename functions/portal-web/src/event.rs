//! What API Gateway delivers as a request for the router, and a page as it takes it (payload format 2.0).

use std::collections::BTreeMap;

use axum::body::Body;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderName, Request, header};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A request of a browser's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    /// Their names in lower case, without those of cookies.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    #[serde(default)]
    request_id: String,
    http: Http,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

/// What a browser asked for.
pub(crate) struct Asked {
    /// API Gateway's id of it.
    pub(crate) id: String,
    /// The request, unless it has no address that is one.
    pub(crate) request: Option<Request<Body>>,
}

/// A page as API Gateway takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The HTTP status.
    pub status_code: u16,
    /// The headers but for those of cookies, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// What the browser is told to keep: values of `Set-Cookie`.
    pub cookies: Vec<String>,
    /// The page itself. All that there is is text.
    pub body: String,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl Asked {
    pub(crate) fn read(event: &RawValue) -> Result<Self, UnreadableRequest> {
        let event: Event = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
        Ok(Self {
            request: event.request()?,
            id: event.request_context.request_id,
        })
    }
}

impl Event {
    /// `None` if it is for no address: what follows the path and the `?` would be read otherwise by each who
    /// reads it.
    fn request(&self) -> Result<Option<Request<Body>>, UnreadableRequest> {
        let (path, query) = (&self.raw_path, &self.raw_query_string);
        let address = match query.as_str() {
            "" => path.clone(),
            query => format!("{path}?{query}"),
        };
        let address = address.parse::<http::Uri>().ok();
        let address = address.filter(|address| path.starts_with('/') && address.path() == path);
        let Some(address) = address else {
            return Ok(None);
        };
        let mut request = Request::builder()
            .method(self.request_context.http.method.as_str())
            .uri(address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for cookie in &self.cookies {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(self.body()?));
        request.map(Some).map_err(|_| UnreadableRequest)
    }

    fn body(&self) -> Result<Vec<u8>, UnreadableRequest> {
        let text = self.body.as_deref().unwrap_or_default();
        if !self.is_base64_encoded {
            return Ok(text.as_bytes().to_vec());
        }
        BASE64_STANDARD.decode(text).map_err(|_| UnreadableRequest)
    }
}

impl Page {
    /// What is said of an address that is none.
    pub(crate) fn no_address() -> Self {
        let kind = (
            header::CONTENT_TYPE.to_string(),
            "text/plain; charset=utf-8".to_owned(),
        );
        Self {
            status_code: 400,
            headers: BTreeMap::from([kind]),
            cookies: Vec::new(),
            body: "This is no address.".to_owned(),
        }
    }

    /// What the router answers, its cookies apart from its other headers.
    pub(crate) async fn of(response: axum::response::Response) -> Result<Self, UnreadableRequest> {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        let body = body.map_err(|_| UnreadableRequest)?;
        let text = |name: &HeaderName| {
            let values = head.headers.get_all(name).into_iter();
            values.filter_map(|value| Some(value.to_str().ok()?.to_owned()))
        };
        let names = head
            .headers
            .keys()
            .filter(|name| **name != header::SET_COOKIE);
        Ok(Self {
            status_code: head.status.as_u16(),
            headers: names
                .map(|name| (name.to_string(), text(name).collect::<Vec<_>>().join(", ")))
                .collect(),
            cookies: text(&header::SET_COOKIE).collect(),
            body: String::from_utf8(body.to_vec()).map_err(|_| UnreadableRequest)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;

    fn read(more: Value) -> Result<Asked, UnreadableRequest> {
        let mut event = json!({
            "rawPath": "/me",
            "requestContext": { "requestId": "request-1", "http": { "method": "POST" } },
        });
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        Asked::read(&to_raw_value(&event).unwrap())
    }

    #[test]
    fn a_request_is_read_as_the_browser_sent_it() {
        let asked = read(json!({
            "rawPath": "/me/readers",
            "rawQueryString": "partner=a%26b",
            "headers": { "accept-language": "de" },
            "cookies": ["a=1", "b=2"],
        }));
        let asked = asked.unwrap();
        assert_eq!(asked.id, "request-1");
        let request = asked.request.unwrap();
        assert_eq!(request.uri(), "/me/readers?partner=a%26b");
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["accept-language"], "de");
        assert_eq!(request.headers().get_all("cookie").iter().count(), 2);
    }

    #[rstest]
    #[case(json!({ "rawPath": "me" }))]
    #[case(json!({ "rawPath": "*" }))]
    #[case(json!({ "rawPath": "/me?x" }))]
    #[case(json!({ "rawPath": "/a b" }))]
    #[case(json!({ "rawQueryString": "<script>" }))]
    fn what_is_no_address_is_none(#[case] more: Value) {
        assert!(read(more).unwrap().request.is_none());
    }

    #[rstest]
    #[case(json!({ "rawPath": null }))]
    #[case(json!({ "requestContext": {} }))]
    #[case(json!({ "body": "%", "isBase64Encoded": true }))]
    #[case(json!({ "headers": { "a b": "" } }))]
    fn what_is_no_request_is_refused(#[case] more: Value) {
        assert!(read(more).is_err());
    }
}
