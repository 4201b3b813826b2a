//! The tables against the model.

use std::collections::BTreeMap;

use identity::ProfileId;
use serde_json::Value;
use testkit::World;

use crate::model::Model;

/// The part that holds the decision on the one purpose that there is.
pub const CONSENT: &str = "consent#harbour#newsletter";

/// Every way in which the tables differ from `model`.
#[must_use]
pub fn differences(world: &World, model: &Model) -> Vec<String> {
    let rows: BTreeMap<(String, String), Value> = world
        .rows("profiles")
        .into_iter()
        .map(|row| ((text(&row, "profile_id"), text(&row, "part")), row))
        .collect();
    let mut differences = Vec::new();
    for member in model.written.keys() {
        differences.extend(profile(&rows, model, *member));
    }
    differences.extend(members(&rows, model));
    for row in world.rows("identifiers") {
        let member: ProfileId = text(&row, "member").parse().expect("a member is an id");
        let (leads, root) = (text(&row, "profile_id"), model.root(member).to_string());
        if leads != root {
            differences.push(format!(
                "an identifier of {member} leads to {leads}, not to {root}"
            ));
        }
    }
    differences
}

/// A root shows what its person looks like, and every other member leads to it.
fn profile(
    rows: &BTreeMap<(String, String), Value>,
    model: &Model,
    member: ProfileId,
) -> Option<String> {
    let row = rows.get(&(member.to_string(), "profile".to_owned()))?;
    let root = model.root(member);
    if root != member {
        let leads = (text(row, "closed"), text(row, "merged_into"));
        let should = ("merged".to_owned(), root.to_string());
        return (leads != should).then(|| format!("{member} leads to {leads:?}, not to {root}"));
    }
    if row.get("closed").is_some() {
        return Some(format!("{member} is closed, and should be open"));
    }
    let fields = row.get("fields").and_then(Value::as_object);
    let shown: BTreeMap<String, String> = fields
        .into_iter()
        .flatten()
        .map(|(name, field)| (name.clone(), text(field, "value")))
        .collect();
    let looks = model.looks(member);
    if shown != looks {
        return Some(format!("{member} shows {shown:?}, not {looks:?}"));
    }
    let taken = row.pointer("/taken/anonymous").and_then(Value::as_u64);
    let (taken, seen) = (taken.unwrap_or_default(), model.seen_on(member));
    if taken != seen {
        return Some(format!("{member} took {taken} devices, not {seen}"));
    }
    let consent = rows.get(&(member.to_string(), CONSENT.to_owned()));
    let held = consent.map(|row| {
        let whose = row.get("member").and_then(Value::as_str);
        let whose = whose.map_or_else(|| member.to_string(), str::to_owned);
        (text(row, "ruling") == "withdrawn", whose)
    });
    let holds = model.holds(member);
    let holds = holds.map(|(is_withdrawn, whose)| (is_withdrawn, whose.to_string()));
    (held != holds).then(|| format!("for {member} holds {held:?}, not {holds:?}"))
}

/// The members of each root, with their edges, are the model's.
fn members(rows: &BTreeMap<(String, String), Value>, model: &Model) -> Vec<String> {
    let listed = rows.iter().filter_map(|((id, part), row)| {
        let member = part.strip_prefix("member#")?;
        Some(format!(
            "{id} has {member} by {} and {}",
            text(row, "parent"),
            text(row, "merge_id")
        ))
    });
    let should = model.absorbed.iter().map(|(member, (parent, merge_id))| {
        format!(
            "{} has {member} by {parent} and {merge_id}",
            model.root(*member)
        )
    });
    let (mut listed, mut should): (Vec<String>, Vec<String>) = (listed.collect(), should.collect());
    listed.sort();
    should.sort();
    if listed == should {
        return Vec::new();
    }
    vec![format!("the members are {listed:?}, not {should:?}")]
}

/// A text of a row; empty if it is not there.
#[must_use]
pub fn text(row: &Value, name: &str) -> String {
    let text = row.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
