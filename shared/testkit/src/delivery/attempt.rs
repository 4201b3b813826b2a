//! One delivery of one trigger.

use std::{
    fmt::{self, Display},
    time::Duration,
};

use crate::World;

/// Why a delivery did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The handler returned an error.
    Error(String),
    /// The process died.
    Crash,
    /// The function's time ran out.
    Timeout,
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(message) => f.write_str(message),
            Self::Crash => f.write_str("the process died"),
            Self::Timeout => f.write_str("the function's time ran out"),
        }
    }
}

/// Runs the handler until it answers, its time runs out, or a crash stops the world; then what is
/// left of it is dropped where it stands, and the world goes on with a new process.
pub(super) async fn attempt<T, E: Display>(
    world: &World,
    limit: Duration,
    handler: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    let connector = world.connector();
    let before = connector.crashes();
    // The crash is looked for on both sides of the handler: one that another delivery met must not
    // let this one go on, and one that this one met must be taken up before anybody else sees it.
    let outcome = tokio::select! {
        biased;
        () = connector.crashed_since(before) => Err(Failure::Crash),
        outcome = tokio::time::timeout(limit, handler) => match outcome {
            // A handler that answers although the world has stopped does so after its death.
            _ if connector.crashes() > before => Err(Failure::Crash),
            Ok(answer) => answer.map_err(|error| Failure::Error(error.to_string())),
            Err(_) => Err(Failure::Timeout),
        },
        () = connector.crashed_since(before) => Err(Failure::Crash),
    };
    if matches!(outcome, Err(Failure::Crash | Failure::Timeout)) {
        world.restart();
    }
    outcome
}
