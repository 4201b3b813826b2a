//! The other side of webhooks: a partner's subscriptions, and a receiver on this machine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::json::text;
use crate::listener::Listener;
use crate::profile_api::ProfileApi;
use crate::wait;

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: String,
}

/// An endpoint that takes whatever is sent to it, until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    listener: Listener,
    received: Arc<Mutex<Vec<Webhook>>>,
}

impl Receiver {
    /// One that nobody knows yet.
    pub fn start() -> Result<Self> {
        let received = Arc::<Mutex<Vec<Webhook>>>::default();
        let keep = Arc::clone(&received);
        let listener = Listener::start(move |request| {
            let mut received = keep.lock().unwrap_or_else(PoisonError::into_inner);
            received.push(Webhook::from(request));
            drop(received);
            Response::builder().status(204).body(Vec::new()).ok()
        })?;
        Ok(Self { listener, received })
    }

    /// Where it is sent to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/hooks", self.listener.url())
    }

    /// Waits for a message that satisfies `wanted`; one that came earlier counts too.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&Webhook) -> bool) -> Result<Webhook> {
        wait::until(what, wait::PATIENCE, || {
            let received = self.received.lock();
            let received = received.unwrap_or_else(PoisonError::into_inner);
            Ok(received.iter().find(|webhook| wanted(webhook)).cloned())
        })
    }
}

impl From<Request<Vec<u8>>> for Webhook {
    fn from(request: Request<Vec<u8>>) -> Self {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        Self {
            headers: headers.collect(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        }
    }
}

/// That a partner is told of something, as its machine sees it.
#[derive(Clone, Debug)]
pub struct Subscription<'a> {
    api: &'a ProfileApi,
    machine: &'a str,
    path: String,
    /// What messages are signed with.
    pub secret: String,
}

impl<'a> Subscription<'a> {
    /// Has the partner of the token `machine` told at `url` of events of a type, for a purpose.
    pub fn new(
        api: &'a ProfileApi,
        machine: &'a str,
        url: &str,
        (event_type, purpose): (&str, &str),
    ) -> Result<Self> {
        let wanted = json!({ "url": url, "types": [event_type], "purpose": purpose });
        let headers = [("content-type", "application/json")];
        let body = serde_json::to_vec(&wanted)?;
        let answer = api.send("POST", "/v1/subscriptions", Some(machine), &headers, body)?;
        let made = answer.expect(201)?.json()?;
        let id = text(&made, "/subscription/subscription_id")?;
        Ok(Self {
            api,
            machine,
            path: format!("/v1/subscriptions/{id}"),
            secret: text(&made, "/secret")?.to_owned(),
        })
    }

    /// Makes another secret, beside which the one before signs for a day.
    pub fn another_secret(&self) -> Result<String> {
        let shown = self.call("POST", "/secret", 200)?;
        Ok(text(&shown, "/secret")?.to_owned())
    }

    /// Waits until it is on record that `webhook` was delivered; says with which status.
    pub fn delivered(&self, webhook: &Webhook) -> Result<u64> {
        let id = webhook.headers.get("webhook-id");
        let id = id.context("a message has an id")?;
        let what = format!("{id} to be on record as delivered");
        wait::until(&what, wait::PATIENCE, || {
            let log = self.call("GET", "/deliveries", 200)?;
            let deliveries = log.get("deliveries").and_then(Value::as_array);
            let mut deliveries = deliveries.into_iter().flatten();
            let delivery = deliveries.find(|each| each.get("delivery_id") == Some(&json!(id)));
            let delivery = delivery.filter(|each| each.get("state") == Some(&json!("delivered")));
            let status = delivery.and_then(|each| each.pointer("/tried/0/status"));
            Ok(status.and_then(Value::as_u64))
        })
    }

    /// The partner is told no more.
    pub fn end(self) -> Result<()> {
        let (api, machine) = (self.api, Some(self.machine));
        let answer = api.send("DELETE", &self.path, machine, &[], Vec::new())?;
        answer.expect(204).map(drop)
    }

    fn call(&self, method: &str, below: &str, status: u16) -> Result<Value> {
        let path = format!("{}{below}", self.path);
        let machine = Some(self.machine);
        let answer = self.api.send(method, &path, machine, &[], Vec::new())?;
        answer.expect(status)?.json()
    }
}
