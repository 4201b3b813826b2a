//! The profile API as an app calls it.

use anyhow::{Context as _, Result};
use http::Request;
use serde_json::{Value, json};

use crate::http::{Answer, Http};
use crate::seed::TEXT_VERSION;

/// The media type of RFC 7396.
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// A client of the profile API. Every method gives the answer, whatever its status.
#[derive(Clone, Debug)]
pub struct ProfileApi {
    /// The client below.
    pub http: Http,
    /// Where the API is, without a path.
    pub url: String,
}

impl ProfileApi {
    /// `GET /v1/me`.
    pub fn me(&self, access_token: &str) -> Result<Answer> {
        self.send("GET", "/v1/me", Some(access_token), &[], Vec::new())
    }

    /// `PATCH /v1/me` with the version it builds on.
    pub fn change_me(&self, access_token: &str, etag: &str, change: &Value) -> Result<Answer> {
        let headers = [("if-match", etag), ("content-type", MERGE_PATCH)];
        self.send(
            "PATCH",
            "/v1/me",
            Some(access_token),
            &headers,
            serde_json::to_vec(change)?,
        )
    }

    /// `PUT /v1/me/consents/{purpose}` with a decision: `granted` or `withdrawn`.
    pub fn decide(&self, access_token: &str, purpose: &str, decision: &str) -> Result<Answer> {
        let body = json!({ "decision": decision, "text_version": TEXT_VERSION });
        let path = format!("/v1/me/consents/{purpose}");
        let headers = [("content-type", "application/json")];
        self.send(
            "PUT",
            &path,
            Some(access_token),
            &headers,
            serde_json::to_vec(&body)?,
        )
    }

    /// Any request, well formed or not.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        access_token: Option<&str>,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = access_token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.http.send(request.body(body)?)
    }
}

/// An answer's `ETag`.
pub fn etag(answer: &Answer) -> Result<String> {
    answer
        .header("etag")
        .map(str::to_owned)
        .context("the answer has no ETag")
}
