//! Configuration that is edited in Salesforce.

use serde_json::{Map, Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::outbox::BOTH;
use crate::actors::configuration::{
    are_read_again, are_written, change, change_of_many, flag_switched, holiday, large_change,
};

/// The rows of configuration as they stand, without how they came to: in which order edits arrived, and
/// how often a record was read.
fn as_it_stands(mut observation: Observation) -> Observation {
    const HISTORY: [&str; 7] = [
        "version",
        "changed_at",
        "changed_by",
        "outcome_at",
        "last_event",
        "last_request",
        "decided_at",
    ];
    for row in observation.rows.get_mut("config").into_iter().flatten() {
        let Some(members) = row.as_object_mut() else {
            continue;
        };
        members.retain(|name, _| !HISTORY.contains(&name.as_str()));
        // What was overtaken by a later edit that came before it is written as nothing.
        for name in ["written", "unchanged"] {
            members.remove(name);
        }
        if members
            .get("result")
            .is_some_and(|result| result == "Success")
        {
            members.remove("reason");
        }
        let registers = members.get_mut("values").and_then(Value::as_object_mut);
        for register in registers.into_iter().flat_map(Map::values_mut) {
            *register = register.get("value").cloned().unwrap_or_default();
        }
        if let Some(life) = members.get_mut("life").and_then(Value::as_object_mut) {
            life.remove("position");
        }
    }
    observation
}

/// An operator makes a holiday, and the bus tells of it three times.
pub(super) struct ConfigurationEdited;

impl Scenario for ConfigurationEdited {
    fn name(&self) -> &'static str {
        "configuration-edited"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let created = change(1, "CREATE", &holiday("New Year", "2027-01-01"));
        let dead = are_written(world, vec![created.clone(), created.clone()]).await;
        json!([dead, are_written(world, vec![created]).await])
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// A holiday is made, renamed, deleted and back again, and the bus turns the order around.
pub(super) struct ConfigurationReordered;

impl Scenario for ConfigurationReordered {
    fn name(&self) -> &'static str {
        "configuration-reordered"
    }

    fn setup(&self, world: &World) {
        let created = change(1, "CREATE", &holiday("Ney Year", "2027-01-01"));
        world.block_on(are_written(world, vec![created]));
    }

    async fn run(&self, world: &World) -> Value {
        let renamed = change(2, "UPDATE", &json!({ "Name": "New Year" }));
        let deleted = change(3, "DELETE", &json!({}));
        let back = change(4, "UNDELETE", &holiday("New Year", "2027-01-01"));
        let moved = change(5, "UPDATE", &json!({ "From__c": "2027-01-02" }));
        let dead = are_written(world, vec![moved, deleted, renamed, back]).await;
        json!(dead)
    }

    fn observe(&self, world: &World) -> Observation {
        as_it_stands(Observation::of(world))
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Of a holiday that nobody told of an edit is told, and of another edit that it was made: the record is
/// read, and both are answered.
pub(super) struct ConfigurationToldInPart;

impl Scenario for ConfigurationToldInPart {
    fn name(&self) -> &'static str {
        "configuration-told-in-part"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let renamed = change(1, "UPDATE", &json!({ "Name": "New Year" }));
        let lost = change(2, "GAP_UPDATE", &json!({}));
        let dead = are_written(world, vec![renamed, lost]).await;
        let in_salesforce = holiday("New Year", "2027-01-01");
        json!([dead, are_read_again(world, &in_salesforce).await])
    }

    fn observe(&self, world: &World) -> Observation {
        as_it_stands(Observation::of(world))
    }
}

/// One event tells of several holidays, one lies in the bucket, one can't be valid, and one nobody
/// understands: each is answered.
pub(super) struct ConfigurationOfAllKinds;

impl Scenario for ConfigurationOfAllKinds {
    fn name(&self) -> &'static str {
        "configuration-of-all-kinds"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let records = ["a0B5f00002J9YYFEA3", "a0B5f00002J9YYGEA3"];
        let fields = holiday("Christmas", "2026-12-25");
        let bodies = vec![
            change_of_many(1, "CREATE", &records, &fields),
            large_change(world, 2, "crm/1.json", &holiday("New Year", "2027-01-01")),
            flag_switched(
                "one",
                "a0C5f00002J9YYEEA3",
                &json!({ "Name__c": "No Name" }),
            ),
            "canary".to_owned(),
        ];
        json!(are_written(world, bodies).await)
    }

    fn observe(&self, world: &World) -> Observation {
        as_it_stands(Observation::of(world))
    }
}

/// Two processes have an edit each of what is published together.
pub(super) struct ConfigurationAtOnce;

impl Scenario for ConfigurationAtOnce {
    fn name(&self) -> &'static str {
        "configuration-at-once"
    }

    fn setup(&self, _: &World) {}

    async fn run(&self, world: &World) -> Value {
        let fields = holiday("New Year", "2027-01-01");
        let of = |n, record| vec![change_of_many(n, "CREATE", &[record], &fields)];
        let one = are_written(world, of(1, "a0B5f00002J9YYFEA3"));
        let other = are_written(world, of(2, "a0B5f00002J9YYGEA3"));
        let (one, other) = tokio::join!(one, other);
        json!(one + other)
    }

    fn observe(&self, world: &World) -> Observation {
        as_it_stands(Observation::of(world))
    }
}
