//! What calls cost, in the units that DynamoDB charges for.

use serde_json::Value;

use crate::Call;

/// Capacity units that calls consumed
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html>):
/// one read unit for each 4 KiB of a strongly consistent read, one write unit for each KiB of a
/// write to a table or an index, twice that in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Consumed {
    /// Of reads.
    pub reads: f64,
    /// Of writes.
    pub writes: f64,
}

/// The input of a call that also asks what it costs.
pub(super) fn asked_for(mut input: Value) -> Value {
    if let Value::Object(members) = &mut input {
        members.insert("ReturnConsumedCapacity".to_owned(), "TOTAL".into());
    }
    input
}

impl Consumed {
    /// Adds what `call` cost, which its output loses: nobody else asked for it.
    pub(super) fn take(&mut self, call: &Call, output: &mut Value) {
        let told = output
            .as_object_mut()
            .and_then(|members| members.remove("ConsumedCapacity"));
        let tables = match told {
            Some(Value::Array(tables)) => tables,
            Some(table) => vec![table],
            None => Vec::new(),
        };
        let units = tables
            .iter()
            .filter_map(|table| table.get("CapacityUnits")?.as_f64());
        let units: f64 = units.sum();
        if call.is_table_write() {
            self.writes += units;
        } else {
            self.reads += units;
        }
    }
}
