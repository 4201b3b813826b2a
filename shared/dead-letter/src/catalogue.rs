//! Which dead-letter queues there are.

use std::collections::BTreeMap;

use lambda_kit::config::ConfigError;
use serde::Deserialize;

/// The queues, from the one file that also the CDK app reads.
const DESCRIBED: &str = include_str!("../../../cdk/dead-letters.json");

/// All dead-letter queues, by their names.
#[derive(Debug, Clone)]
pub struct Catalogue(Vec<DeadLetterQueue>);

/// A dead-letter queue, and what is known of it before anybody looks into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterQueue {
    /// Its name: that of its construct, without the stage.
    pub name: String,
    /// The function whose work its messages were.
    pub function: String,
    /// What fills it.
    pub filled_by: FilledBy,
}

/// What fills a dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "filled_by", rename_all = "lowercase")]
pub enum FilledBy {
    /// A queue, with what its function failed on five times.
    Queue {
        /// That queue.
        back: String,
    },
    /// A rule of the bus, with what it could not bring to its queue.
    Rule {
        /// The queue that it was for.
        back: String,
    },
    /// A schedule, with runs that failed or could not be started.
    Schedule,
    /// The reader of a stream, with what it can't process, and Lambda, with where in the stream that
    /// lay on which it gave up.
    Stream {
        /// The table whose stream it is.
        table: Table,
    },
}

/// A table whose changes are read by a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// With the outbox in it.
    Profiles,
    /// Of which each row is to be told of.
    Events,
    /// Which is archived.
    Receipts,
}

#[derive(Deserialize)]
struct Described {
    function: String,
    #[serde(flatten)]
    filled_by: FilledBy,
}

impl Catalogue {
    /// Reads what is described.
    ///
    /// # Errors
    /// If it is no catalogue, which its test does not let happen.
    pub fn read() -> Result<Self, ConfigError> {
        let described: BTreeMap<String, Described> =
            serde_json::from_str(DESCRIBED).map_err(|_| ConfigError::Invalid {
                name: "dead-letters.json",
                expected: "a catalogue of dead-letter queues",
            })?;
        let queues = described.into_iter().map(|(name, described)| {
            let Described {
                function,
                filled_by,
            } = described;
            DeadLetterQueue {
                name,
                function,
                filled_by,
            }
        });
        Ok(Self(queues.collect()))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &DeadLetterQueue> {
        self.0.iter()
    }

    /// The one of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&DeadLetterQueue> {
        self.0.iter().find(|queue| queue.name == name)
    }
}

impl DeadLetterQueue {
    /// The queue that its messages go back to, if it is one.
    #[must_use]
    pub fn back(&self) -> Option<&str> {
        match &self.filled_by {
            FilledBy::Queue { back } | FilledBy::Rule { back } => Some(back),
            FilledBy::Schedule | FilledBy::Stream { .. } => None,
        }
    }

    /// What is in it, in a few words.
    #[must_use]
    pub fn purpose(&self) -> String {
        let function = &self.function;
        match &self.filled_by {
            FilledBy::Queue { back } => {
                format!("messages of {back} on which {function} failed each time")
            }
            FilledBy::Rule { back } => {
                format!("events for {function} that did not get into {back}")
            }
            FilledBy::Schedule => format!("runs of {function} that failed or could not be started"),
            FilledBy::Stream { .. } => format!("changes that {function} could not process"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_says_of_each_queue_what_fills_it_and_where_it_goes_back() {
        let catalogue = Catalogue::read().unwrap();
        let parking = catalogue.find("parking").unwrap();
        assert_eq!(
            parking.filled_by,
            FilledBy::Stream {
                table: Table::Profiles
            }
        );
        assert_eq!(parking.back(), None);
        let events = catalogue.find("events-in-dead-letters").unwrap();
        assert_eq!(events.back(), Some("events-in"));
        assert_eq!(
            events.purpose(),
            "messages of events-in on which event-router failed each time"
        );
        let names: Vec<&str> = catalogue.all().map(|queue| queue.name.as_str()).collect();
        assert!(names.is_sorted());
        assert_eq!(catalogue.find("events-in"), None);
    }
}
