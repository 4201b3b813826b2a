//! Signing up and signing in.

use identity::Identifier;
use serde_json::{Value, json};
use testkit::{World, explore::Scenario};

use crate::actors::{Person, confirms, gets_a_token, key_of, set_the_scene};

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

/// The address that a person proved belongs to another profile, and stays there.
pub(super) struct AddressOfSomeoneElse;

impl Scenario for AddressOfSomeoneElse {
    fn name(&self) -> &'static str {
        "address-of-someone-else"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        let owner = "prf_01010101010171018101010101010101";
        let address = "jane@example.com".parse().expect("it is an address");
        world.put_row(
            "identifiers",
            json!({
                "identifier": key_of(world, &Identifier::Email(address)),
                "profile_id": owner,
                "member": owner,
                "verified": true,
                "at": "2025-06-01T00:00:00Z",
            }),
        );
    }

    async fn run(&self, world: &World) -> Value {
        confirms(world, &Person::jane()).await;
        gets_a_token(world, &Person::jane()).await
    }
}
