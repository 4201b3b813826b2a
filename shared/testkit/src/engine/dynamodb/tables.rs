//! The tables, from the one file that also the CDK app reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

const TABLES: &str = include_str!("../../../../../cdk/tables.json");

#[derive(Deserialize)]
pub(super) struct Table {
    partition_key: String,
    sort_key: Option<String>,
    stream: Option<String>,
    ttl: Option<String>,
    #[serde(default)]
    indexes: BTreeMap<String, Index>,
}

#[derive(Deserialize)]
struct Index {
    partition_key: String,
    sort_key: Option<String>,
}

pub(super) fn all() -> BTreeMap<String, Table> {
    serde_json::from_str(TABLES).unwrap_or_else(|error| panic!("cdk/tables.json: {error}"))
}

impl Table {
    pub(super) fn has_stream(&self) -> bool {
        self.stream.is_some()
    }

    /// Whether the time to live of `row`, which is plain JSON, is over at `second` of the epoch.
    pub(super) fn has_expired(&self, row: &Value, second: i64) -> bool {
        let attribute = self.ttl.as_ref().and_then(|name| row.get(name));
        attribute
            .and_then(Value::as_i64)
            .is_some_and(|end| end < second)
    }

    /// The key attributes of a row, or of a key.
    pub(super) fn key_of(&self, row: &Value) -> Value {
        self.key_names()
            .filter_map(|name| Some((name.to_owned(), row.get(name)?.clone())))
            .collect()
    }

    /// The input of `CreateTable`.
    pub(super) fn creation(&self, name: &str) -> Value {
        let index_keys = self
            .indexes
            .values()
            .flat_map(|index| names(&index.partition_key, index.sort_key.as_ref()));
        let attributes: BTreeSet<&str> = self.key_names().chain(index_keys).collect();
        let definitions: Vec<Value> = attributes
            .into_iter()
            .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
            .collect();
        let mut input = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": key_schema(&self.partition_key, self.sort_key.as_ref()),
            "AttributeDefinitions": definitions,
        });
        let indexes: Vec<Value> = self
            .indexes
            .iter()
            .map(|(name, index)| index.creation(name))
            .collect();
        if let (Value::Object(input), false) = (&mut input, indexes.is_empty()) {
            input.insert("GlobalSecondaryIndexes".to_owned(), indexes.into());
        }
        input
    }

    fn key_names(&self) -> impl Iterator<Item = &str> {
        names(&self.partition_key, self.sort_key.as_ref())
    }
}

impl Index {
    fn creation(&self, name: &str) -> Value {
        json!({
            "IndexName": name,
            "KeySchema": key_schema(&self.partition_key, self.sort_key.as_ref()),
            "Projection": { "ProjectionType": "ALL" },
        })
    }
}

fn names<'a>(
    partition_key: &'a str,
    sort_key: Option<&'a String>,
) -> impl Iterator<Item = &'a str> {
    std::iter::once(partition_key).chain(sort_key.map(String::as_str))
}

fn key_schema(partition_key: &str, sort_key: Option<&String>) -> Vec<Value> {
    names(partition_key, sort_key)
        .zip(["HASH", "RANGE"])
        .map(|(name, kind)| json!({ "AttributeName": name, "KeyType": kind }))
        .collect()
}
