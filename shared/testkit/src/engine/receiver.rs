//! The outside: hosts with their addresses, and whoever takes webhooks there.

use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::Response;
use ring::hmac;
use serde_json::Value;

use crate::{Call, call::members};

/// A message that a receiver has taken, or at least seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedWebhook {
    /// Where it was sent to.
    pub url: String,
    /// At which address.
    pub address: String,
    /// Its headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
    /// What it was answered.
    pub status: u16,
}

impl ReceivedWebhook {
    /// A header by its name in lower case; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Whether one of its signatures is of `secret` (`whsec_…`), by the specification's own words and
    /// not by the code that signs.
    #[must_use]
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
        let bytes = BASE64_STANDARD
            .decode(encoded)
            .expect("a secret is in base64");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = format!("{id}.{at}.{}", self.body);
        let signatures = self.header("webhook-signature").split(' ');
        signatures
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .filter_map(|signature| BASE64_STANDARD.decode(signature).ok())
            .any(|signature| hmac::verify(&key, signed.as_bytes(), &signature).is_ok())
    }
}

#[derive(Clone, Default)]
pub(super) struct Receivers(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    names: BTreeMap<String, Vec<IpAddr>>,
    answers: BTreeMap<String, VecDeque<Reply>>,
    received: Vec<ReceivedWebhook>,
}

type Reply = (u16, Vec<(String, String)>);

/// Where hosts are, as the simulation has it.
#[derive(Clone)]
pub(crate) struct Names(Receivers);

impl Receivers {
    pub(super) fn names(&self) -> Names {
        Names(self.clone())
    }

    pub(super) fn put_host(&self, host: &str, addresses: &[IpAddr]) {
        let mut state = self.state();
        state.names.insert(host.to_owned(), addresses.to_vec());
    }

    pub(super) fn answer_next(&self, url: &str, status: u16, headers: &[(&str, &str)]) {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let reply = (status, headers.collect());
        let mut state = self.state();
        let replies = state.answers.entry(url.to_owned()).or_default();
        replies.push_back(reply);
    }

    pub(super) fn received(&self) -> Vec<ReceivedWebhook> {
        self.state().received.clone()
    }

    /// Takes the message; the answer is the next one that was laid out for the URL, or 204.
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let text = |name: &str| {
            let text = call.input.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let url = text("Url");
        let mut state = self.state();
        let replies = state.answers.get_mut(&url);
        let (status, headers) = replies
            .and_then(VecDeque::pop_front)
            .unwrap_or((204, Vec::new()));
        let sent = members(&call.input, "Headers");
        let received = ReceivedWebhook {
            url,
            address: text("Address"),
            headers: sent
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            body: text("Body"),
            status,
        };
        state.received.push(received);
        let mut answer = Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(name, value);
        }
        answer
            .body(Bytes::new())
            .expect("a status and headers make a response")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}

impl ResolveDns for Names {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let found = self.0.state().names.get(name).cloned();
        DnsFuture::ready(found.ok_or_else(|| ResolveDnsError::new("there is no such host")))
    }
}
