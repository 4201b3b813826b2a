//! What has to come of everything that was sent, worked out from what the senders were told, and
//! whether it did.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use profile::TimelineItem;
use testkit::World;

use crate::{
    cast::{Key, LATER, PARTNERS, PEOPLE, Partner, Planned, TENANTS, Whom, identifier},
    sender::Outcome,
    timelines::{self, Name, name, told_by},
};

/// What a history came to.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Events that were answered to be kept.
    pub events: usize,
    /// Calls that failed.
    pub faults: usize,
    /// Processes that died.
    pub crashes: usize,
    /// Events that are kept and in no timeline.
    pub lost: usize,
    /// Entries that an event has beside its first.
    pub duplicates: usize,
    /// Entries that stand before one that they should stand behind.
    pub reordered: usize,
    /// What else is not as it should be, and the first of what is counted.
    pub violations: Vec<String>,
}

/// The profiles of those who came to be known, by who calls them what.
type Homes = BTreeMap<(Partner, usize), String>;

/// The events that were answered to be kept.
#[derive(Debug, Clone, Default)]
pub struct Model {
    kept: BTreeMap<Name, Planned>,
}

impl Found {
    /// Whether anything is wrong.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        self.lost + self.duplicates + self.reordered > 0 || !self.violations.is_empty()
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.reordered += other.reordered;
        self.violations.extend(other.violations);
    }

    fn violated(&mut self, violation: impl Into<String>) {
        self.violations.push(violation.into());
    }
}

impl Model {
    /// What follows from the answers to what was `planned`; what should not have been answered so goes
    /// to `found`.
    #[must_use]
    pub fn of(
        planned: &[Planned],
        outcomes: &BTreeMap<(Key, u8), Outcome>,
        found: &mut Found,
    ) -> Self {
        let mut model = Self::default();
        for event in planned {
            let outcome = outcomes.get(&(event.key.clone(), event.version));
            match (outcome, event.flaw) {
                (Some(Outcome::Kept), None) => {
                    let other = model.kept.insert(name(&event.key), event.clone());
                    if other.is_some() {
                        found.violated(format!("two events are kept under {:?}", event.key));
                    }
                }
                (Some(Outcome::Refused(why)), None) if why == "event-id-taken" => {}
                (Some(Outcome::Refused(why)), Some(flaw)) if why == flaw.problem() => {}
                _ => found.violated(format!("{event:?} is answered by {outcome:?}")),
            }
        }
        for event in planned.iter().filter(|event| event.flaw.is_none()) {
            if !model.kept.contains_key(&name(&event.key)) {
                found.violated(format!("no event is kept under {:?}", event.key));
            }
        }
        found.events += model.kept.len();
        model
    }

    /// Compares the world with what has to be.
    pub fn check(&self, world: &World, found: &mut Found) {
        let entries = timelines::rows(world);
        let homes = homes(world);
        self.check_entries(&entries, &homes, found);
        self.check_events(world, found);
        for whom in (0..PEOPLE).map(Whom::Person) {
            for tenant in TENANTS {
                let theirs =
                    self.told(|event| event.key.partner.tenant == tenant && event.whom == whom);
                let timeline = (whom.profile(), tenant, theirs);
                check_order(world, &entries, &timeline, found);
            }
        }
        for ((partner, n), profile) in homes {
            let theirs =
                self.told(|event| event.key.partner == partner && event.whom == Whom::Later(n));
            let timeline = (profile, partner.tenant, theirs);
            check_order(world, &entries, &timeline, found);
        }
        let parked = world.sent_messages("parking").len();
        if parked > 0 {
            found.violated(format!("{parked} events are parked"));
        }
    }

    /// Each event of somebody who is there has one entry, and nothing else has any.
    fn check_entries(&self, entries: &[TimelineItem], homes: &Homes, found: &mut Found) {
        let mut by_event: BTreeMap<Name, Vec<&TimelineItem>> = BTreeMap::new();
        for entry in entries {
            by_event.entry(told_by(entry)).or_default().push(entry);
        }
        for (name, event) in &self.kept {
            let entries = by_event.remove(name).unwrap_or_default();
            let is_of_somebody = matches!(event.whom, Whom::Person(_) | Whom::Later(_));
            if is_of_somebody && entries.is_empty() {
                found.lost += 1;
                found.violated(format!("{event:?} is lost"));
            }
            if !is_of_somebody && !entries.is_empty() {
                found.violated(format!("{event:?} has entries"));
            }
            let others = entries.len().saturating_sub(1);
            if others > 0 {
                found.duplicates += others;
                found.violated(format!("{event:?} has {} entries", entries.len()));
            }
            let home = home(event, homes);
            for entry in entries
                .iter()
                .filter(|entry| !is_of(entry, event, home.as_deref()))
            {
                let part = &entry.part;
                found.violated(format!("{event:?} is entered as another one: {part}"));
            }
        }
        for name in by_event.keys() {
            found.violated(format!("{name:?} was refused, and has entries"));
        }
    }

    /// Each event is kept and told of, and nothing is that was refused. Of somebody who was erased
    /// nothing stays.
    fn check_events(&self, world: &World, found: &mut Found) {
        let published = world.published_events();
        let announced = published
            .iter()
            .map(|event| event.detail["dataref"].as_str());
        let announced: BTreeSet<&str> = announced.flatten().collect();
        let mut missing: BTreeSet<&Name> = self.kept.keys().collect();
        for row in world.rows("events") {
            let name: Name = ["tenant", "partner", "source", "id"]
                .map(|attribute| row[attribute].as_str().unwrap_or_default().to_owned());
            missing.remove(&name);
            let Some(event) = self.kept.get(&name) else {
                found.violated(format!("{name:?} was refused, and is kept"));
                continue;
            };
            let dataref = format!(
                "fairlead:event:{}",
                row["event"].as_str().unwrap_or_default()
            );
            if row.get("relay_shard").is_some() || !announced.contains(dataref.as_str()) {
                found.violated(format!("{event:?} is not told of"));
            }
            let says_something = row.get("body").or_else(|| row.get("body_key")).is_some();
            if says_something == (event.whom == Whom::Erased) {
                found.violated(format!("what is left of {event:?} is wrong"));
            }
        }
        for name in missing {
            found.violated(format!("{name:?} was answered to be kept, and is not"));
        }
    }

    /// The names of the kept events that are so.
    fn told(&self, is_theirs: impl Fn(&Planned) -> bool) -> Vec<Name> {
        let theirs = self.kept.iter().filter(|(_, event)| is_theirs(event));
        theirs.map(|(name, _)| name.clone()).collect()
    }
}

/// What partners of a tenant told of the person of a profile stands in the order of time, in the table and
/// as it is read.
fn check_order(
    world: &World,
    entries: &[TimelineItem],
    (profile, tenant, theirs): &(String, &str, Vec<Name>),
    found: &mut Found,
) {
    let is_theirs = |entry: &&TimelineItem| {
        entry.tenant.as_str() == *tenant && entry.profile_id.to_string() == *profile
    };
    let in_table = entries.iter().filter(is_theirs).map(|entry| entry.time);
    let told = timelines::read(world, profile, tenant);
    let as_read = told.iter().rev().map(|entry| entry.time);
    let turned = inversions(in_table) + inversions(as_read);
    if turned > 0 {
        found.reordered += turned;
        found.violated(format!(
            "the timeline of {profile} in {tenant} is reordered"
        ));
    }
    let mut names: Vec<Name> = told.iter().map(told_by).collect();
    names.sort_unstable();
    if names != *theirs {
        found.violated(format!(
            "the timeline of {profile} in {tenant} reads otherwise"
        ));
    }
}

/// Where those are who came to be known.
fn homes(world: &World) -> Homes {
    let rows = world.rows("identifiers");
    let mut homes = Homes::new();
    for partner in PARTNERS {
        for n in 0..LATER {
            let key = identifier(world, partner, Whom::Later(n));
            let row = rows.iter().find(|row| row["identifier"] == key.as_str());
            if let Some(profile) = row.and_then(|row| row["profile_id"].as_str()) {
                homes.insert((partner, n), profile.to_owned());
            }
        }
    }
    homes
}

/// The profile of whom `event` is about.
fn home(event: &Planned, homes: &Homes) -> Option<String> {
    match event.whom {
        Whom::Later(n) => homes.get(&(event.key.partner, n)).cloned(),
        whom => Some(whom.profile()),
    }
}

fn is_of(entry: &TimelineItem, event: &Planned, home: Option<&str>) -> bool {
    let order = timelines::order(entry);
    Some(entry.profile_id.to_string().as_str()) == home
        && event.at.is_none_or(|at| at == entry.time)
        && (event.is_large || order == Some(event.order()))
}

/// How often a later time stands before an earlier one.
fn inversions(times: impl Iterator<Item = Timestamp>) -> usize {
    let times: Vec<Timestamp> = times.collect();
    times.windows(2).filter(|two| two[0] > two[1]).count()
}
