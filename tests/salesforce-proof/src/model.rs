//! What has to come of every edit, and whether it did.

use std::collections::BTreeMap;

use fairlead_salesforce_local::org::{Fields, OUTCOME_TIME};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::World;

use crate::{
    actors::looks_up,
    operators::{Edit, Kind, Known, Operators, label},
};

/// What a history came to.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Edits that were made.
    pub edits: usize,
    /// Those that the look-up shows, or what was edited after them.
    pub seen: usize,
    /// Those whose outcome, or that of what was edited after them, stands on the record.
    pub outcomes: usize,
    /// Those of which one of both is not so.
    pub lost: usize,
    /// How often a look-up showed an older edit after a newer one, or a record an older outcome.
    pub wrong_order: usize,
    /// How often it was tried to mend a flow.
    pub tried: u64,
    /// How often one was well again.
    pub mended: u64,
    /// How often people were told of one.
    pub given_up: u64,
    /// What is not as it should be.
    pub violations: Vec<String>,
}

/// What the look-ups have shown so far.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    newest: BTreeMap<String, usize>,
}

impl Found {
    /// Whether anything is wrong.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        self.lost + self.wrong_order > 0 || !self.violations.is_empty()
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.edits += other.edits;
        self.seen += other.seen;
        self.outcomes += other.outcomes;
        self.lost += other.lost;
        self.wrong_order += other.wrong_order;
        self.tried += other.tried;
        self.mended += other.mended;
        self.given_up += other.given_up;
        self.violations.extend(other.violations);
    }

    fn violated(&mut self, violation: impl Into<String>) {
        self.violations.push(violation.into());
    }
}

impl Watched {
    /// Looks every record up; nobody may hear of an older edit than before.
    pub fn look(&mut self, world: &World, operators: &Operators, found: &mut Found) {
        for known in &operators.records {
            let Some(answer) = world.block_on(looks_up(world, &known.queue, is_holiday(known)))
            else {
                continue;
            };
            let Some(shown) = shown(known, &answer) else {
                continue;
            };
            let newest = self.newest.entry(known.id.clone()).or_default();
            if shown < *newest {
                found.wrong_order += 1;
                found.violated(format!("{} shows edit {shown} after {newest}", known.id));
            }
            *newest = shown.max(*newest);
        }
    }
}

/// Compares how everything ended with what was edited.
pub fn judge(world: &World, operators: &Operators, found: &mut Found) {
    found.edits += operators.edits.len();
    let decided = decided(world, found);
    for known in &operators.records {
        let edits: Vec<&Edit> = operators
            .edits
            .iter()
            .filter(|edit| edit.record == known.id)
            .collect();
        let answer = world.block_on(looks_up(world, &known.queue, is_holiday(known)));
        let answer = answer.unwrap_or_default();
        let missed = missed(known, &edits, &answer);
        found.seen += edits.len() - missed.len();
        for edit in &missed {
            let message = format!(
                "{} shows {answer} instead of edit {}",
                known.id, edit.number
            );
            found.violated(message);
        }
        let outcome = operators.org.outcome(&known.id);
        let told = is_told(known, &edits, outcome, decided.get(&known.id));
        if let Err(message) = &told {
            found.violated(format!("{}: {message}: {outcome:?}", known.id));
        } else {
            found.outcomes += edits.len();
        }
        found.lost += match told {
            Ok(()) => missed.len(),
            Err(_) => edits.len(),
        };
    }
}

/// The edits that the look-up does not show, nor what was edited after them.
fn missed<'a>(known: &Known, edits: &[&'a Edit], answer: &Value) -> Vec<&'a Edit> {
    let shown = shown(known, answer);
    let is_right = match known.shows() {
        Some(label) => shown == Some(label) && is_consistent(known, answer),
        // It is gone.
        None if known.is_deleted() => shown.is_none(),
        // What can't be published leaves standing what stood: a valid state, of which some fields may be those of
        // an edit whose other fields came later and were not.
        None => shown.is_none_or(|shown| edits.iter().any(|edit| edit.label == Some(shown))),
    };
    if is_right {
        return Vec::new();
    }
    let later = |edit: &&&Edit| shown.is_none_or(|shown| edit.number > shown);
    let mut missed: Vec<&Edit> = edits.iter().filter(later).copied().collect();
    if missed.is_empty() {
        missed.extend(edits.last().copied());
    }
    missed
}

/// The number of the edit that a record is called after in an answer.
fn shown(known: &Known, answer: &Value) -> Option<usize> {
    let name = match known.kind {
        Kind::Holiday => answer.get("holiday"),
        Kind::Routing => answer.get("route_name"),
    };
    label(name?.as_str()?)
}

/// A queue is closed on its holiday, and open where one goes to it.
fn is_consistent(known: &Known, answer: &Value) -> bool {
    answer.get("open") == Some(&json!(known.kind == Kind::Routing))
}

fn is_holiday(known: &Known) -> bool {
    known.kind == Kind::Holiday
}

/// Whether the outcome on a record is that of its latest edit, and the latest that was decided.
fn is_told(
    known: &Known,
    edits: &[&Edit],
    outcome: Option<&Fields>,
    decided: Option<&Timestamp>,
) -> Result<(), String> {
    let outcome = outcome.ok_or("there is no outcome")?;
    let text = |name: &str| {
        outcome
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let at: Timestamp = text(OUTCOME_TIME).parse().map_err(|_| "it has no time")?;
    if decided != Some(&at) {
        return Err(format!("the latest was decided at {decided:?}"));
    }
    let last = edits.last().map(|edit| edit.at.as_second());
    if last.is_some_and(|last| at.as_second() < last) {
        return Err("it is older than the last edit".to_owned());
    }
    let has_flaw = text("Reason__c").contains(known.kind.flaw());
    match (text("Result__c"), known.is_deleted() || known.is_valid()) {
        ("Success", true) if !has_flaw => Ok(()),
        ("Success", true) => Err("a success has the reason of an earlier failure".to_owned()),
        ("Fail", false) if has_flaw => Ok(()),
        ("Fail", false) => Err("the reason does not name the field".to_owned()),
        _ => Err("it is the wrong one".to_owned()),
    }
}

/// When the latest outcome of each record was decided; of what is not understood there has to be none.
fn decided(world: &World, found: &mut Found) -> BTreeMap<String, Timestamp> {
    let mut latest: BTreeMap<String, Timestamp> = BTreeMap::new();
    for row in world.rows("config") {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        if !text("kind").starts_with("outcome#") {
            continue;
        }
        if text("kind") == "outcome#unknown" {
            found.violated(format!("an event was not understood: {row}"));
            continue;
        }
        let at: Timestamp = text("decided_at").parse().expect("an outcome has a time");
        let latest = latest.entry(text("salesforce_id").to_owned()).or_insert(at);
        *latest = at.max(*latest);
    }
    latest
}
