//! Typed configuration that names what is missing.

use std::collections::HashMap;

/// A function's environment variables, read once at start.
#[derive(Debug, Clone, Default)]
pub struct Environment(HashMap<String, String>);

/// What is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The variable is not there, or empty.
    #[error("the environment variable {0} is not set; the function's construct in cdk/ sets it")]
    Missing(&'static str),
    /// The variable is there and can't be used.
    #[error("the environment variable {name} is not {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

impl Environment {
    /// The process's own environment.
    #[must_use]
    pub fn from_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// An environment made of `pairs`.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }

    /// The variable's value, if it is set to something.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The variable's value; an error that names it where it is missing.
    pub fn required(&self, name: &'static str) -> Result<&str, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = Environment::default()
            .required("PROFILES_TABLE")
            .unwrap_err();
        assert!(error.to_string().contains("PROFILES_TABLE"));
    }

    #[test]
    fn an_empty_variable_counts_as_missing() {
        let environment = Environment::from_pairs([("PROFILES_TABLE", "")]);
        assert_eq!(
            environment.required("PROFILES_TABLE"),
            Err(ConfigError::Missing("PROFILES_TABLE"))
        );
    }
}
