//! Which dead-letter queues there are.

use std::collections::BTreeMap;

use lambda_kit::config::{ConfigError, Environment};
use serde::Deserialize;

/// The queues, from the one file that also the CDK app reads.
const DESCRIBED: &str = include_str!("../../../cdk/dead-letters.json");

/// In the name of a queue that each partner has who takes events by a topic: the partner.
const EACH_PARTNER: &str = "*";

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
    /// Of whose edits people are told what became.
    Config,
}

#[derive(Deserialize)]
struct Described {
    function: String,
    /// What a stage has to have so that it has this queue, if not every stage has.
    #[serde(default)]
    with: Option<String>,
    #[serde(flatten)]
    filled_by: FilledBy,
}

impl Catalogue {
    /// Reads what is described, of `FANOUT_PARTNERS` which partners have queues of their own, and of
    /// `QUEUES_WITH` what the stage has of that which not every stage has.
    ///
    /// # Errors
    /// If one of the two is no list. If what is described is no catalogue, which its test does not let
    /// happen.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let partners = list(environment, "FANOUT_PARTNERS")?;
        let parts = list(environment, "QUEUES_WITH")?;
        Self::of(&partners, &parts)
    }

    /// Those that are there on every stage, those of these `partners`, and those that come with these
    /// `parts` of a stage.
    pub(crate) fn of(partners: &[String], parts: &[String]) -> Result<Self, ConfigError> {
        let described: BTreeMap<String, Described> =
            serde_json::from_str(DESCRIBED).map_err(|_| ConfigError::Invalid {
                name: "dead-letters.json",
                expected: "a catalogue of dead-letter queues",
            })?;
        let is_there = |described: &Described| {
            let part = described.with.as_ref();
            part.is_none_or(|part| parts.contains(part))
        };
        let there = described.iter().filter(|(_, one)| is_there(one));
        let queues = there.flat_map(|(name, described)| {
            if name.contains(EACH_PARTNER) {
                let theirs = partners
                    .iter()
                    .map(|partner| described.queue(name, partner));
                theirs.collect()
            } else {
                vec![described.queue(name, "")]
            }
        });
        let mut queues: Vec<DeadLetterQueue> = queues.collect();
        queues.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self(queues))
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

fn list(environment: &Environment, name: &'static str) -> Result<Vec<String>, ConfigError> {
    serde_json::from_str(environment.required(name)?).map_err(|_| ConfigError::Invalid {
        name,
        expected: "a list of names in JSON",
    })
}

impl Described {
    /// The queue of that name, `partner`'s if each partner has one.
    fn queue(&self, name: &str, partner: &str) -> DeadLetterQueue {
        DeadLetterQueue {
            name: name.replace(EACH_PARTNER, partner),
            function: self.function.clone(),
            filled_by: self.filled_by.of(partner),
        }
    }
}

impl FilledBy {
    fn of(&self, partner: &str) -> Self {
        let theirs = |back: &str| back.replace(EACH_PARTNER, partner);
        match self {
            Self::Queue { back } => Self::Queue { back: theirs(back) },
            Self::Rule { back } => Self::Rule { back: theirs(back) },
            Self::Schedule => Self::Schedule,
            Self::Stream { table } => Self::Stream { table: *table },
        }
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
        let catalogue = Catalogue::of(&[], &[]).unwrap();
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
        assert!(
            catalogue
                .all()
                .all(|queue| !queue.name.contains(EACH_PARTNER))
        );
    }

    #[test]
    fn each_partner_that_takes_events_by_a_topic_has_queues_of_its_own() {
        let partners = r#"["harbour_chandlery","harbour_ferry-line"]"#;
        let environment =
            Environment::from_pairs([("FANOUT_PARTNERS", partners), ("QUEUES_WITH", "[]")]);
        let catalogue = Catalogue::from_environment(&environment).unwrap();
        for partner in ["harbour_chandlery", "harbour_ferry-line"] {
            let queue = format!("fan-out-{partner}");
            let failed = catalogue.find(&format!("{queue}-dead-letters")).unwrap();
            assert_eq!(failed.back(), Some(queue.as_str()));
            let undeliverable = format!("events-to-{partner}-dead-letters");
            let undeliverable = catalogue.find(&undeliverable).unwrap();
            assert_eq!(undeliverable.filled_by, FilledBy::Rule { back: queue });
        }
        let names: Vec<&str> = catalogue.all().map(|queue| queue.name.as_str()).collect();
        assert!(names.is_sorted());
        assert_eq!(names.len(), Catalogue::of(&[], &[]).unwrap().0.len() + 4);
    }

    #[test]
    fn what_comes_with_salesforce_is_there_where_that_is() {
        let with = |parts| {
            let environment = [("FANOUT_PARTNERS", "[]"), ("QUEUES_WITH", parts)];
            Catalogue::from_environment(&Environment::from_pairs(environment)).unwrap()
        };
        let queue = "salesforce-config-dead-letters";
        assert_eq!(with("[]").find(queue), None);
        let there = with(r#"["salesforce"]"#);
        assert_eq!(there.find(queue).unwrap().back(), Some("salesforce-config"));
        // What every stage has is there as well.
        assert!(there.find("parking").is_some());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (name, partners, parts) in [
            ("FANOUT_PARTNERS", "harbour_chandlery", "[]"),
            ("QUEUES_WITH", "[]", "salesforce"),
        ] {
            let environment = [("FANOUT_PARTNERS", partners), ("QUEUES_WITH", parts)];
            let environment = Environment::from_pairs(environment);
            let refused = Catalogue::from_environment(&environment).unwrap_err();
            assert!(refused.to_string().contains(name), "{refused}");
        }
    }
}
