//! Saying who somebody is.

use serde_json::{Value, json};
use testkit::{World, explore::Scenario};

use crate::actors::{
    Person, gets_a_token,
    identify::{app_says, machine_says},
    set_the_scene,
};

const DEVICE: &str = "d3b07384d113edec49eaa6238ad5ff00";

/// A visitor becomes a customer, of whom more is said.
pub(super) struct Visitor;

impl Scenario for Visitor {
    fn name(&self) -> &'static str {
        "visitor"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        machine_says(world, &json!({ "anonymous_id": DEVICE })).await;
        let customer = json!({
            "anonymous_id": DEVICE,
            "external_id": "C-17",
            "email": "joan@example.com",
            "traits": { "given_name": "Joan" },
        });
        machine_says(world, &customer).await
    }
}

/// A partner says that Jane's proven address is its customer's.
pub(super) struct WordAgainstProof;

impl Scenario for WordAgainstProof {
    fn name(&self) -> &'static str {
        "word-against-proof"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let customer = json!({ "external_id": "C-17", "email": "jane@example.com" });
        machine_says(world, &customer).await
    }
}

/// Jane proves an address that a partner had said was its customer's.
pub(super) struct ProofAgainstWord;

impl Scenario for ProofAgainstWord {
    fn name(&self) -> &'static str {
        "proof-against-word"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let customer = json!({ "external_id": "C-17", "email": "jane@example.com" });
        world.block_on(machine_says(world, &customer));
    }

    async fn run(&self, world: &World) -> Value {
        gets_a_token(world, &Person::jane()).await
    }
}

/// Jane logs in on a device, and Joan after her.
pub(super) struct SharedDevice;

impl Scenario for SharedDevice {
    fn name(&self) -> &'static str {
        "shared-device"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let claims = world.block_on(gets_a_token(world, &Person::jane()));
        world.block_on(app_says(world, &claims, &json!({ "anonymous_id": DEVICE })));
        // The device's next id is made of her profile's, which therefore is there from the beginning.
        world.block_on(gets_a_token(world, &joan()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &joan()).await;
        app_says(world, &claims, &json!({ "anonymous_id": DEVICE })).await
    }
}

/// After Jane logged out the shop's page goes on by the id that is hers.
pub(super) struct NextVisit;

impl Scenario for NextVisit {
    fn name(&self) -> &'static str {
        "next-visit"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let claims = world.block_on(gets_a_token(world, &Person::jane()));
        world.block_on(app_says(world, &claims, &json!({ "anonymous_id": DEVICE })));
    }

    async fn run(&self, world: &World) -> Value {
        let visit = json!({ "anonymous_id": DEVICE, "traits": { "locale": "en-GB" } });
        let first = machine_says(world, &visit).await;
        let customer = json!({ "anonymous_id": DEVICE, "external_id": "C-17" });
        let second = machine_says(world, &customer).await;
        json!([first, second])
    }
}

fn joan() -> Person {
    Person::jane()
        .with("sub", "joan-sub")
        .with("email", "joan@example.com")
        .with("phone_number_verified", "false")
}
