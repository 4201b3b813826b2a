//! The handler on a simulated AWS: what it finds, whom it tells, and how far it gets with very many tenants.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeMap, time::Duration};

use extension_sweep::{App, Swept, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, engine::EXTENSION_UPLOADS_QUEUE};

/// As many tenants as it is tried with.
const MANY: u32 = 10_000;

fn swept(world: &World) -> Swept {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let invocation = world.invocation(Duration::from_mins(5));
    world.block_on(handle(&app, &invocation)).unwrap()
}

/// A tenant with a host of which parts are still to be made.
fn begun(world: &World, tenant: &str) {
    let host = json!({
        "tenant": tenant, "part": "extension-host", "state": "provisioning", "extensions": 1,
        "ordered": false, "revision": 1,
    });
    world.put_row("directory", host);
    let listed = json!({ "tenant": "*", "part": format!("extension-tenant#{tenant}") });
    world.put_row("directory", listed);
}

/// Whom it had mended, and how often.
fn told(world: &World) -> BTreeMap<String, u32> {
    let mut told = BTreeMap::new();
    for message in world.sent_messages(EXTENSION_UPLOADS_QUEUE) {
        let task: Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(task["task"], "mend");
        *told
            .entry(task["tenant"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    told
}

#[test]
fn ten_thousand_tenants_are_gone_through_in_turn_each_once_in_a_round() {
    let world = World::new(1);
    for n in 0..MANY {
        begun(&world, &format!("tenant-{n:05}"));
    }
    let (mut runs, mut tenants) = (0, 0);
    loop {
        let done = swept(&world);
        runs += 1;
        tenants += done.tenants;
        assert_eq!(done.drifted, done.tenants);
        if done.finished {
            break;
        }
        assert!(done.tenants > 500, "{done:?}");
        world.advance(Duration::from_mins(10));
    }
    let told = told(&world);
    assert_eq!((tenants, told.len()), (u64::from(MANY), 10_000));
    assert!(told.values().all(|times| *times == 1));
    println!(
        "{MANY} tenants in {runs} runs of five minutes, {} calls",
        world.trace().len()
    );
    // The next round begins with the first one.
    swept(&world);
    assert!(world.sent_messages(EXTENSION_UPLOADS_QUEUE).len() > 10_000);
}

#[test]
fn what_is_on_its_way_out_or_untold_is_looked_after_again() {
    let world = World::new(1);
    begun(&world, "acme");
    let extension = json!({
        "tenant": "acme", "part": "extension#greeter", "name": "greeter", "state": "removing",
        "revision": 2, "told": 1, "created_at": "2026-01-14T09:00:00Z",
        "changed_at": "2026-01-14T09:00:00Z", "changed_by": "operator", "last_request": "request-1",
    });
    world.put_row("directory", extension);
    assert_eq!(
        swept(&world),
        Swept {
            tenants: 1,
            drifted: 1,
            orphans: 0,
            finished: true
        }
    );
    assert_eq!(told(&world), BTreeMap::from([("acme".to_owned(), 1)]));
}
