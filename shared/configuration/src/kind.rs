//! The kinds of configuration: the folders of `events/salesforce`.

mod telling;

use std::{collections::BTreeMap, fmt};

use include_dir::{Dir, include_dir};
use jsonschema::{PatternOptions, Validator};
use lambda_kit::config::ConfigError;
use serde_json::Value;

use crate::{Mapping, Unfit};

static FOLDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../events/salesforce");

/// A kind of configuration.
pub struct Kind {
    name: String,
    mapping: Mapping,
    schema: Validator,
}

/// All kinds, by their names.
#[derive(Debug)]
pub struct Kinds(BTreeMap<String, Kind>);

/// A folder that is no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("events/salesforce/{kind} has no {file} as a kind needs it")]
pub struct InvalidKind {
    /// The folder.
    pub kind: String,
    /// Which file of it.
    pub file: &'static str,
}

impl From<InvalidKind> for ConfigError {
    fn from(_: InvalidKind) -> Self {
        Self::Invalid {
            name: "events/salesforce",
            expected: "a folder with a mapping and a schema for each kind",
        }
    }
}

impl Kind {
    /// A kind of this mapping and schema.
    pub fn new(name: &str, mapping: &str, schema: &str) -> Result<Self, InvalidKind> {
        let invalid = |file| InvalidKind {
            kind: name.to_owned(),
            file,
        };
        let mapping: Mapping =
            serde_json::from_str(mapping).map_err(|_| invalid("mapping.json"))?;
        if !mapping.is_sound() {
            return Err(invalid("mapping.json"));
        }
        let schema: Value = serde_json::from_str(schema).map_err(|_| invalid("schema.json"))?;
        let schema = jsonschema::draft202012::options()
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|_| invalid("schema.json"))?;
        Ok(Self {
            name: name.to_owned(),
            mapping,
            schema,
        })
    }

    /// What it is called here: `holiday`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How its fields are called and read.
    #[must_use]
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The compiled row that its records go into.
    #[must_use]
    pub fn published(&self) -> &str {
        &self.mapping.published
    }

    /// The record that `values` of Salesforce's fields make, if the schema allows it.
    pub fn record(&self, values: &BTreeMap<String, Value>) -> Result<Value, Unfit> {
        let record = Value::Object(self.mapping.record(values)?);
        match self.schema.validate(&record) {
            Ok(()) => Ok(record),
            Err(error) => Err(telling::unfit(&self.mapping, &error)),
        }
    }
}

impl Kinds {
    /// Those that were there when this was built.
    pub fn built_in() -> Result<Self, InvalidKind> {
        FOLDERS.dirs().map(kind).collect()
    }

    /// The kind that is called `name` here.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    /// The kind of an object of Salesforce: `Holiday__c`.
    #[must_use]
    pub fn of_object(&self, object: &str) -> Option<&Kind> {
        self.iter().find(|kind| kind.mapping.object == object)
    }

    /// The kind of a platform event: `Holiday_Change__e`.
    #[must_use]
    pub fn of_platform_event(&self, event: &str) -> Option<&Kind> {
        let is_it = |kind: &&Kind| kind.mapping.platform_event.as_deref() == Some(event);
        self.iter().find(is_it)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.0.values()
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let named = |kind: Kind| (kind.name.clone(), kind);
        Self(kinds.into_iter().map(named).collect())
    }
}

fn kind(folder: &Dir<'_>) -> Result<Kind, InvalidKind> {
    let name = folder.path().to_string_lossy();
    let file = |file: &'static str| {
        let found = folder.get_file(folder.path().join(file));
        let text = found.and_then(include_dir::File::contents_utf8);
        text.ok_or_else(|| InvalidKind {
            kind: name.clone().into_owned(),
            file,
        })
    };
    Kind::new(&name, file("mapping.json")?, file("schema.json")?)
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

#[cfg(test)]
mod tests;
