//! Lambda's Runtime API, version 2018-06-01
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use lambda_kit::clock::Clock;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{FunctionError, INVOCATION_LIMIT};
use crate::engine::{ACCOUNT, REGION, answer::numbered_id};

const ID_MAKER: u32 = 0x1a_3bda;

/// The function's side is asynchronous and served over HTTP, the test's side waits.
pub(super) struct RuntimeApi {
    clock: Clock,
    state: Mutex<State>,
    event_is_there: Notify,
    something_happened: Condvar,
}

#[derive(Default)]
struct State {
    invocations: usize,
    waiting: VecDeque<(String, Bytes)>,
    answers: BTreeMap<String, Result<Value, FunctionError>>,
    first_next: Option<Instant>,
    process_ended: bool,
}

/// How a wait ended.
pub(super) enum Waited<T> {
    For(T),
    /// The process ended first.
    UntilEnd,
    InVain,
}

impl RuntimeApi {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
            event_is_there: Notify::new(),
            something_happened: Condvar::new(),
        }
    }

    /// The process is gone: nobody need wait for it any more.
    pub(super) fn process_ended(&self) {
        self.state().process_ended = true;
        self.something_happened.notify_all();
    }

    pub(super) fn wait_for_first_next(&self, limit: Duration) -> Waited<Instant> {
        self.wait(limit, |state| state.first_next)
    }

    pub(super) fn invoke(
        &self,
        event: &Value,
        limit: Duration,
    ) -> Waited<Result<Value, FunctionError>> {
        let id = {
            let mut state = self.state();
            state.invocations += 1;
            let id = numbered_id(ID_MAKER, state.invocations);
            state
                .waiting
                .push_back((id.clone(), event.to_string().into()));
            id
        };
        self.event_is_there.notify_one();
        self.wait(limit, |state| state.answers.remove(&id))
    }

    /// Answers the function.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path().to_owned();
        let steps: Vec<&str> = path
            .trim_start_matches("/2018-06-01/runtime/")
            .split('/')
            .collect();
        match (request.method(), &steps[..]) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => {
                let answer = serde_json::from_slice(request.body()).map_err(|error| {
                    FunctionError::Returned {
                        kind: "Runtime.InvalidResponse".to_owned(),
                        message: format!("the answer is not JSON: {error}"),
                    }
                });
                self.settle(id, answer)
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                self.settle(id, Err(returned(request.body())))
            }
            // The process ends after this; what it printed tells why.
            (&Method::POST, ["init", "error"]) => accepted(),
            _ => plain(
                StatusCode::NOT_FOUND,
                &json!({ "errorType": "InvalidPath", "errorMessage": path }),
            ),
        }
    }

    async fn next(&self) -> Response<Bytes> {
        self.state().first_next.get_or_insert_with(Instant::now);
        self.something_happened.notify_all();
        let (id, event) = loop {
            let waiting = self.state().waiting.pop_front();
            match waiting {
                Some(invocation) => break invocation,
                None => self.event_is_there.notified().await,
            }
        };
        let deadline = self.clock.now().as_millisecond()
            + i64::try_from(INVOCATION_LIMIT.as_millis()).unwrap_or(0);
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:hosted");
        Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &id)
            .header("lambda-runtime-deadline-ms", deadline)
            .header("lambda-runtime-invoked-function-arn", arn)
            .header(
                "lambda-runtime-trace-id",
                "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
            )
            .body(event)
            .expect("these headers make a response")
    }

    fn settle(&self, id: &str, answer: Result<Value, FunctionError>) -> Response<Bytes> {
        self.state().answers.insert(id.to_owned(), answer);
        self.something_happened.notify_all();
        accepted()
    }

    fn wait<T>(&self, limit: Duration, mut look: impl FnMut(&mut State) -> Option<T>) -> Waited<T> {
        let mut found = None;
        let (state, timeout) = self
            .something_happened
            .wait_timeout_while(self.state(), limit, |state| {
                found = look(state);
                found.is_none() && !state.process_ended
            })
            .unwrap_or_else(PoisonError::into_inner);
        drop(state);
        match found {
            Some(found) => Waited::For(found),
            None if timeout.timed_out() => Waited::InVain,
            None => Waited::UntilEnd,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn returned(body: &[u8]) -> FunctionError {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |field: &str| {
        error
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    FunctionError::Returned {
        kind: text("errorType"),
        message: text("errorMessage"),
    }
}

fn accepted() -> Response<Bytes> {
    plain(StatusCode::ACCEPTED, &json!({ "status": "OK" }))
}

fn plain(status: StatusCode, body: &Value) -> Response<Bytes> {
    crate::engine::answer::raw(status, "application/json", body.to_string())
}
