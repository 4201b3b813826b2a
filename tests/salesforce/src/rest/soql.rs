//! As much of Salesforce's query language as records are read by.

use serde_json::{Map, Value, json};

use crate::org::{Org, Record};

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    fields: Vec<String>,
    object: String,
    conditions: Vec<Condition>,
    order: Vec<String>,
    limit: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    field: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Among(Vec<String>),
    Is(Value),
    After(String),
    AtLeast(String),
}

impl Query {
    /// `SELECT a, b FROM X [WHERE … [AND …]] [ORDER BY a, b] [LIMIT n]`; `None` if it is anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (fields, rest) = text.trim().strip_prefix("SELECT ")?.split_once(" FROM ")?;
        let (rest, limit) = cut(rest, " LIMIT ");
        let (rest, order) = cut(rest, " ORDER BY ");
        let (object, conditions) = cut(rest, " WHERE ");
        let conditions = conditions.into_iter().flat_map(|all| all.split(" AND "));
        let limit = match limit {
            Some(limit) => Some(limit.trim().parse().ok()?),
            None => None,
        };
        Some(Self {
            fields: list(fields),
            object: object.trim().to_owned(),
            conditions: conditions.map(condition).collect::<Option<_>>()?,
            order: order.map(list).unwrap_or_default(),
            limit,
        })
    }

    /// The records that it finds, each with the fields that it asks for: null where there is nothing.
    pub(super) fn run(
        &self,
        org: &Org,
        with_deleted: bool,
        describe: impl Fn(&Record) -> Map<String, Value>,
    ) -> Vec<Value> {
        let records = org.records(Some(&self.object));
        let records = records.filter(|record| with_deleted || !record.is_deleted);
        let mut found: Vec<Map<String, Value>> = records.map(describe).collect();
        found.retain(|record| self.conditions.iter().all(|each| each.holds(record)));
        let place = |record: &Map<String, Value>| {
            let values = self
                .order
                .iter()
                .map(|field| text(record, field).to_owned());
            values.collect::<Vec<_>>()
        };
        found.sort_by_key(place);
        found.truncate(self.limit.unwrap_or(usize::MAX));
        found.iter().map(|record| self.selected(record)).collect()
    }

    fn selected(&self, record: &Map<String, Value>) -> Value {
        let fields = self.fields.iter().map(String::as_str);
        let fields = ["attributes"].into_iter().chain(fields);
        let selected = fields.map(|name| {
            let value = record.get(name).cloned().unwrap_or_default();
            (name.to_owned(), value)
        });
        Value::Object(selected.collect())
    }
}

impl Condition {
    fn holds(&self, record: &Map<String, Value>) -> bool {
        let found = text(record, &self.field);
        match &self.test {
            Test::Among(values) => values.iter().any(|value| value == found),
            Test::Is(value) => record.get(&self.field).unwrap_or(&Value::Null) == value,
            Test::After(moment) => seconds(found) > seconds(moment),
            Test::AtLeast(moment) => seconds(found) >= seconds(moment),
        }
    }
}

fn condition(text: &str) -> Option<Condition> {
    let text = text.trim();
    let of = |field: &str, test| {
        let field = field.trim().to_owned();
        Some(Condition { field, test })
    };
    if let Some((field, values)) = text.split_once(" IN (") {
        let values = values.strip_suffix(')')?.split(',');
        let values = values.map(|value| quoted(value).map(str::to_owned));
        return of(field, Test::Among(values.collect::<Option<_>>()?));
    }
    if let Some((field, moment)) = text.split_once(" >= ") {
        return of(field, Test::AtLeast(moment.trim().to_owned()));
    }
    if let Some((field, moment)) = text.split_once(" > ") {
        return of(field, Test::After(moment.trim().to_owned()));
    }
    let (field, value) = text.split_once(" = ")?;
    let value = match value.trim() {
        "true" => json!(true),
        "false" => json!(false),
        "null" => Value::Null,
        value => quoted(value)?.into(),
    };
    of(field, Test::Is(value))
}

fn quoted(value: &str) -> Option<&str> {
    value.trim().strip_prefix('\'')?.strip_suffix('\'')
}

/// A moment up to its second: records have `+0000` behind it, and queries `Z`.
fn seconds(moment: &str) -> &str {
    moment.get(..19).unwrap_or(moment)
}

fn cut<'a>(text: &'a str, at: &str) -> (&'a str, Option<&'a str>) {
    match text.split_once(at) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

fn list(text: &str) -> Vec<String> {
    let names = text.split(',').map(str::trim);
    names.map(str::to_owned).collect()
}

fn text<'a>(record: &'a Map<String, Value>, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}
