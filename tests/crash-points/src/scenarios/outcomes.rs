//! What became of changes of configuration.

use serde_json::Value;
use testkit::{World, delivery::Redelivery, explore::Scenario};

use super::outbox::BOTH;
use crate::actors::outcomes::{OPERATORS, are_filed, are_mailed, is_decided, operators_are_known};

/// It is decided on four changes, of which one row can't be read.
fn are_decided(world: &World) {
    let [jane, joe] = OPERATORS;
    is_decided(world, 1, Some(jane), "Success");
    is_decided(world, 2, Some(joe), "Fail");
    is_decided(world, 3, None, "Perhaps");
    is_decided(world, 4, None, "Success");
}

/// Each outcome that can be read has a file, and is counted.
pub(super) struct OutcomesFiled;

impl Scenario for OutcomesFiled {
    fn name(&self) -> &'static str {
        "outcomes-filed"
    }

    fn setup(&self, world: &World) {
        are_decided(world);
    }

    async fn run(&self, world: &World) -> Value {
        are_filed(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// All outcomes come in one batch, and again in two others: they are told of once, by the mails by which they
/// were told of first.
pub(super) struct OutcomesMailed;

impl Scenario for OutcomesMailed {
    fn name(&self) -> &'static str {
        "outcomes-mailed"
    }

    fn setup(&self, world: &World) {
        operators_are_known(world);
        are_decided(world);
    }

    async fn run(&self, world: &World) -> Value {
        let all = world.engines().changes("config");
        let outcomes = all.iter().filter(|record| {
            let kind = record.pointer("/dynamodb/Keys/kind/S");
            let kind = kind.and_then(Value::as_str);
            kind.is_some_and(|kind| kind.starts_with("outcome#"))
        });
        let outcomes: Vec<Value> = outcomes.cloned().collect();
        are_mailed(world, &outcomes).await;
        // What can't be read is parked each time that it comes.
        let can_be_read = |record: &&Value| {
            let result = record.pointer("/dynamodb/NewImage/result/S");
            result.is_some_and(|result| result != "Perhaps")
        };
        let readable: Vec<Value> = outcomes.iter().filter(can_be_read).cloned().collect();
        let (first, second) = readable.split_at(readable.len() / 2);
        for batch in [first, second] {
            are_mailed(world, batch).await;
        }
        Value::Null
    }
}
