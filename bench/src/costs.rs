//! What operations cost at DynamoDB: calls and units of each, counted on the simulated tables by a
//! process that is warm.

mod operations;
mod requests;
mod scene;

use std::{
    fmt::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use serde_json::{Value, value::to_raw_value};
use testkit::{Call, Service, World};

use self::{
    operations::GROUPS,
    scene::{Handler, scene},
};

/// What DynamoDB asks in us-east-1 for a million read units and a million write units, in dollars
/// (<https://aws.amazon.com/dynamodb/pricing/on-demand/>).
const PER_MILLION_READS: f64 = 0.125;
const PER_MILLION_WRITES: f64 = 0.625;

/// Operations that are told of together.
struct Group {
    heading: &'static str,
    operations: &'static [Operation],
}

/// One operation: a request that is counted, after others that are not.
struct Operation {
    name: &'static str,
    /// Who answers it.
    by: fn(&World) -> Handler,
    /// What comes before, and what of it the request needs.
    before: fn(&Stage) -> Value,
    request: fn(&Stage, &Value) -> Value,
}

/// A world with a process that answers.
struct Stage {
    world: Rc<World>,
    handler: Handler,
}

/// What an operation cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Calls that read.
    pub reads: usize,
    /// Calls that write one row.
    pub writes: usize,
    /// Calls that write several rows or none.
    pub transactions: usize,
    /// Units of reading.
    pub read_units: f64,
    /// Units of writing.
    pub write_units: f64,
}

impl Stage {
    /// The answer to `request`.
    ///
    /// # Panics
    /// If it is an error.
    fn send(&self, request: &Value) -> Value {
        let event = to_raw_value(request).expect("a request is JSON");
        let answer = (self.handler)(&self.world, &event);
        let status = answer.get("statusCode").and_then(Value::as_u64);
        assert!(
            status.is_none_or(|status| status < 300 || status == 404),
            "it is answered by {answer}"
        );
        answer
    }
}

impl Operation {
    fn cost(&self) -> Cost {
        let world = Rc::new(scene());
        let handler = (self.by)(&world);
        let stage = Stage { world, handler };
        let before = (self.before)(&stage);
        let request = (self.request)(&stage, &before);
        let (calls, consumed) = (stage.world.trace().len(), stage.world.engines().consumed());
        stage.send(&request);
        let after = stage.world.engines().consumed();
        let calls = stage.world.trace().split_off(calls);
        let count = |matches: fn(&Call) -> bool| {
            let calls = calls.iter().map(|traced| &traced.call);
            calls
                .filter(|call| call.service == Service::DynamoDb && matches(call))
                .count()
        };
        Cost {
            reads: count(|call| !call.is_table_write()),
            writes: count(|call| call.is_table_write() && !is_transaction(call)),
            transactions: count(is_transaction),
            read_units: after.reads - consumed.reads,
            write_units: after.writes - consumed.writes,
        }
    }
}

fn is_transaction(call: &Call) -> bool {
    call.operation == "TransactWriteItems"
}

/// What a million of something cost that takes so many units.
pub(crate) fn dollars(reads: f64, writes: f64) -> f64 {
    reads.mul_add(PER_MILLION_READS, writes * PER_MILLION_WRITES)
}

/// What the operation `name` costs.
///
/// # Panics
/// If there is no such operation.
#[must_use]
pub fn of(name: &str) -> Cost {
    let mut operations = GROUPS.iter().flat_map(|group| group.operations);
    let operation = operations.find(|operation| operation.name == name);
    operation
        .unwrap_or_else(|| panic!("there is no operation {name}"))
        .cost()
}

/// How long the operation `name` takes each time, in a process that is as warm as it is for its costs. What
/// was kept for a while is old by then, unless the operation comes right after another one.
///
/// # Panics
/// If there is no such operation.
#[must_use]
pub fn time_of(name: &str, rounds: usize) -> Vec<Duration> {
    let mut operations = GROUPS.iter().flat_map(|group| group.operations);
    let operation = operations.find(|operation| operation.name == name);
    let operation = operation.unwrap_or_else(|| panic!("there is no operation {name}"));
    let world = Rc::new(scene());
    let handler = (operation.by)(&world);
    let stage = Stage { world, handler };
    let each = (0..rounds).map(|_| {
        stage.world.advance(Duration::from_secs(6));
        let before = (operation.before)(&stage);
        let request = (operation.request)(&stage, &before);
        let start = Instant::now();
        stage.send(&request);
        start.elapsed()
    });
    each.collect()
}

/// The costs as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table = "| operation | reads | writes | transactions | read units | write units | dollars per million |\n\
                     | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for group in GROUPS {
        // Writing to a text can't fail.
        let _ = writeln!(table, "| **{}** | | | | | | |", group.heading);
        for operation in group.operations {
            let Cost {
                reads,
                writes,
                transactions,
                read_units,
                write_units,
            } = operation.cost();
            let dollars = dollars(read_units, write_units);
            let name = operation.name;
            let _ = writeln!(
                table,
                "| {name} | {reads} | {writes} | {transactions} | {read_units} | {write_units} | {dollars:.2} |"
            );
        }
    }
    table
}
