//! Operators, who edit holidays and routings, now and then in a way that can't be; and the org that they
//! do it in.

use std::collections::BTreeSet;

use fairlead_salesforce_local::{
    org::{Change, Commit, Fields, Org},
    rest::described,
    wire::{Channel, Event, Telling},
};
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::World;

/// The user whose edits these are.
const OPERATOR: &str = "005fl0000004OlgAAE";

/// One record in as many edits is a new one.
const EDITS_OF_RECORD: usize = 10;

/// A kind of records that is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A holiday of a queue.
    Holiday,
    /// Where contacts of a queue go.
    Routing,
}

/// An edit of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Which edit of the history.
    pub number: usize,
    /// The record.
    pub record: String,
    /// What was done.
    pub change: Change,
    /// When.
    pub at: Timestamp,
    /// What the record is called from then on; an edit that changes no field leaves the name.
    pub label: Option<usize>,
}

/// A record, as the one who made it knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The queue that it alone is for.
    pub queue: String,
    is_deleted: bool,
    is_valid: bool,
    label: usize,
    /// Something about it was not told of.
    is_unsettled: bool,
}

/// Everybody who edits, and the org.
pub struct Operators {
    /// The org.
    pub org: Org,
    /// The records.
    pub records: Vec<Known>,
    /// All edits so far.
    pub edits: Vec<Edit>,
    channel: Channel,
}

/// An edit, with what Salesforce tells of it.
pub struct Told {
    /// Of which kind it is.
    pub kind: Kind,
    /// The events, if they get through.
    pub events: Vec<Event>,
    records: Vec<String>,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Holiday, Self::Routing];

    /// Its object in Salesforce.
    #[must_use]
    pub const fn object(self) -> &'static str {
        match self {
            Self::Holiday => "Holiday__c",
            Self::Routing => "Routing__c",
        }
    }

    const fn platform_event(self) -> &'static str {
        match self {
            Self::Holiday => "Holiday_Change__e",
            Self::Routing => "Routing_Change__e",
        }
    }

    /// The field by which a record can't be published, which its reason has to name.
    #[must_use]
    pub const fn flaw(self) -> &'static str {
        match self {
            Self::Holiday => "Until__c",
            Self::Routing => "To_Type__c",
        }
    }

    fn fields(self, label: usize, is_valid: bool) -> Fields {
        let of_kind = match (self, is_valid) {
            (Self::Holiday, true) => json!({ "Until__c": "2026-06-02" }),
            (Self::Holiday, false) => json!({ "Until__c": "2026-05-01" }),
            (Self::Routing, true) => json!({ "To_Type__c": "queue" }),
            (Self::Routing, false) => json!({ "To_Type__c": "pigeon" }),
        };
        let mut fields: Fields = serde_json::from_value(of_kind).expect("it is an object");
        fields.insert("Name".to_owned(), name(label).into());
        fields
    }

    fn first_fields(self, queue: &str) -> Fields {
        let of_kind = match self {
            Self::Holiday => json!({ "From__c": "2026-06-01", "Queues__c": queue }),
            Self::Routing => json!({ "To__c": "service", "When__c": "open", "Queues__c": queue }),
        };
        serde_json::from_value(of_kind).expect("it is an object")
    }
}

impl Operators {
    /// Nobody has edited anything.
    #[must_use]
    pub fn new() -> Self {
        Self {
            org: Org::default(),
            records: Vec::new(),
            edits: Vec::new(),
            channel: Channel::of("111122223333", "fairlead-simulated"),
        }
    }

    /// Somebody edits something at `at`.
    pub fn edit(&mut self, world: &World, at: Timestamp, random: &mut Rng) -> Told {
        let wanted = self.edits.len() / EDITS_OF_RECORD + 2;
        let (kind, commit) = if self.records.len() < wanted {
            self.make(at, random)
        } else {
            self.change(at, random)
        };
        let telling = if commit.change == Change::Update || random.bool() {
            telling(random)
        } else {
            Telling::Change
        };
        self.mirror(world, &commit.record_ids);
        let events = self
            .channel
            .events(&self.org, &commit, telling, kind.platform_event());
        Told {
            kind,
            events,
            records: commit.record_ids,
        }
    }

    /// A record of which an event is lost neither comes nor goes until it is changed: nobody could tell that
    /// it came and went from nothing at all.
    pub fn is_lost(&mut self, told: &Told) {
        for known in &mut self.records {
            known.is_unsettled |= told.records.contains(&known.id);
        }
    }

    /// What an outcome changes on the record that it is copied to, as Salesforce tells of it.
    pub fn copy_outcomes(
        &mut self,
        world: &World,
        records: &[String],
        at: Timestamp,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for id in records {
            let copied = self.org.copied(id).unwrap_or_default();
            let ids = [id.clone()];
            if let Ok(Some(commit)) = self.org.update(&ids, &copied, OPERATOR, at) {
                events.extend(self.channel.events(&self.org, &commit, Telling::Change, ""));
            }
        }
        self.mirror(world, records);
        events
    }

    fn make(&mut self, at: Timestamp, random: &mut Rng) -> (Kind, Commit) {
        let kind = Kind::ALL[random.usize(..Kind::ALL.len())];
        let (label, is_valid) = (self.edits.len() + 1, random.u8(..8) > 0);
        let queue = format!("q-{}", self.records.len());
        let mut fields = kind.first_fields(&queue);
        fields.extend(kind.fields(label, is_valid));
        let commit = self.org.create(kind.object(), fields, OPERATOR, at);
        self.records.push(Known {
            id: commit.record_ids[0].clone(),
            kind,
            queue,
            is_deleted: false,
            is_valid,
            label,
            is_unsettled: false,
        });
        self.note(&commit, Some(label));
        (kind, commit)
    }

    fn change(&mut self, at: Timestamp, random: &mut Rng) -> (Kind, Commit) {
        let place = random.usize(..self.records.len());
        let known = self.records[place].clone();
        let ids = [known.id.clone()];
        let commit = match (known.is_deleted, random.u8(..12)) {
            (true, _) if known.is_unsettled => return self.make(at, random),
            (true, _) => {
                self.records[place].is_deleted = false;
                self.org.undelete(&known.id, OPERATOR, at)
            }
            (false, 0) if !known.is_unsettled => {
                self.records[place].is_deleted = true;
                self.org.delete(&ids, OPERATOR, at)
            }
            _ => return self.update(place, at, random),
        };
        let commit = commit.expect("the record is there");
        self.note(&commit, None);
        (known.kind, commit)
    }

    /// Changes a record, and now and then another one of its kind alike.
    fn update(&mut self, place: usize, at: Timestamp, random: &mut Rng) -> (Kind, Commit) {
        let kind = self.records[place].kind;
        let mut places = BTreeSet::from([place]);
        if random.u8(..10) == 0 {
            let others = self.records.iter().enumerate();
            let others = others.filter(|(_, other)| other.kind == kind && !other.is_deleted);
            places.extend(others.map(|(other, _)| other).next());
        }
        let (label, is_valid) = (self.edits.len() + 1, random.u8(..8) > 0);
        let mut ids = Vec::new();
        for place in places {
            let known = &mut self.records[place];
            (known.label, known.is_valid, known.is_unsettled) = (label, is_valid, false);
            ids.push(known.id.clone());
        }
        let fields = kind.fields(label, is_valid);
        let commit = self.org.update(&ids, &fields, OPERATOR, at);
        let commit = commit.expect("the records are there");
        let commit = commit.expect("the name is another one");
        self.note(&commit, Some(label));
        (kind, commit)
    }

    fn note(&mut self, commit: &Commit, label: Option<usize>) {
        for id in &commit.record_ids {
            let edit = Edit {
                number: self.edits.len() + 1,
                record: id.clone(),
                change: commit.change,
                at: commit.at,
                label,
            };
            self.edits.push(edit);
        }
    }

    /// The REST API tells of the records as they are.
    fn mirror(&self, world: &World, ids: &[String]) {
        for record in ids.iter().filter_map(|id| self.org.record(id)) {
            let described = Value::Object(described(record, "v62.0"));
            world.engines().salesforce().put(&record.object, &described);
        }
    }
}

impl Default for Operators {
    fn default() -> Self {
        Self::new()
    }
}

impl Known {
    /// What the look-up has to call it in the end; `None` if it is gone or can't be published as it is.
    #[must_use]
    pub fn shows(&self) -> Option<usize> {
        (!self.is_deleted && self.is_valid).then_some(self.label)
    }

    /// Whether it is gone.
    #[must_use]
    pub const fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    /// Whether what was edited last can be published.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.is_valid
    }
}

/// What a record is called after the edit of that number.
#[must_use]
pub fn name(label: usize) -> String {
    format!("Edit {label}")
}

/// The number of the edit after which a record is called so.
#[must_use]
pub fn label(name: &str) -> Option<usize> {
    name.strip_prefix("Edit ")?.parse().ok()
}

fn telling(random: &mut Rng) -> Telling {
    match random.u8(..20) {
        0..12 => Telling::Change,
        12..15 => Telling::Relay,
        15..18 => Telling::Platform,
        18 => Telling::Gap,
        _ => Telling::Overflow,
    }
}
