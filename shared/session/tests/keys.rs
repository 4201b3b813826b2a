//! The keys of sessions out of a simulated Secrets Manager.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use session::{Keys, Randomness, SessionKeys, Use};
use testkit::{Service, World};

const SECRET: &str = "fairlead-test-session-key";

fn key(byte: u8) -> String {
    byte.to_string().repeat(64)
}

fn keys(world: &World) -> SessionKeys {
    SessionKeys::new(&world.sdk_config(&CallBudget::HTTP), SECRET, world.clock())
}

fn current(world: &World, keys: &SessionKeys) -> Keys {
    world.block_on(keys.current()).unwrap()
}

fn seal(keys: &Keys) -> String {
    let random = Randomness::from_fn(|| Some([7; 32]));
    keys.seal(Use::Session, &"tokens", &random).unwrap()
}

fn opens(keys: &Keys, text: &str) -> bool {
    keys.open::<String>(Use::Session, text).is_ok()
}

#[test]
fn what_was_sealed_before_a_rotation_opens_after_it_and_not_after_the_next_one() {
    let world = World::new(1);
    world.engines().put_secret(SECRET, &key(1));
    let own = keys(&world);
    let text = seal(&current(&world, &own));
    world.engines().put_secret(SECRET, &key(2));
    world.advance(Duration::from_mins(5));
    assert!(opens(&current(&world, &own), &text));
    world.engines().put_secret(SECRET, &key(3));
    world.advance(Duration::from_mins(5));
    assert!(!opens(&current(&world, &own), &text));
}

#[test]
fn keys_are_asked_for_once_in_five_minutes() {
    let world = World::new(1);
    world.engines().put_secret(SECRET, &key(1));
    let own = keys(&world);
    for _ in 0..3 {
        current(&world, &own);
        world.advance(Duration::from_mins(1));
    }
    assert_eq!(world.trace().len(), 2, "one for each version");
}

#[test]
fn keys_that_were_read_serve_on_while_secrets_manager_is_away() {
    let world = World::new(1);
    world.engines().put_secret(SECRET, &key(1));
    let own = keys(&world);
    let text = seal(&current(&world, &own));
    world.advance(Duration::from_mins(6));
    world.faults().down(Service::SecretsManager);
    assert!(opens(&current(&world, &own), &text));
}

#[test]
fn without_a_key_that_is_one_there_are_none() {
    for secret in [None, Some(""), Some("no key"), Some("short")] {
        let world = World::new(1);
        if let Some(secret) = secret {
            world.engines().put_secret(SECRET, secret);
        }
        assert!(
            world.block_on(keys(&world).current()).is_err(),
            "{secret:?}"
        );
    }
}
