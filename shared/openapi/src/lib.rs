//! How a function tells what its routes take and answer. In come its routes, described beside their
//! handlers by the types that go over the wire; out goes the whole API by OpenAPI 3.1. A function that
//! is deployed has nothing of it: each has it behind its feature `openapi`.
#![allow(
    clippy::indexing_slicing,
    reason = "members of JSON objects that are made here: assigning one makes it, and none panics"
)]

mod answer;
mod document;
mod problem;
mod route;
mod schemas;
mod text;

pub use answer::Answer;
pub use document::{Service, document};
pub use problem::{GatewayMessage, Known, Problem};
pub use route::{Caller, Method, Route};
pub use serde_json::{Value, json};
pub use text::{Day, EntityTag, Moment, NoTag, TextShape, closed_object, text_schema};
pub use utoipa;

/// The object of an example with one member more.
#[must_use]
pub fn with(mut object: Value, name: &str, member: Value) -> Value {
    object[name] = member;
    object
}
