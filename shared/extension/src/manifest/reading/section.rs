//! A table of a manifest, out of which fields are taken; what is left at its end is unknown.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Problem, manifest::shown};

/// A table, as far as it is read.
pub(super) struct Section<'a> {
    path: &'static str,
    left: BTreeMap<&'a str, &'a Value>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// A problem, if `value` is none.
    pub(super) fn new(
        path: &'static str,
        value: &'a Value,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let Some(members) = value.as_object() else {
            problems.push(Problem::new(path, "it has to be a table"));
            return None;
        };
        let members = members.iter();
        Some(Self {
            path,
            left: members
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
            known: Vec::new(),
        })
    }

    /// A table within this one; an empty one, if there is none.
    pub(super) fn section(&mut self, name: &'static str, problems: &mut Vec<Problem>) -> Self {
        let value = self.value(name);
        let section = value.and_then(|value| Self::new(name, value, problems));
        section.unwrap_or(Self {
            path: name,
            left: BTreeMap::new(),
            known: Vec::new(),
        })
    }

    /// What stands there, whatever it is.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.left.remove(name)
    }

    /// A field that has no place in this manifest, though it has in others.
    pub(super) fn refuse(&mut self, name: &'static str, why: &str, problems: &mut Vec<Problem>) {
        if self.left.remove(name).is_some() {
            problems.push(Problem::new(self.at(name), why));
        }
    }

    /// A text, if there is one.
    pub(super) fn text(
        &mut self,
        name: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        let value = self.value(name)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            problems.push(Problem::new(
                self.at(name),
                "it has to be a text between quotes",
            ));
        }
        text
    }

    /// A text that there has to be: `example` shows how it is given.
    pub(super) fn needed(
        &mut self,
        name: &'static str,
        example: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        if !self.left.contains_key(name) {
            self.known.push(name);
            problems.push(Problem::new(
                self.at(name),
                format!("it is missing: add {example}"),
            ));
            return None;
        }
        self.text(name, problems)
    }

    /// A list of texts, if there is one.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Vec<String>> {
        let value = self.value(name)?;
        let values = value.as_array().map(Vec::as_slice);
        let texts = values.and_then(|values| {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
            texts.collect()
        });
        if texts.is_none() {
            problems.push(Problem::new(
                self.at(name),
                "it has to be a list of texts between quotes",
            ));
        }
        texts
    }

    /// Whether something is so; it is not, if nothing is said.
    pub(super) fn flag(&mut self, name: &'static str, problems: &mut Vec<Problem>) -> bool {
        let Some(value) = self.value(name) else {
            return false;
        };
        value.as_bool().unwrap_or_else(|| {
            problems.push(Problem::new(self.at(name), "it has to be true or false"));
            false
        })
    }

    /// A whole number between the first two; the third, if nothing is said.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        (least, most, usual): (u32, u32, u32),
        problems: &mut Vec<Problem>,
    ) -> u32 {
        let Some(value) = self.value(name) else {
            return usual;
        };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        number.unwrap_or_else(|| {
            let problem = format!("it has to be a whole number from {least} to {most}");
            problems.push(Problem::new(self.at(name), problem));
            usual
        })
    }

    /// What nobody asked for is unknown.
    pub(super) fn end(self, problems: &mut Vec<Problem>) {
        for name in self.left.keys() {
            let place = match self.path {
                "" => "the top of the manifest".to_owned(),
                path => format!("[{path}]"),
            };
            let problem = format!("unknown field: {place} has {}", self.known.join(", "));
            problems.push(Problem::new(self.at(&shown(name)), problem));
        }
    }

    fn at(&self, name: &str) -> String {
        match self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}
