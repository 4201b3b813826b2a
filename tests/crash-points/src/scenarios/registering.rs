//! Tenants' own code, from when it is pushed until nothing is left of it.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{idempotency::with_states_alone, without_requests};
use crate::actors::registering::{
    Pushed, extensions_can_be_run, package, pushes, removes, sweeps, switches,
};

/// One key for each request.
const KEYS: [&str; 6] = [
    "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "0d2a1f5b-6c3e-4f18-9a47-5be1c7d20f36",
    "c41b9e07-25d8-4a6f-8b13-f90e6a3d7c52",
    "57f3a8d1-e96c-4b20-a5d4-1c8e0b7f2a93",
    "a6e2c905-7b14-4d3f-8c69-d05b81f4e7a2",
    "3b90d7f6-1e85-42ca-b7d8-64a2f9c0e351",
];

const NAME: &str = "greeter";

/// A developer pushes two versions, goes back to the first one, and stops the extension: each is done once, and the
/// tenant has one host.
pub(super) struct ExtensionRegistered;

impl Scenario for ExtensionRegistered {
    fn name(&self) -> &'static str {
        "extension-registered"
    }

    fn setup(&self, world: &World) {
        extensions_can_be_run(world);
    }

    async fn run(&self, world: &World) -> Value {
        let [first, second, back, stop, ..] = KEYS;
        json!([
            pushes(world, first, NAME, package(NAME, "1.0.0", Pushed::Wasm)).await,
            pushes(world, second, NAME, package(NAME, "1.1.0", Pushed::Ordered)).await,
            switches(world, back, NAME, "rollback", &Value::Null).await,
            switches(world, stop, NAME, "disable", &Value::Null).await,
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world)
    }
}

/// The same for code that has a function of its own.
pub(super) struct FunctionRegistered;

impl Scenario for FunctionRegistered {
    fn name(&self) -> &'static str {
        "extension-function-registered"
    }

    fn setup(&self, world: &World) {
        extensions_can_be_run(world);
    }

    async fn run(&self, world: &World) -> Value {
        let [first, second, back, ..] = KEYS;
        json!([
            pushes(world, first, NAME, package(NAME, "1.0.0", Pushed::Lambda)).await,
            pushes(world, second, NAME, package(NAME, "1.1.0", Pushed::Lambda)).await,
            switches(
                world,
                back,
                NAME,
                "activate",
                &json!({ "version": "1.0.0" })
            )
            .await,
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world)
    }
}

/// A tenant has two extensions, and removes one after the other: with the last one goes its host, and nothing of
/// either is left.
pub(super) struct ExtensionRemoved;

impl Scenario for ExtensionRemoved {
    fn name(&self) -> &'static str {
        "extension-removed"
    }

    fn setup(&self, world: &World) {
        extensions_can_be_run(world);
        let [one, other, ..] = KEYS;
        world.block_on(async {
            pushes(world, one, NAME, package(NAME, "1.0.0", Pushed::Lambda)).await;
            pushes(
                world,
                other,
                "counter",
                package("counter", "1", Pushed::Ordered),
            )
            .await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let [_, _, one, other, ..] = KEYS;
        let told = json!([
            removes(world, one, NAME).await,
            removes(world, other, "counter").await
        ]);
        let left = what_there_is(world);
        assert_eq!(
            left,
            Value::from(vec![json!([]); 5]),
            "nothing is left of either"
        );
        told
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world)
    }
}

/// Somebody takes a host and a function apart by hand: the sweep finds it, and all is as it was.
pub(super) struct ExtensionDrift;

impl Scenario for ExtensionDrift {
    fn name(&self) -> &'static str {
        "extension-drift"
    }

    fn setup(&self, world: &World) {
        extensions_can_be_run(world);
        let [one, other, ..] = KEYS;
        world.block_on(async {
            pushes(world, one, NAME, package(NAME, "1.0.0", Pushed::Lambda)).await;
            pushes(
                world,
                other,
                "counter",
                package("counter", "1", Pushed::Wasm),
            )
            .await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let before = what_there_is(world);
        take_host_apart(world);
        sweeps(world).await;
        assert_eq!(what_there_is(world), before, "the host is as it was");
        let function = "fairlead-simulated-x-harbour_greeter";
        world.engines().functions().remove(function);
        sweeps(world).await;
        assert_eq!(what_there_is(world), before, "the function is there again");
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world)
    }
}

/// All that is made for tenants.
fn what_there_is(world: &World) -> Value {
    let engines = world.engines();
    json!([
        engines.functions().described(),
        engines.functions().mappings(),
        engines.roles(),
        engines.made_queues(),
        engines.log_groups(),
    ])
}

/// Somebody changes and removes by hand what runs a tenant's extensions.
fn take_host_apart(world: &World) {
    let engines = world.engines();
    let host = "fairlead-simulated-extension-host-harbour";
    engines.functions().change(host, "MemorySize", 128.into());
    engines.functions().unmap(host);
    engines.put_role_policy(host, "extension", None);
    engines.remove_queue("extension-of-harbour-dead");
    engines.set_queue("extension-of-harbour", "VisibilityTimeout", "1");
}

/// Without which requests were answered, and what tells of how often somebody looked.
fn of_rows(world: &World) -> Observation {
    let mut observation = without_requests(with_states_alone(Observation::of(world)));
    let rows = observation.rows.entry("ledger".to_owned()).or_default();
    rows.retain(|row| row.get("key").and_then(Value::as_str) != Some("extension-sweep#cursor"));
    observation
}
