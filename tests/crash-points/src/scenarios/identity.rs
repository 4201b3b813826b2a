//! Signing up and signing in.

use std::time::Duration;

use serde_json::Value;
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;

use crate::actors::{Person, confirms, gets_a_token, set_the_scene};

/// A person confirms their account and gets their first token.
pub(super) struct SignUp;

impl Scenario for SignUp {
    fn name(&self) -> &'static str {
        "sign-up"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        confirms(world, &Person::jane()).await;
        gets_a_token(world, &Person::jane()).await
    }
}

/// The first that is heard of a person is that they get a token.
pub(super) struct FirstToken;

impl Scenario for FirstToken {
    fn name(&self) -> &'static str {
        "first-token"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        gets_a_token(world, &Person::jane()).await
    }
}

/// A person moved to another address and lost their telephone; their next token tells of it.
pub(super) struct NewsFromTheLogin;

impl Scenario for NewsFromTheLogin {
    fn name(&self) -> &'static str {
        "news-from-the-login"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let moved = Person::jane()
            .with("email", "jane@elsewhere.example")
            .with("phone_number_verified", "false");
        gets_a_token(world, &moved).await;
        gets_a_token(world, &moved).await
    }
}

/// Another login proved the same address before: the two are one person.
pub(super) struct AddressOfSomeoneElse;

impl Scenario for AddressOfSomeoneElse {
    fn name(&self) -> &'static str {
        "address-of-someone-else"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let other = Person::jane()
            .with("sub", "other-sub")
            .with("phone_number_verified", "false");
        world.block_on(gets_a_token(world, &other));
        // Whose id is the older one is seen by its millisecond.
        world.advance(Duration::from_secs(1));
    }

    async fn run(&self, world: &World) -> Value {
        confirms(world, &Person::jane()).await;
        gets_a_token(world, &Person::jane()).await;
        gets_a_token(world, &Person::jane()).await
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
