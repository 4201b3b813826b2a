//! Partners read.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use crate::actors::{
    Person, decides, gets_a_token,
    partner::{agree, looks_up, reads_by_id, reads_many},
    set_the_scene,
};

/// A partner looks a person up before they decided, after they agreed, and after they withdrew; and
/// somebody who is not there.
pub(super) struct PartnerRead;

impl Scenario for PartnerRead {
    fn name(&self) -> &'static str {
        "partner-read"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let stranger = looks_up(world, "jane@example.com").await;
        decides(world, &claims, "granted").await;
        let friend = looks_up(world, "jane@example.com").await;
        decides(world, &claims, "withdrawn").await;
        let lost = looks_up(world, "jane@example.com").await;
        let nobody = looks_up(world, "nobody@example.com").await;
        assert_eq!(stranger, nobody, "a stranger was told from nobody");
        json!([stranger, friend, lost, nobody])
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

/// A partner reads a person by the id that it keeps, and several at once, one of whom is not there.
pub(super) struct PartnerReadsMany;

impl Scenario for PartnerReadsMany {
    fn name(&self) -> &'static str {
        "partner-reads-many"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            gets_a_token(world, &joan()).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let id = claims.get("fairlead:profile").and_then(Value::as_str);
        let mut one = reads_by_id(world, id.unwrap_or_default(), "order 4712").await;
        if let Some(one) = one.as_object_mut() {
            one.remove("receipt_id");
        }
        let asked = ["jane@example.com", "joan@example.com", "nobody@example.com"];
        json!([one, reads_many(world, &asked).await])
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}

/// Somebody who never decided on anything.
fn joan() -> Person {
    Person::jane()
        .with("sub", "joan-sub")
        .with("email", "joan@example.com")
        .with("phone_number", "+49 30 901821")
        .with("given_name", "Joan")
}

/// A request that is repeated because its answer was lost is decided on again, and has another
/// receipt: compared is what was decided, and not how often.
pub(super) fn what_was_decided(world: &World) -> Observation {
    let mut observation = Observation::of(world);
    if let Some(receipts) = observation.rows.get_mut("receipts") {
        let decided = |row: &Value| {
            ["profile_id", "purpose", "outcome", "allowed", "withheld"]
                .map(|name| row.get(name).cloned().unwrap_or_default().to_string())
        };
        let distinct: BTreeSet<_> = receipts.iter().map(decided).collect();
        *receipts = distinct
            .iter()
            .map(|told| json!({ "told": told }))
            .collect();
    }
    observation
}
