//! What every Fairlead function stands on: configuration, SDK clients, logs, metrics, batches,
//! problem details and the idempotency ledger. In comes a Lambda invocation and its environment;
//! out go typed values that a handler can work with.

pub mod aws;
pub mod batch;
pub mod clock;
pub mod config;
#[cfg(feature = "dynamodb")]
pub mod cursor;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
pub mod error;
pub mod http;
pub mod http_client;
#[cfg(feature = "idempotency")]
pub mod idempotency;
pub mod ids;
pub mod invocation;
#[cfg(feature = "dynamodb")]
pub mod ledger;
pub mod log;
pub mod metric;
#[cfg(feature = "objects")]
pub mod objects;
pub mod outside;
#[cfg(feature = "parking")]
pub mod parking;
pub mod planted;
pub mod problem;
pub mod redact;
mod run;
pub mod subject;

pub use error::{BoxError, Chain, Retry};
pub use invocation::Invocation;
pub use run::{Start, run, start};
