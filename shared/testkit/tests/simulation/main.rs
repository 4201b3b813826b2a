//! The simulation, seen through real AWS SDK clients.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod delivery;
mod dynamodb;
mod explore;
mod faults;
mod hosted;
mod messages;
mod objects;
mod queues;
mod ranges;
mod time;
mod upload_links;

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use lambda_kit::aws::CallBudget;
use testkit::World;

fn dynamodb_of(world: &World) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&world.sdk_config(&CallBudget::HTTP))
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: u32) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The code of a service's error.
fn code<T: std::fmt::Debug, E: ProvideErrorMetadata>(result: Result<T, E>) -> String {
    result.unwrap_err().code().unwrap().to_owned()
}
