//! AWS, simulated: what goes in is a handler with real AWS SDK clients, what comes out is what
//! became of the world, also when that world failed, throttled or stopped at any call.
//!
//! ```no_run
//! # use lambda_kit::aws::CallBudget;
//! # struct App; impl App { fn new<A, B, C>(_: A, _: B, _: C) -> Self { Self } }
//! # async fn handle(_: &App, _: ()) -> Result<(), std::fmt::Error> { Ok(()) }
//! use testkit::{Fault, World};
//!
//! let world = World::new(1);
//! world.put_row("directory", serde_json::json!({ "tenant": "ten_1", "part": "tenant" }));
//! world.faults().at(2, Fault::LoseAcknowledgement);
//! let app = App::new(world.sdk_config(&CallBudget::HTTP), world.clock(), world.ids());
//! let answer = world.block_on(handle(&app, ()));
//! assert!(answer.is_ok());
//! assert_eq!(world.rows("profiles").len(), 1);
//! assert_eq!(world.published_events().len(), 1);
//! ```
//!
//! From the handler down:
//! - [`world`] holds one simulated AWS account with its clock, ids and SDK configuration;
//! - [`connector`] is the HTTP client below the SDK: it numbers the calls and commits the faults;
//! - [`fault`] says what can go wrong with a call, and where;
//! - [`engine`] answers the calls: `DynamoDB`, S3, SQS, SNS, `EventBridge`, AppFlow and Cognito, and whoever
//!   takes webhooks outside;
//! - [`tokens`] makes access tokens that Cognito's keys sign;
//! - [`sale`] is what a browser with Global Privacy Control withdraws.
//!
//! From the handler up:
//! - [`delivery`] hands it triggers as their services do, and again after a crash or a failure;
//! - [`explore`] stops the world at every call in turn and compares how it ends;
//! - [`canonical`] is the form in which two ends are compared: no generated id and no time in it;
//! - [`runtime_host`] runs a function's real executable in place of the handler;
//! - [`canary`] checks that what it prints tells nothing of a person.
//!
//! Everything in a [`World`] is repeatable: one thread, a paused clock, and all randomness from
//! one seed. Two runs with the same seed have the same [`World::trace_hash`].
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test harness stops at once, with a sentence that says why"
)]

mod call;
pub mod canary;
pub mod canonical;
pub mod connector;
pub mod delivery;
pub mod engine;
pub mod explore;
pub mod fault;
pub mod printed;
mod published;
pub mod runtime_host;
pub mod sale;
mod service;
pub mod tokens;
mod turnstile;
pub mod world;

pub use call::Call;
pub use fault::Fault;
pub use service::Service;
pub use turnstile::Waiting;
pub use world::World;
