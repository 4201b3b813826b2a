//! How long things take, by a stage's configuration.

use jiff::{SignedDuration, Timestamp};
use lambda_kit::config::{ConfigError, Environment};

/// A span of whole seconds, from a variable of the function's environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term(SignedDuration);

impl Term {
    /// Reads the variable `name`, a number of seconds.
    pub fn from_environment(
        environment: &Environment,
        name: &'static str,
    ) -> Result<Self, ConfigError> {
        let seconds = environment.required(name)?.parse::<u32>();
        let seconds = seconds.map_err(|_| ConfigError::Invalid {
            name,
            expected: "a number of seconds",
        })?;
        Ok(Self(SignedDuration::from_secs(seconds.into())))
    }

    /// The whole second that is that much after `time`, or right after it.
    #[must_use]
    pub fn after(self, time: Timestamp) -> Timestamp {
        let end = time.saturating_add(self.0).unwrap_or(Timestamp::MAX);
        let begun = i64::from(end.subsec_nanosecond() > 0);
        Timestamp::from_second(end.as_second() + begun).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Result<Term, ConfigError> {
        let environment = Environment::from_pairs([("GRACE", text)]);
        Term::from_environment(&environment, "GRACE")
    }

    #[test]
    fn a_term_ends_on_a_whole_second_and_never_early() {
        let time: Timestamp = "2026-01-15T09:00:00.25Z".parse().unwrap();
        let end = term("60").unwrap().after(time);
        assert_eq!(end.to_string(), "2026-01-15T09:01:01Z");
        let whole: Timestamp = "2026-01-15T09:00:00Z".parse().unwrap();
        assert_eq!(term("0").unwrap().after(whole), whole);
    }

    #[test]
    fn what_is_no_number_of_seconds_is_named() {
        for text in ["soon", "-1", "1.5"] {
            assert!(term(text).unwrap_err().to_string().contains("GRACE"));
        }
    }
}
