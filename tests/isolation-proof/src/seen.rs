//! What each tenant sees, and whether any of it is another one's.

use std::collections::BTreeMap;

use fairlead_crash_points::actors::running::queues_of;
use serde_json::Value;
use testkit::World;

use crate::cast::{Given, TENANTS, given_so_far, marker};

/// What was looked at.
#[derive(Debug, Default, Clone)]
pub struct Sight {
    /// How many bytes tenants see.
    pub bytes: usize,
    /// How many of these are another tenant's.
    pub wrong: usize,
    /// In how many places each tenant saw what is its own.
    pub own: BTreeMap<usize, usize>,
    /// Where the wrong ones are.
    pub places: Vec<String>,
}

impl Sight {
    /// The same with what `other` saw.
    pub fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.wrong += other.wrong;
        for (tenant, count) in other.own {
            *self.own.entry(tenant).or_default() += count;
        }
        self.places.extend(other.places);
    }

    fn look(&mut self, tenant: usize, place: &str, text: &str) {
        self.bytes += text.len();
        for (other, name) in TENANTS.iter().enumerate() {
            let found = text.matches(&marker(other)).count();
            if other == tenant {
                *self.own.entry(tenant).or_default() += found;
                continue;
            }
            // A name, where JSON has one: within JSON within JSON, too.
            let named = [
                format!("\"{name}\""),
                format!("\\\"{name}\\\""),
                format!("#{name}#"),
            ];
            let named: usize = named
                .iter()
                .map(|named| text.matches(named.as_str()).count())
                .sum();
            let wrong = found * marker(other).len() + named * name.len();
            if wrong > 0 {
                self.wrong += wrong;
                self.places.push(format!(
                    "{} sees {wrong} bytes of {name} in {place}",
                    TENANTS[tenant]
                ));
            }
        }
    }
}

/// All that tenants see in `world`: what their code was given, what lies in their queues and among their dead
/// letters, the rows of the ledger and of people under their names, and what the bus is told for them.
#[must_use]
pub fn all(world: &World, given: &Given) -> Sight {
    let mut sight = Sight::default();
    for (tenant, text) in given_so_far(given) {
        sight.look(tenant, "what its code is given", &text);
    }
    for (number, tenant) in TENANTS.iter().enumerate() {
        for queue in queues_of(tenant) {
            for message in world.sent_messages(&queue) {
                let attributes: Vec<&str> =
                    message.attributes.values().map(String::as_str).collect();
                let text = format!("{}{}", message.body, attributes.join(" "));
                sight.look(number, &queue, &text);
            }
        }
        for row in world.rows("ledger") {
            if is_of(&row, "key", tenant) {
                sight.look(number, "the ledger", &row.to_string());
            }
        }
        for row in world.rows("profiles") {
            if row["part"]
                .as_str()
                .is_some_and(|part| part.starts_with(&format!("trait#{tenant}#")))
            {
                sight.look(number, "traits", &row.to_string());
            }
        }
        for row in world.rows("events") {
            if row["tenant"] == *tenant {
                sight.look(number, "its events", &row.to_string());
            }
        }
    }
    for event in world.published_events() {
        let whose = event
            .detail
            .pointer("/data/tenant_id")
            .or_else(|| event.detail.get("tenantid"));
        let whose = whose.and_then(Value::as_str);
        if let Some(number) = TENANTS.iter().position(|tenant| Some(*tenant) == whose) {
            sight.look(number, "the bus", &event.detail.to_string());
        }
    }
    sight
}

fn is_of(row: &Value, name: &str, tenant: &str) -> bool {
    let key = row.get(name).and_then(Value::as_str).unwrap_or_default();
    key.split('#').nth(1) == Some(tenant)
}
