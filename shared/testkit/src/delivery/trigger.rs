//! Triggers of one event: Cognito, a client of the HTTP API, a schedule.

use std::{fmt::Display, time::Duration};

use serde::Serialize;
use serde_json::Value;

use super::attempt::attempt;
use crate::World;

/// A trigger was given up, with what its last delivery came to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("given up after {attempts} deliveries: {last}")]
pub struct GaveUp {
    /// How many deliveries there were.
    pub attempts: usize,
    /// What the last one came to.
    pub last: String,
}

/// Invokes a user pool's trigger as Cognito does: it has 5 s, and 3 deliveries in all
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>).
pub async fn cognito<In: Clone, Out, E: Display>(
    world: &World,
    event: In,
    handler: impl AsyncFn(In) -> Result<Out, E>,
) -> Result<Out, GaveUp> {
    again(world, 3, Duration::ZERO, async || {
        attempt(world, Duration::from_secs(5), handler(event.clone())).await.map_err(|failure| failure.to_string())
    })
    .await
}

/// Sends a request as a client of the HTTP API that repeats it, up to 5 times, until the answer's
/// `statusCode` is below 500. The function has 10 s; its failures reach the client as 5xx.
pub async fn http_client<In: Clone, Out: Serialize, E: Display>(
    world: &World,
    request: In,
    handler: impl AsyncFn(In) -> Result<Out, E>,
) -> Result<Value, GaveUp> {
    again(world, 5, Duration::from_secs(1), async || {
        let answer = attempt(world, Duration::from_secs(10), handler(request.clone())).await;
        let answer = answer.map_err(|failure| failure.to_string())?;
        let answer = serde_json::to_value(answer).map_err(|error| error.to_string())?;
        match answer.get("statusCode").and_then(Value::as_u64) {
            Some(status) if status < 500 => Ok(answer),
            Some(status) => Err(format!("the answer's status is {status}")),
            None => Err("the answer has no statusCode".to_owned()),
        }
    })
    .await
}

/// Invokes a function as a schedule does, asynchronously: it has 30 s, and two more deliveries
/// after one and two minutes. The next tick is the schedule's own and not part of this.
pub async fn schedule<In: Clone, Out, E: Display>(
    world: &World,
    event: In,
    handler: impl AsyncFn(In) -> Result<Out, E>,
) -> Result<Out, GaveUp> {
    again(world, 3, Duration::from_secs(60), async || {
        attempt(world, Duration::from_secs(30), handler(event.clone())).await.map_err(|failure| failure.to_string())
    })
    .await
}

/// Delivers up to `limit` times; the waits between grow by `pause`.
async fn again<T>(
    world: &World,
    limit: usize,
    pause: Duration,
    deliver: impl AsyncFn() -> Result<T, String>,
) -> Result<T, GaveUp> {
    let mut wait = pause;
    for attempts in 1.. {
        match deliver().await {
            Ok(answer) => return Ok(answer),
            Err(last) if attempts == limit => return Err(GaveUp { attempts, last }),
            Err(_) => tokio::time::sleep(wait).await,
        }
        wait += pause;
    }
    unreachable!("{} deliveries were made", world.trace().len())
}
