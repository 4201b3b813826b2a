//! Queries on a simulated DynamoDB, which answers with a megabyte at most.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    aws::CallBudget,
    dynamodb::{query_all, text},
};
use serde_json::json;
use testkit::{Fault, World};

const MANY: usize = 40;

/// Rows that fill two megabytes and more, and what finds them.
fn found(world: &World) -> Result<usize, lambda_kit::error::ServiceError> {
    for n in 0..MANY {
        world.put_row(
            "profiles",
            json!({
                "profile_id": "prf_1",
                "part": format!("part#{n:02}"),
                "text": "x".repeat(60_000),
            }),
        );
    }
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let query = Client::new(&sdk)
        .query()
        .table_name("profiles")
        .key_condition_expression("profile_id = :id")
        .expression_attribute_values(":id", text("prf_1"));
    Ok(world.block_on(query_all(query))?.len())
}

#[test]
fn all_rows_are_found_though_they_fill_several_pages() {
    let world = World::new(1);
    assert_eq!(found(&world).unwrap(), MANY);
    assert!(world.trace().len() > 1, "they were one page");
}

#[test]
fn a_page_that_can_not_be_read_is_no_end() {
    let world = World::new(1);
    world.faults().always(Fault::Unavailable, |call| {
        call.input.get("ExclusiveStartKey").is_some()
    });
    let failure = found(&world).unwrap_err();
    assert_eq!(failure.operation, "dynamodb:Query");
}
