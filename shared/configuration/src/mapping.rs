//! How fields of Salesforce are called and read here.

mod convert;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use self::convert::FieldType;
use crate::value::tame;

/// How Salesforce calls the fields of its own of which a platform event has none: with this behind them.
const CUSTOM: &str = "__c";

/// The file `mapping.json` of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The object in Salesforce: `Holiday__c`.
    pub object: String,
    /// The platform event that tells of it, if there is one: `Holiday_Change__e`.
    #[serde(default)]
    pub platform_event: Option<String>,
    /// The compiled row that its records go into.
    pub published: String,
    fields: BTreeMap<String, Target>,
    /// Pairs of members of a record of which the first is never greater than the second.
    #[serde(default)]
    order: Vec<(String, String)>,
}

/// What a field becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Target {
    Text(String),
    Typed {
        to: String,
        #[serde(rename = "type", default)]
        kind: FieldType,
    },
}

/// What is wrong with a record, told by the name that the field has in Salesforce.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {what}")]
pub struct Unfit {
    /// The field in Salesforce.
    pub field: String,
    /// What is wrong with it, without its value.
    pub what: String,
}

impl Target {
    fn to(&self) -> &str {
        match self {
            Self::Text(to) | Self::Typed { to, .. } => to,
        }
    }

    const fn kind(&self) -> FieldType {
        match self {
            Self::Text(_) => FieldType::Text,
            Self::Typed { kind, .. } => *kind,
        }
    }
}

impl Mapping {
    /// Whether each member of a record comes from one field, and orders name members.
    pub(crate) fn is_sound(&self) -> bool {
        let members: BTreeSet<&str> = self.fields.values().map(Target::to).collect();
        let mut ordered = self.order.iter().flat_map(|(one, other)| [one, other]);
        members.len() == self.fields.len() && ordered.all(|name| members.contains(name.as_str()))
    }

    /// The fields of Salesforce that are read.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// The field of Salesforce out of which `member` of a record comes.
    #[must_use]
    pub fn field_of(&self, member: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (field, _) = fields.find(|(_, target)| target.to() == member)?;
        Some(field)
    }

    /// Every field that is read, as `told` has it; nothing where it does not.
    #[must_use]
    pub fn whole(&self, told: &Map<String, Value>) -> BTreeMap<String, Value> {
        let value = |field: &str| told_of(told, field).map_or(Value::Null, tame);
        self.fields()
            .map(|field| (field.to_owned(), value(field)))
            .collect()
    }

    /// The fields that are read as far as `told` has them or they are `named` as changed: one that is named
    /// and not told has become nothing.
    #[must_use]
    pub fn part(
        &self,
        told: &Map<String, Value>,
        named: &BTreeSet<String>,
    ) -> BTreeMap<String, Value> {
        let value = |field: &str| match told_of(told, field) {
            Some(value) => Some(tame(value)),
            None => named.contains(field).then_some(Value::Null),
        };
        self.fields()
            .filter_map(|field| Some((field.to_owned(), value(field)?)))
            .collect()
    }

    /// The record that `values` of Salesforce's fields make.
    pub fn record(&self, values: &BTreeMap<String, Value>) -> Result<Map<String, Value>, Unfit> {
        let mut record = Map::new();
        for (field, target) in &self.fields {
            let value = values.get(field).unwrap_or(&Value::Null);
            let converted = target.kind().convert(value);
            let converted = converted.map_err(|what| Unfit {
                field: field.clone(),
                what: what.to_owned(),
            })?;
            if let Some(converted) = converted {
                record.insert(target.to().to_owned(), converted);
            }
        }
        self.in_order(&record)?;
        Ok(record)
    }

    /// Dates, times and moments sort as their texts do.
    fn in_order(&self, record: &Map<String, Value>) -> Result<(), Unfit> {
        for (first, second) in &self.order {
            let text = |member: &str| record.get(member).and_then(Value::as_str);
            if let (Some(one), Some(other)) = (text(first), text(second))
                && one > other
            {
                return Err(Unfit {
                    field: self.field_of(second).unwrap_or(second).to_owned(),
                    what: format!("is before {}", self.field_of(first).unwrap_or(first)),
                });
            }
        }
        Ok(())
    }
}

/// What `told` says of a field. In platform events every field is custom, `Name` too.
fn told_of<'a>(told: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    told.get(field).or_else(|| {
        let is_custom = field.ends_with(CUSTOM);
        let custom = (!is_custom).then(|| format!("{field}{CUSTOM}"))?;
        told.get(&custom)
    })
}

#[cfg(test)]
mod tests;
