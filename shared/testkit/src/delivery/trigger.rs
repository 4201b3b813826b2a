//! Triggers of one event: Cognito, a flow of Amazon Connect, a client of the HTTP API, a schedule.

use std::{fmt::Display, time::Duration};

use lambda_kit::Invocation;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::attempt::attempt;
use crate::{World, connector::FOR_COGNITO};

/// A trigger was given up, with what its last delivery came to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("given up after {attempts} deliveries: {last}")]
pub struct GaveUp {
    /// How many deliveries there were.
    pub attempts: u32,
    /// What the last one came to.
    pub last: String,
}

/// Invokes a user pool's trigger as Cognito does: it has 5 s, and 3 deliveries in all
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>).
pub async fn cognito<Out: Serialize, E: Display>(
    world: &World,
    event: &Value,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Value, GaveUp> {
    let limit = Duration::from_secs(5);
    again(3, Duration::ZERO, async || {
        let attempt = attempt(world, limit, event, &handler);
        FOR_COGNITO.scope((), attempt).await
    })
    .await
}

/// Invokes a function from a flow of Amazon Connect: it has 8 s, and 3 deliveries in all
/// (<https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html>).
pub async fn connect<Out: Serialize, E: Display>(
    world: &World,
    event: &Value,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Value, GaveUp> {
    let limit = Duration::from_secs(8);
    again(3, Duration::ZERO, async || {
        attempt(world, limit, event, &handler).await
    })
    .await
}

/// Sends a request as a client of the HTTP API that repeats it, up to 5 times, until the answer's
/// `statusCode` is below 500; after a 409 that says when to come again, it does. The function has
/// 10 s; its failures reach the client as 5xx. API Gateway gives each repetition a request id of its
/// own.
pub async fn http_client<Out: Serialize, E: Display>(
    world: &World,
    request: &Value,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Value, GaveUp> {
    let limit = Duration::from_secs(10);
    again(5, Duration::from_secs(1), async || {
        let mut request = request.clone();
        if let Some(id) = request.pointer_mut("/requestContext/requestId") {
            *id = world.invocation(limit).request_id.into();
        }
        let answer = attempt(world, limit, &request, &handler).await?;
        let status = answer.get("statusCode").and_then(Value::as_u64);
        if let (Some(409), Some(wait)) = (status, retry_after(&answer)) {
            tokio::time::sleep(wait).await;
            return Err("the request is under way".to_owned());
        }
        match status {
            Some(status) if status < 500 => Ok(answer),
            Some(status) => Err(format!("the answer's status is {status}")),
            None => Err("the answer has no statusCode".to_owned()),
        }
    })
    .await
}

/// How long the client is told to wait, if it is.
fn retry_after(answer: &Value) -> Option<Duration> {
    let seconds = answer.pointer("/headers/retry-after")?.as_str()?;
    seconds.parse().ok().map(Duration::from_secs)
}

/// Invokes a function as a schedule does, asynchronously: it has 30 s, and two more deliveries
/// after one and two minutes. The next tick is the schedule's own and not part of this.
pub async fn schedule<Out: Serialize, E: Display>(
    world: &World,
    event: &Value,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Value, GaveUp> {
    let limit = Duration::from_secs(30);
    again(3, Duration::from_mins(1), async || {
        attempt(world, limit, event, &handler).await
    })
    .await
}

/// Delivers up to `limit` times; the waits between grow by `pause`.
async fn again(
    limit: u32,
    pause: Duration,
    deliver: impl AsyncFn() -> Result<Value, String>,
) -> Result<Value, GaveUp> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match deliver().await {
            Ok(answer) => return Ok(answer),
            Err(last) if attempts == limit => return Err(GaveUp { attempts, last }),
            Err(_) => tokio::time::sleep(pause * attempts).await,
        }
    }
}
