//! Persons who were one and are two again.

use std::collections::BTreeMap;

use identity::IdentifierKind;
use lambda_kit::aws::CallBudget;
use profile::{Grounds, Joined, MergeError, MergeReader, MergeStatus, Refusal};
use serde_json::json;
use testkit::World;

use crate::merging::{grounds, join, merger, name, says, somebody, split, state};
use crate::{cause, facts, reader, store};

#[test]
fn a_split_restores_both_to_the_byte() {
    let world = World::new(1);
    let (a, b, c) = (
        somebody(&world, "a-sub"),
        somebody(&world, "b-sub"),
        somebody(&world, "c-sub"),
    );
    says(&world, a, &json!({ "given_name": "Anne", "locale": "de" }));
    world.advance(std::time::Duration::from_millis(5));
    says(
        &world,
        b,
        &json!({ "given_name": "Bob", "birthdate": "1990-12-31" }),
    );
    says(&world, c, &json!({ "display_name": "C." }));
    join(&world, b, c);
    let before = state(&world);
    let joined = join(&world, a, b);
    assert_eq!(name(&world, a).as_deref(), Some("Bob"));
    assert_eq!(split(&world, joined), b);
    assert_eq!(state(&world), before);
    assert_eq!(split(&world, joined), b);
    assert_eq!(state(&world), before);
    assert_eq!(name(&world, a).as_deref(), Some("Anne"));
}

#[test]
fn what_came_since_goes_with_the_login_that_it_came_by() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    let joined = join(&world, a, b);
    says(&world, b, &json!({ "given_name": "Bob" }));
    says(&world, a, &json!({ "family_name": "Arden" }));
    assert_eq!(name(&world, a).as_deref(), Some("Bob"));
    split(&world, joined);
    assert_eq!(
        (name(&world, a), name(&world, b).as_deref()),
        (None, Some("Bob"))
    );
    let b = world.block_on(reader(&world).profile(b)).unwrap();
    assert_eq!(b.text(profile::FieldName::FamilyName), None);
}

#[test]
fn an_inner_merge_is_undone_with_all_that_came_by_it() {
    let world = World::new(1);
    let ids: Vec<_> = ["a-sub", "b-sub", "c-sub", "d-sub"]
        .map(|sub| somebody(&world, sub))
        .into();
    join(&world, ids[2], ids[3]);
    let middle = join(&world, ids[1], ids[2]);
    let joined = join(&world, ids[0], ids[1]);
    let root = |id| {
        world
            .block_on(reader(&world).profile(id))
            .unwrap()
            .profile_id
    };
    assert_eq!(
        split(
            &world,
            Joined {
                profile_id: ids[3],
                ..middle
            }
        ),
        ids[2]
    );
    assert_eq!(
        ids.iter().map(|id| root(*id)).collect::<Vec<_>>(),
        [ids[0], ids[0], ids[2], ids[2]]
    );
    split(&world, joined);
    assert_eq!(
        ids.iter().map(|id| root(*id)).collect::<Vec<_>>(),
        [ids[0], ids[1], ids[2], ids[2]]
    );
    assert_eq!(join(&world, ids[3], ids[0]).profile_id, ids[0]);
    let log = MergeReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles");
    let log = world.block_on(log.merges(ids[0], None)).unwrap();
    assert!(
        log.merges
            .iter()
            .any(|merge| merge.status == MergeStatus::Undone)
    );
}

#[test]
fn an_undone_pair_is_not_joined_again_by_the_same_identifier() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    let grounds = |key: &str| Grounds::Identifier {
        kind: IdentifierKind::Email,
        key: key.to_owned(),
        is_verified: true,
        is_blocked: false,
        limits: BTreeMap::new(),
    };
    let join = |key| world.block_on(merger(&world).join(a, b, &grounds(key), &cause("login")));
    let joined = join("email#1").unwrap();
    split(&world, joined);
    assert!(matches!(
        join("email#1"),
        Err(MergeError::Refused(Refusal::Undone))
    ));
    assert!(join("email#2").is_ok());
}

/// A device whose visitor was taken for somebody by mistake is the visitor's again.
#[test]
fn who_knows_a_person_and_what_they_took_is_parted_too() {
    for is_undone_at_once in [true, false] {
        let world = World::new(1);
        let visitor = crate::identify::visits(&world, "d3b07384d113edec49eaa6238ad5ff00");
        let a = somebody(&world, "a-sub");
        let before = state(&world);
        let joined = join(&world, visitor, a);
        if !is_undone_at_once {
            crate::identify::visits_again(&world, a, "5f0c9a1e7b3d4c6a9e21d84b7f31a0c2");
        }
        assert_eq!(split(&world, joined), a);
        let standing = |id| {
            let profile = world.block_on(reader(&world).profile(id)).unwrap();
            profile.standing
        };
        let known = |id| standing(id).known_by.contains(&profile::Claimant::Login);
        assert_eq!((known(visitor), known(a)), (false, true));
        let taken = |id| standing(id).taken_of(IdentifierKind::Anonymous);
        let since = u32::from(!is_undone_at_once);
        assert_eq!((taken(visitor), taken(a)), (1, since));
        if is_undone_at_once {
            assert_eq!(state(&world), before);
        }
    }
}

#[test]
fn with_whom_each_dealt_is_parted_too() {
    let world = World::new(1);
    let comes = |sub: &str, tenant: &str| {
        world.advance(std::time::Duration::from_millis(5));
        let (store, facts) = (store(&world), facts(&json!({ "sub": sub })));
        let tenant = tenant.parse().unwrap();
        let ensured = world.block_on(store.ensure(&facts, Some(&tenant), &cause("login")));
        ensured.unwrap().profile_id
    };
    let (a, b) = (comes("a-sub", "harbour"), comes("b-sub", "airport"));
    let before = state(&world);
    let tenants = |id| {
        let profile = world.block_on(reader(&world).profile(id)).unwrap();
        let tenants = profile.standing.tenants.iter();
        tenants.map(ToString::to_string).collect::<Vec<_>>()
    };
    let joined = join(&world, a, b);
    assert_eq!(tenants(a), ["airport", "harbour"]);
    split(&world, joined);
    assert_eq!(tenants(a), ["harbour"]);
    assert_eq!(tenants(b), ["airport"]);
    assert_eq!(state(&world), before);
}

#[test]
fn who_was_split_stays_so_though_others_joined_either_side() {
    let world = World::new(1);
    let ids: Vec<_> = ["a-sub", "b-sub", "c-sub", "d-sub"]
        .map(|sub| somebody(&world, sub))
        .into();
    let by = grounds(IdentifierKind::Email, "email#1");
    let again = |one, other| world.block_on(merger(&world).join(one, other, &by, &cause("login")));
    let joined = again(ids[1], ids[2]).unwrap();
    split(&world, joined);
    join(&world, ids[0], ids[1]);
    join(&world, ids[2], ids[3]);
    for (one, other) in [(0, 3), (3, 0), (1, 2), (2, 0)] {
        let refused = again(ids[one], ids[other]);
        assert!(matches!(refused, Err(MergeError::Refused(Refusal::Undone))));
    }
}
