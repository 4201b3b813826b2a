//! `DynamoDB`, over an embedded emulator; the change records of streams are derived here, because
//! the emulator's own streams grow slow.

mod attribute;
mod capacity;
mod changes;
mod operation;
mod tables;
mod tokens;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use dynoxide::Database;
use http::{Response, StatusCode};
use lambda_kit::clock::Clock;
use serde_json::{Value, json};

pub use self::capacity::Consumed;
use self::{changes::Streams, tables::Table, tokens::Tokens};
use super::answer;
use crate::Call;

pub(super) struct DynamoDb {
    database: Database,
    tables: BTreeMap<String, Table>,
    clock: Clock,
    /// Held for the whole of a call, so that the images before and after belong together.
    state: Mutex<State>,
}

struct State {
    streams: Streams,
    tokens: Tokens,
    consumed: Consumed,
}

/// A row's table and key.
type RowKey = (String, Value);

struct EmulatorClock(Clock);

impl dynoxide::storage_backend::Clock for EmulatorClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_duration().as_secs_f64()
    }
}

impl DynamoDb {
    pub(super) fn new(clock: Clock) -> Self {
        let database = Database::memory_with_clock(Arc::new(EmulatorClock(clock.clone())))
            .expect("an in-memory database opens");
        let tables = tables::all();
        for (name, table) in &tables {
            operation::run(&database, "CreateTable", &table.creation(name)).unwrap_or_else(
                |error| panic!("cdk/tables.json: the table {name} can't be created: {error}"),
            );
        }
        let state = Mutex::new(State {
            streams: Streams::new(clock.clone()),
            tokens: Tokens::new(clock.clone()),
            consumed: Consumed::default(),
        });
        Self {
            database,
            tables,
            clock,
            state,
        }
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let input = state.tokens.within_window(&call.input);
        let keys = if call.is_table_write() {
            self.streamed_keys(call)
        } else {
            Vec::new()
        };
        let before: Vec<_> = keys.iter().map(|key| self.row(key)).collect();
        let input = capacity::asked_for(input);
        match operation::run(&self.database, &call.operation, &input) {
            Ok(mut output) => {
                state.consumed.take(call, &mut output);
                for (key, old) in keys.iter().zip(before) {
                    state.streams.note(key, old, self.row(key));
                }
                answer::json(StatusCode::OK, &output)
            }
            Err(error) => error.into_response(),
        }
    }

    pub(super) fn consumed(&self) -> Consumed {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.consumed
    }

    pub(super) fn seed(&self, table: &str, row: &Value) {
        let item = attribute::from_plain_row(row);
        operation::run(
            &self.database,
            "PutItem",
            &json!({ "TableName": table, "Item": item }),
        )
        .unwrap_or_else(|error| panic!("the row {row} can't be put into {table}: {error}"));
    }

    pub(super) fn rows(&self, table: &str) -> Vec<Value> {
        let schema = self.table(table);
        let mut rows: Vec<Value> = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut input = json!({ "TableName": table });
            if let (Value::Object(input), false) = (&mut input, start.is_null()) {
                input.insert("ExclusiveStartKey".to_owned(), start);
            }
            let mut page = operation::run(&self.database, "Scan", &input)
                .unwrap_or_else(|error| panic!("the table {table} can't be read: {error}"));
            rows.extend(crate::call::each(&page, "Items").map(attribute::to_plain_row));
            start = page
                .get_mut("LastEvaluatedKey")
                .map(Value::take)
                .unwrap_or_default();
            if start.is_null() {
                break;
            }
        }
        rows.sort_by_cached_key(|row| schema.key_of(row).to_string());
        rows
    }

    /// Removes what has expired, as `DynamoDB` does within some days.
    pub(super) fn expire(&self, table: &str) {
        let schema = self.table(table);
        let now = self.clock.now().as_second();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = self.rows(table).into_iter();
        for row in rows.filter(|row| schema.has_expired(row, now)) {
            let key = (
                table.to_owned(),
                schema.key_of(&attribute::from_plain_row(&row)),
            );
            let old = self.row(&key).expect("the row was read a moment ago");
            operation::run(
                &self.database,
                "DeleteItem",
                &json!({ "TableName": table, "Key": key.1 }),
            )
            .unwrap_or_else(|error| panic!("a row of {table} can't be removed: {error}"));
            if schema.has_stream() {
                state.streams.note_expiry(&key, old);
            }
        }
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    pub(super) fn changes_after(&self, table: &str, from: usize) -> Vec<Value> {
        assert!(
            self.table(table).has_stream(),
            "cdk/tables.json gives {table} no stream"
        );
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .streams
            .after(table, from)
    }

    fn table(&self, name: &str) -> &Table {
        self.tables
            .get(name)
            .unwrap_or_else(|| panic!("cdk/tables.json has no table {name}"))
    }

    /// The keys of the streamed rows that a write touches, each once, in the order of the request.
    fn streamed_keys(&self, call: &Call) -> Vec<RowKey> {
        let mut keys: Vec<RowKey> = Vec::new();
        for (table, key_or_item) in operation::written(call) {
            if let Some(schema) = self.tables.get(table).filter(|schema| schema.has_stream()) {
                let key = (table.to_owned(), schema.key_of(key_or_item));
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        keys
    }

    fn row(&self, (table, key): &RowKey) -> Option<Value> {
        operation::run(
            &self.database,
            "GetItem",
            &json!({ "TableName": table, "Key": key }),
        )
        .ok()
        .and_then(|mut output| output.get_mut("Item").map(Value::take))
        .map(attribute::sorted)
    }
}
