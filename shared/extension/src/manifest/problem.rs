//! What is wrong with a manifest, for whoever wrote it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// As much of a text of others as is told.
const LONGEST_SHOWN: usize = 120;

/// As many problems as are told of one manifest.
const MOST_TOLD: usize = 50;

/// Something that is wrong with a package: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: `events[1]`, `limits.timeout_ms`, a file's name; empty, if it is the whole.
    pub field: String,
    /// What is wrong and what to do about it.
    pub problem: String,
}

impl Problem {
    /// Of a field. What stands in either of others' texts is shown without what a terminal would obey.
    pub fn new(field: impl AsRef<str>, problem: impl AsRef<str>) -> Self {
        Self {
            field: shown(field.as_ref()),
            problem: problem
                .as_ref()
                .chars()
                .filter(|c| !c.is_control())
                .collect(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.field, self.problem)
        }
    }
}

/// A manifest that can't be taken, and everything that is wrong with it: one problem at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidManifest(Vec<Problem>);

impl InvalidManifest {
    pub(super) fn of(mut problems: Vec<Problem>) -> Self {
        problems.truncate(MOST_TOLD);
        Self(problems)
    }

    /// What is wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// What is wrong, to be told with what else is.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        self.0
    }
}

impl From<Problem> for InvalidManifest {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for InvalidManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "; " };
            write!(f, "{comma}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidManifest {}

/// A text of others, as far as it can be shown on one line.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_SHOWN)
        .collect()
}
