//! Partners read.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use crate::actors::{
    Person, decides, gets_a_token,
    partner::{agree, looks_up},
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

    /// A request that is repeated because its answer was lost is decided on again, and has another
    /// receipt: compared is what was decided, and not how often.
    fn observe(&self, world: &World) -> Observation {
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
}
