//! One delivery of one trigger.

use std::{fmt::Display, pin::Pin, time::Duration};

use lambda_kit::Invocation;
use serde::Serialize;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

use crate::World;

/// Invokes the function once: until it answers, its time runs out, or a crash stops the world.
/// Then what is left of it is dropped where it stands, and the world goes on with a new process.
///
/// `Err` says why there is no answer.
pub(super) async fn attempt<Out: Serialize, E: Display>(
    world: &World,
    limit: Duration,
    event: &Value,
    handler: &impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Value, String> {
    let event = to_raw_value(event).expect("JSON is written as it was read");
    let connector = world.connector();
    let before = connector.crashes();
    // The crash is looked for on both sides of the handler: one that another delivery met must not
    // let this one go on, and one that this one met must be taken up before anybody else sees it.
    // Boxed as `lambda_kit::run` does it, so that its layout is not part of every scenario's.
    let handling: Pin<Box<dyn Future<Output = Result<Out, E>> + '_>> =
        Box::pin(handler(&event, world.invocation(limit)));
    let invoked = tokio::time::timeout(limit, handling);
    let ended = tokio::select! {
        biased;
        () = connector.crashed_since(before) => Err("the process died"),
        answered = invoked => match answered {
            // A handler that answers although the world has stopped does so after its death.
            _ if connector.crashes() > before => Err("the process died"),
            Ok(answer) => Ok(answer),
            Err(_) => Err("the function's time ran out"),
        },
        () = connector.crashed_since(before) => Err("the process died"),
    };
    match ended {
        Ok(answer) => {
            let answer = answer.map_err(|error| error.to_string())?;
            serde_json::to_value(answer).map_err(|error| error.to_string())
        }
        Err(end) => {
            world.restart();
            Err(end.to_owned())
        }
    }
}
