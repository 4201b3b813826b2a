//! Identifiers that erasure left a mark of.

use identity::{Identifier, ProfileId};
use profile::{IdentifierReader, Pointed, ProfileError};
use serde_json::{Value, json};
use testkit::World;

use crate::{ensure, key, keyed, try_ensure};

const ADDRESS: &str = "jane@example.com";

/// The mark that erasure leaves of an identifier.
fn erased(world: &World, kind: &str, text: &str) {
    let row =
        json!({ "identifier": keyed(world, kind, text), "erased_at": "2026-01-10T00:00:00Z" });
    world.put_row("identifiers", row);
}

fn proven() -> Value {
    json!({ "email": ADDRESS, "email_verified": "true" })
}

fn found(world: &World, address: &str) -> Option<Pointed> {
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::HTTP);
    let reader = IdentifierReader::new(&sdk, "identifiers", key(world));
    let address = Identifier::Email(address.parse().unwrap());
    world.block_on(reader.find(&address)).unwrap()
}

fn owner(world: &World, address: &str) -> Option<ProfileId> {
    match found(world, address)? {
        Pointed::At(owner) => {
            assert!(owner.verified && owner.member == owner.profile_id);
            Some(owner.profile_id)
        }
        Pointed::Erased => None,
    }
}

#[test]
fn an_erased_login_makes_no_profile_ever_again() {
    let world = World::new(1);
    erased(&world, "cognito_sub", "jane-sub");
    for _ in 0..2 {
        assert!(matches!(
            try_ensure(&world, &proven()),
            Err(ProfileError::Unknown)
        ));
    }
    assert_eq!(world.rows("profiles"), Vec::<Value>::new());
    assert_eq!(world.rows("identifiers").len(), 1);
}

#[test]
fn who_comes_back_by_a_new_login_and_proves_the_address_has_it_again() {
    let world = World::new(1);
    erased(&world, "email", ADDRESS);
    assert_eq!(found(&world, ADDRESS), Some(Pointed::Erased));
    let id = ensure(&world, &proven());
    assert_eq!(owner(&world, ADDRESS), Some(id));
}

#[test]
fn who_proves_an_erased_address_later_has_it_then() {
    let world = World::new(1);
    erased(&world, "email", ADDRESS);
    let id = ensure(
        &world,
        &json!({ "email": ADDRESS, "email_verified": "false" }),
    );
    assert_eq!(found(&world, ADDRESS), Some(Pointed::Erased));
    assert_eq!(ensure(&world, &proven()), id);
    assert_eq!(owner(&world, ADDRESS), Some(id));
}

#[test]
fn an_address_that_nobody_ever_had_points_at_nothing() {
    let world = World::new(1);
    assert_eq!(found(&world, ADDRESS), None);
}
