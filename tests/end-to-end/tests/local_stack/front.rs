//! The API under a host of its own, as it is on AWS: the local stack has it below a path, which SDKs
//! drop that are told of nothing but a host. What becomes of the first calls is the test's to say.

use std::collections::VecDeque;
use std::io::Read as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::http::Http;
use fairlead_end_to_end::listener::Listener;
use flate2::bufread::MultiGzDecoder;
use http::{Request, Response};

/// Headers of a request that are between two neighbours alone.
const BETWEEN_NEIGHBOURS: [&str; 3] = ["connection", "content-length", "host"];

/// Headers of an answer that clients look at.
const OF_ANSWERS: [&str; 2] = ["content-type", "retry-after"];

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// It is turned away before the API hears of it.
    TurnedAway(u16),
    /// The API does what it is asked, and its answer gets lost.
    AnswerLost,
}

/// A host that has the API alone; it ends with this value.
pub(crate) struct Front {
    listener: Listener,
    fates: Arc<Mutex<VecDeque<Fate>>>,
}

impl Front {
    /// One before the API of `fairlead`, whose first calls meet `fates`.
    pub(crate) fn of(fairlead: &Fairlead, fates: &[Fate]) -> Result<Self> {
        let fates = Arc::new(Mutex::new(fates.iter().copied().collect()));
        let (http, api) = (fairlead.http.clone(), fairlead.api.url.clone());
        let next = {
            let fates = Arc::clone(&fates);
            move || lock(&fates).pop_front()
        };
        let listener = Listener::start(move |request| match next() {
            Some(Fate::TurnedAway(status)) => turned_away(status),
            Some(Fate::AnswerLost) => {
                handed_on(&http, &api, request)?;
                None
            }
            None => handed_on(&http, &api, request),
        })?;
        Ok(Self { listener, fates })
    }

    /// The host.
    pub(crate) fn url(&self) -> String {
        self.listener.url()
    }

    /// How many of the fates nobody met.
    pub(crate) fn left(&self) -> usize {
        lock(&self.fates).len()
    }
}

fn lock(fates: &Mutex<VecDeque<Fate>>) -> MutexGuard<'_, VecDeque<Fate>> {
    fates.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As API Gateway turns calls away, and our own functions.
fn turned_away(status: u16) -> Option<Response<Vec<u8>>> {
    Response::builder()
        .status(status)
        .header("retry-after", "1")
        .header("content-type", "application/json")
        .body(br#"{"message":"Come again"}"#.to_vec())
        .ok()
}

/// The API's answer to the same request; nothing if there is none. What is packed is unpacked, as some
/// gateways do, and the header stays: the local stack would spoil it, since it takes all JSON for text.
fn handed_on(http: &Http, api: &str, request: Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
    let (mut head, mut body) = request.into_parts();
    if head
        .headers
        .get("content-encoding")
        .is_some_and(|encoding| encoding == "gzip")
    {
        let packed = std::mem::take(&mut body);
        MultiGzDecoder::new(&packed[..])
            .read_to_end(&mut body)
            .ok()?;
    }
    for name in BETWEEN_NEIGHBOURS {
        head.headers.remove(name);
    }
    head.uri = format!("{api}{}", head.uri).parse().ok()?;
    let answer = http.send(Request::from_parts(head, body)).ok()?;
    let mut response = Response::builder().status(answer.status);
    for name in OF_ANSWERS {
        if let Some(value) = answer.header(name) {
            response = response.header(name, value);
        }
    }
    response.body(answer.body).ok()
}
