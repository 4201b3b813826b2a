//! The kinds of configuration that operators edit, by what `events/salesforce/` says of each.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde_json::Value;

static KINDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../events/salesforce");

/// A kind of configuration, as Salesforce has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kind {
    /// Its name, such as `opening-hours`.
    pub name: String,
    /// The object that its records are of.
    pub object: String,
    /// The platform event that tells of one.
    pub platform_event: String,
    /// Its fields with their types.
    pub fields: BTreeMap<String, String>,
}

/// All kinds, in the order of their names.
#[must_use]
pub fn all() -> Vec<Kind> {
    let folders = KINDS.dirs().filter_map(|folder| {
        let name = folder.path().file_name()?.to_str()?;
        let mapping = folder.get_file(folder.path().join("mapping.json"))?;
        Kind::read(name, &serde_json::from_slice(mapping.contents()).ok()?)
    });
    let mut kinds: Vec<Kind> = folders.collect();
    kinds.sort_by(|one, other| one.name.cmp(&other.name));
    kinds
}

impl Kind {
    fn read(name: &str, mapping: &Value) -> Option<Self> {
        let text = |name: &str| Some(mapping.get(name)?.as_str()?.to_owned());
        let fields = mapping.get("fields")?.as_object()?.iter();
        let fields = fields.map(|(name, to)| {
            let kind = to.get("type").and_then(Value::as_str).unwrap_or("text");
            (name.clone(), kind.to_owned())
        });
        Some(Self {
            name: name.to_owned(),
            object: text("object")?,
            platform_event: text("platform_event")?,
            fields: fields.collect(),
        })
    }

    /// What somebody typed in for a field, as Salesforce keeps it. Nothing is null.
    #[must_use]
    pub fn value(&self, field: &str, typed: &str) -> Value {
        if typed.is_empty() {
            return Value::Null;
        }
        let kind = self.fields.get(field).map(String::as_str);
        let parsed = match kind {
            Some("boolean") => typed.parse().ok().map(Value::Bool),
            Some("number") => serde_json::from_str(typed).ok().filter(Value::is_number),
            _ => None,
        };
        parsed.unwrap_or_else(|| typed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_a_kind() {
        let kinds = all();
        assert_eq!(kinds.len(), KINDS.dirs().count());
        assert!(kinds.iter().any(|kind| kind.object == "Holiday__c"));
    }

    #[test]
    fn what_is_typed_in_is_of_its_fields_type() {
        let kinds = all();
        let roster = kinds.iter().find(|kind| kind.name == "roster").unwrap();
        assert_eq!(roster.value("Line__c", "1"), 1);
        assert_eq!(roster.value("Name", "1"), "1");
        assert_eq!(roster.value("Name", ""), Value::Null);
    }
}
