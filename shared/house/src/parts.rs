//! What the house is made of, as the CDK app describes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

/// What kind of part it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The HTTP API.
    Api,
    /// Where people sign in.
    UserPool,
    /// A rule that starts something by the time.
    Schedule,
    /// A rule that hands events of a bus on.
    Rule,
    /// A bus.
    Bus,
    /// A topic.
    Topic,
    /// A queue whose messages a function works on.
    Queue,
    /// Where what could not be processed ends.
    DeadLetters,
    /// A function.
    Function,
    /// A state machine.
    StateMachine,
    /// A table.
    Table,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Api,
        Self::UserPool,
        Self::Schedule,
        Self::Rule,
        Self::Bus,
        Self::Topic,
        Self::Queue,
        Self::DeadLetters,
        Self::Function,
        Self::StateMachine,
        Self::Table,
    ];

    /// Its name, with which the ids of its parts begin.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::UserPool => "user-pool",
            Self::Schedule => "schedule",
            Self::Rule => "rule",
            Self::Bus => "bus",
            Self::Topic => "topic",
            Self::Queue => "queue",
            Self::DeadLetters => "dead-letters",
            Self::Function => "function",
            Self::StateMachine => "state-machine",
            Self::Table => "table",
        }
    }
}

/// What a part is called: its kind, and a name that no other of its kind has. `queue/events-in`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartId {
    kind: Kind,
    name: String,
}

impl PartId {
    /// What kind of part it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name among those of its kind.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

impl From<PartId> for String {
    fn from(id: PartId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PartId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (kind, name) = text
            .split_once('/')
            .ok_or("a part is called <kind>/<name>")?;
        let mut kinds = Kind::ALL.into_iter();
        let kind = kinds.find(|known| known.as_str() == kind);
        Ok(Self {
            kind: kind.ok_or("there is no such kind of part")?,
            name: name.to_owned(),
        })
    }
}

/// A part of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub id: PartId,
    /// The context that it belongs to.
    pub context: String,
    /// What CloudWatch counts it as, if it does.
    pub counted_as: Option<String>,
    /// The bus that a rule listens to, if it is not the account's own.
    pub bus: Option<PartId>,
    /// Where what fails there ends.
    pub dead_letters: Option<PartId>,
    /// What it feeds.
    pub feeds: Vec<PartId>,
}

/// All parts, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House(BTreeMap<PartId, Part>);

/// What is described can't be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableHouse {
    /// It is no description.
    #[error("what the house is made of can't be read")]
    Description(#[source] serde_json::Error),
    /// The names are none.
    #[error("what the parts of the house are counted as can't be read")]
    Names(#[source] serde_json::Error),
    /// A part is named and not described.
    #[error("the house has no {0}, which is fed, listened to or named")]
    NoSuchPart(PartId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    parts: BTreeMap<PartId, DescribedPart>,
    feeds: BTreeMap<PartId, Vec<PartId>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedPart {
    context: String,
    #[serde(default)]
    counted_as: Option<String>,
    #[serde(default)]
    bus: Option<PartId>,
    #[serde(default)]
    dead_letters: Option<PartId>,
}

impl House {
    /// Reads a description, and by which names those parts are counted that have one only once they are
    /// deployed: both in JSON, as `cdk/lib/house.ts` writes them.
    pub fn read(description: &str, names: &str) -> Result<Self, UnreadableHouse> {
        let described: Described =
            serde_json::from_str(description).map_err(UnreadableHouse::Description)?;
        let names: BTreeMap<PartId, String> =
            serde_json::from_str(names).map_err(UnreadableHouse::Names)?;
        let Described { parts, mut feeds } = described;
        let known = names.keys().chain(feeds.keys());
        let fed = feeds.values().flatten();
        let around = parts
            .values()
            .flat_map(|part| part.bus.iter().chain(&part.dead_letters));
        let all: BTreeSet<&PartId> = known.chain(fed).chain(around).collect();
        if let Some(unknown) = all.into_iter().find(|id| !parts.contains_key(id)) {
            return Err(UnreadableHouse::NoSuchPart(unknown.clone()));
        }
        let parts = parts.into_iter().map(|(id, part)| {
            let part = Part {
                feeds: feeds.remove(&id).unwrap_or_default(),
                context: part.context,
                counted_as: part.counted_as.or_else(|| names.get(&id).cloned()),
                bus: part.bus,
                dead_letters: part.dead_letters,
                id: id.clone(),
            };
            (id, part)
        });
        Ok(Self(parts.collect()))
    }

    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.values()
    }

    /// The part of that name.
    #[must_use]
    pub fn part(&self, id: &PartId) -> Option<&Part> {
        self.0.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = r#"{
        "parts": {
            "bus/partners": { "context": "salesforce" },
            "rule/changes": { "context": "salesforce", "counted_as": "changes", "bus": "bus/partners" },
            "queue/config": { "context": "salesforce", "counted_as": "config" }
        },
        "feeds": { "bus/partners": ["rule/changes"], "rule/changes": ["queue/config"] }
    }"#;

    fn id(text: &str) -> PartId {
        text.to_owned().try_into().unwrap()
    }

    #[test]
    fn each_part_says_what_it_feeds_and_what_it_is_counted_as() {
        let house = House::read(DESCRIPTION, r#"{"bus/partners":"aws.partner/x"}"#).unwrap();
        let bus = house.part(&id("bus/partners")).unwrap();
        assert_eq!(bus.counted_as.as_deref(), Some("aws.partner/x"));
        assert_eq!(bus.feeds, [id("rule/changes")]);
        let queue = house.part(&id("queue/config")).unwrap();
        assert_eq!((queue.feeds.len(), queue.id.name()), (0, "config"));
        assert_eq!(house.parts().count(), 3);
    }

    #[test]
    fn what_is_named_has_to_be_there() {
        for (description, names) in [
            (
                DESCRIPTION.replace("[\"queue/config\"]", "[\"queue/other\"]"),
                "{}",
            ),
            (
                DESCRIPTION.replace("\"bus\": \"bus/partners\"", "\"bus\": \"bus/other\""),
                "{}",
            ),
            (DESCRIPTION.to_owned(), r#"{"bus/other":"x"}"#),
        ] {
            let refused = House::read(&description, names).unwrap_err();
            assert!(refused.to_string().contains("other"), "{refused}");
        }
    }

    #[test]
    fn what_is_no_description_is_refused() {
        for description in [
            "",
            "[]",
            "{}",
            r#"{"parts":{"door/front":{"context":"x"}},"feeds":{}}"#,
        ] {
            let refused = House::read(description, "{}");
            assert!(
                matches!(refused, Err(UnreadableHouse::Description(_))),
                "{description}"
            );
        }
        let refused = House::read(DESCRIPTION, "[]");
        assert!(matches!(refused, Err(UnreadableHouse::Names(_))));
    }
}
