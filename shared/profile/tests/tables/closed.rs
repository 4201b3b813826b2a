//! Profiles that take no writes any more.

use std::time::Duration;

use identity::ProfileId;
use profile::{ProfileError, ProfilePatch};
use serde_json::{Value, json};
use testkit::{Call, Fault, World};

use crate::{cause, ensure, reader, try_ensure, writer};

/// Closes the profile `id` as a merge or an erasure does.
fn close(world: &World, id: ProfileId, attributes: &Value) {
    let mut row = profile_row(world, id);
    for (name, value) in attributes.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("profiles", row);
}

fn profile_row(world: &World, id: ProfileId) -> Value {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"] == "profile" && row["profile_id"] == id.to_string());
    rows.remove(0)
}

fn patch(world: &World, id: ProfileId, version: u64) -> Result<u64, ProfileError> {
    let patch = ProfilePatch::parse(br#"{"given_name":"Jane"}"#).unwrap();
    let patched = world.block_on(writer(world).patch(id, version, patch, None, &cause("edit")));
    patched.map(|profile| profile.version)
}

fn read(world: &World, id: ProfileId) -> Result<ProfileId, ProfileError> {
    let profile = world.block_on(reader(world).profile(id))?;
    Ok(profile.profile_id)
}

#[test]
fn who_is_erased_or_being_erased_is_unknown() {
    for closed in ["erasing", "erased"] {
        let world = World::new(1);
        let id = ensure(&world, &json!({}));
        let tombstone = json!({ "profile_id": id, "part": "profile", "closed": closed });
        world.put_row("profiles", tombstone.clone());
        assert!(matches!(read(&world, id), Err(ProfileError::Unknown)));
        assert!(matches!(patch(&world, id, 1), Err(ProfileError::Unknown)));
        ensure(&world, &json!({ "given_name": "Jane" }));
        assert_eq!(profile_row(&world, id), tombstone);
    }
}

#[test]
fn what_was_erased_is_no_part_that_tells_of_anybody() {
    let world = World::new(1);
    let id = ensure(&world, &json!({}));
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::BATCH);
    let parts = profile::PartsReader::new(&sdk, "profiles");
    let found = || {
        let [part] = world.block_on(parts.parts(id, ["profile"])).unwrap();
        part.unwrap().profile().unwrap()
    };
    assert_eq!(found().map(|profile| profile.profile_id), Some(id));
    world.put_row(
        "profiles",
        json!({ "profile_id": id, "part": "profile", "closed": "erased" }),
    );
    assert_eq!(found(), None);
}

#[test]
fn who_is_being_merged_is_to_be_asked_again() {
    let world = World::new(1);
    let id = ensure(&world, &json!({}));
    close(&world, id, &json!({ "closed": "settling" }));
    let before = profile_row(&world, id);
    assert!(matches!(read(&world, id), Err(ProfileError::Settling)));
    assert!(matches!(patch(&world, id, 1), Err(ProfileError::Settling)));
    assert_eq!(
        try_ensure(&world, &json!({ "given_name": "J" })).unwrap(),
        id
    );
    assert_eq!(profile_row(&world, id), before);
}

#[test]
fn who_was_merged_is_found_by_the_root_in_one_more_read() {
    let world = World::new(1);
    let root = ensure(&world, &json!({}));
    let member = ensure(&world, &json!({ "sub": "other-sub" }));
    close(
        &world,
        member,
        &json!({ "closed": "merged", "merged_into": root }),
    );
    let before = world.trace().len();
    assert_eq!(read(&world, member).unwrap(), root);
    assert_eq!(world.trace().len() - before, 2);
    assert_eq!(patch(&world, member, 1).unwrap(), 2);
    assert_eq!(profile_row(&world, root)["version"], 2);
}

#[test]
fn news_of_a_login_whose_profile_was_merged_go_to_the_root() {
    let world = World::new(1);
    let root = ensure(&world, &json!({}));
    let member = ensure(&world, &json!({ "sub": "other-sub" }));
    close(
        &world,
        member,
        &json!({ "closed": "merged", "merged_into": root }),
    );
    let news = json!({ "sub": "other-sub", "family_name": "Doe" });
    assert_eq!(ensure(&world, &news), root);
    assert_eq!(profile_row(&world, root)["version"], 2);
    // They are the member's own state, and show in the root.
    assert_eq!(profile_row(&world, member)["version"], 2);
}

/// The condition stands in the write itself: what was read may be closed by the time of the write.
#[test]
fn a_profile_that_closes_between_read_and_write_is_left_alone() {
    let world = World::new(1);
    let id = ensure(&world, &json!({}));
    let open = profile_row(&world, id);
    for closed in ["merged", "settling", "erasing", "erased"] {
        close(&world, id, &json!({ "closed": closed, "merged_into": id }));
        let shut = profile_row(&world, id);
        world.put_row("profiles", open.clone());
        let slow = Fault::Delay(Duration::from_millis(500));
        world.faults().once(slow, Call::is_table_write);
        let closing = async {
            tokio::time::sleep(Duration::from_millis(250)).await;
            world.put_row("profiles", shut.clone());
        };
        let (patch, request) = (
            ProfilePatch::parse(br#"{"given_name":"Jane"}"#).unwrap(),
            cause("edit"),
        );
        let writer = writer(&world);
        let patching = writer.patch(id, 1, patch, None, &request);
        let (patched, ()) = world.block_on(async { tokio::join!(patching, closing) });
        assert!(matches!(patched, Err(ProfileError::Stale)), "{closed}");
        assert_eq!(profile_row(&world, id), shut, "{closed}");
    }
}
