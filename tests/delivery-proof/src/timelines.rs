//! What is in the timelines of people in the end, by the table and by the reader that people and
//! partners are answered from.

use identity::ProfileId;
use lambda_kit::aws::CallBudget;
use profile::{TIMELINE_PREFIX, TimelineItem, TimelineReader};
use serde_json::Value;
use testkit::World;

use crate::cast::Key;

/// By what an event is known, in texts: tenant, partner, source, id.
pub type Name = [String; 4];

/// The name of `key`.
#[must_use]
pub fn name(key: &Key) -> Name {
    let partner = key.partner;
    [partner.tenant, partner.name, key.source, key.id.as_str()].map(str::to_owned)
}

/// The name of the event that an entry tells of.
#[must_use]
pub fn told_by(entry: &TimelineItem) -> Name {
    let (tenant, partner) = (entry.tenant.to_string(), entry.partner.to_string());
    [tenant, partner, entry.source.clone(), entry.id.clone()]
}

/// What the event of an entry ordered; `None` if no row holds it.
#[must_use]
pub fn order(entry: &TimelineItem) -> Option<String> {
    let body = entry.body.as_ref()?.expose();
    let body: Value = serde_json::from_str(body).ok()?;
    Some(body["data"]["order"].as_str()?.to_owned())
}

/// All entries of everybody, those of one person in the order of the table.
#[must_use]
pub fn rows(world: &World) -> Vec<TimelineItem> {
    let rows = world.rows("profiles").into_iter();
    let entries = rows.filter(|row| {
        let part = row["part"].as_str();
        part.is_some_and(|part| part.starts_with(TIMELINE_PREFIX))
    });
    let entries = entries.map(|row| serde_json::from_value(row).expect("it is an entry"));
    entries.collect()
}

/// The timeline of `profile` as it is read, page after page.
#[must_use]
pub fn read(world: &World, profile: &str, tenant: &str) -> Vec<TimelineItem> {
    let reader = TimelineReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles");
    let member: ProfileId = profile.parse().expect("it is an id");
    let tenant = tenant.parse().expect("it is a tenant");
    let mut all = Vec::new();
    let mut place = None;
    loop {
        let page = world.block_on(reader.page(&[member], &tenant, place.as_ref()));
        let page = page.expect("a timeline can be read");
        all.extend(page.events);
        place = page.next;
        if place.is_none() {
            return all;
        }
    }
}
