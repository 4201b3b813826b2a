//! Persons that become one.

use std::collections::BTreeMap;

use identity::{Identifier, IdentifierKind, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{
    Grounds, Joined, MergeError, MergeReader, Merger, ProfileError, ProfilePatch, Refusal,
};
use serde_json::{Value, json};
use testkit::World;

use crate::{cause, ensure, key, keyed, reader, writer};

pub(crate) fn merger(world: &World) -> Merger {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    Merger::new(&sdk, "profiles", "identifiers", world.clock(), world.ids())
}

pub(crate) fn join(world: &World, one: ProfileId, other: ProfileId) -> Joined {
    world
        .block_on(merger(world).join(one, other, &Grounds::Operator, &cause("merge")))
        .unwrap()
}

pub(crate) fn split(world: &World, joined: Joined) -> ProfileId {
    let merge_id = joined.merge_id.unwrap();
    world
        .block_on(merger(world).split(joined.profile_id, merge_id, &cause("split")))
        .unwrap()
        .restored
}

/// Somebody who logs in as `sub` with an address of their own.
pub(crate) fn somebody(world: &World, sub: &str) -> ProfileId {
    world.advance(std::time::Duration::from_millis(5));
    let email = format!("{sub}@example.com");
    ensure(
        world,
        &json!({ "sub": sub, "email": email, "email_verified": "true" }),
    )
}

pub(crate) fn says(world: &World, member: ProfileId, patch: &Value) {
    let version = world
        .block_on(reader(world).profile(member))
        .unwrap()
        .version;
    let patch = ProfilePatch::parse(patch.to_string().as_bytes()).unwrap();
    let writing = world.block_on(writer(world).patch(member, version, patch, None, &cause("edit")));
    writing.unwrap();
}

/// All rows but the outbox and the log, without what only ever grows.
pub(crate) fn state(world: &World) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| {
        let part = row["part"].as_str().unwrap();
        let is_log = |prefix| part.starts_with(prefix);
        !["outbox#", "merge#", "parting#"].into_iter().any(is_log)
    });
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        for grows in [
            "version",
            "updated_at",
            "last_request",
            "parent",
            "merge_id",
        ] {
            row.remove(grows);
        }
    }
    rows.extend(world.rows("identifiers"));
    rows
}

fn owner(world: &World, kind: &str, text: &str) -> Value {
    let key = keyed(world, kind, text);
    let rows = world.rows("identifiers");
    let row = rows.iter().find(|row| row["identifier"] == key).unwrap();
    row["profile_id"].clone()
}

pub(crate) fn name(world: &World, id: ProfileId) -> Option<String> {
    let profile = world.block_on(reader(world).profile(id)).unwrap();
    profile
        .text(profile::FieldName::GivenName)
        .map(str::to_owned)
}

#[test]
fn the_oldest_id_survives_and_the_other_leads_to_it() {
    let world = World::new(1);
    let (older, younger) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    let joined = join(&world, younger, older);
    assert_eq!(joined.profile_id, older);
    let found = world.block_on(reader(&world).profile(younger)).unwrap();
    assert_eq!(found.profile_id, older);
    for sub in ["a-sub", "b-sub"] {
        assert_eq!(owner(&world, "cognito_sub", sub), older.to_string());
        assert_eq!(
            owner(&world, "email", &format!("{sub}@example.com")),
            older.to_string()
        );
    }
}

#[test]
fn however_long_the_chain_a_losing_id_leads_to_the_root_in_one_more_read() {
    let world = World::new(1);
    let ids: Vec<_> = ["a-sub", "b-sub", "c-sub", "d-sub"]
        .map(|sub| somebody(&world, sub))
        .into();
    join(&world, ids[2], ids[3]);
    join(&world, ids[1], ids[2]);
    join(&world, ids[0], ids[1]);
    let before = world.trace().len();
    assert_eq!(
        world
            .block_on(reader(&world).profile(ids[3]))
            .unwrap()
            .profile_id,
        ids[0]
    );
    assert_eq!(world.trace().len() - before, 2);
}

#[test]
fn joining_twice_is_joining_once() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    let joined = join(&world, a, b);
    let rows = world.rows("profiles");
    assert_eq!(join(&world, b, a), joined);
    assert_eq!(world.rows("profiles"), rows);
}

#[test]
fn ten_identifiers_on_either_side_are_joined_in_one_transaction() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    for id in [a, b] {
        more_identifiers(&world, id, 8);
    }
    let before = world.trace().len();
    join(&world, a, b);
    let calls = world.trace().split_off(before);
    let writes = calls.iter().filter(|call| call.call.is_table_write());
    assert_eq!(writes.count(), 1);
    assert!(calls.len() <= 7, "{} calls", calls.len());
}

pub(crate) fn more_identifiers(world: &World, id: ProfileId, count: usize) {
    for n in 0..count {
        let text = format!("{id}-{n}@example.com");
        let identifier = Identifier::Email(text.parse().unwrap());
        world.put_row(
            "identifiers",
            json!({ "identifier": identifier.key(&key(world)), "profile_id": id, "member": id, "verified": true, "at": "2025-06-01T00:00:00Z" }),
        );
        world.put_row(
            "profiles",
            json!({ "profile_id": id, "part": identifier.part(&key(world)), "value": text, "at": "2025-06-01T00:00:00Z" }),
        );
    }
}

#[test]
fn a_merge_too_large_for_one_transaction_ends_as_one_that_is_not() {
    let end = |limit: usize| {
        let world = World::new(1);
        let ids: Vec<_> = ["a-sub", "b-sub", "c-sub"]
            .map(|sub| somebody(&world, sub))
            .into();
        more_identifiers(&world, ids[2], 12);
        says(&world, ids[1], &json!({ "given_name": "Bob" }));
        let merger = merger(&world).with_transactions_of(limit);
        let merge = |one, other| {
            world
                .block_on(merger.join(one, other, &Grounds::Operator, &cause("merge")))
                .unwrap()
        };
        merge(ids[1], ids[2]);
        let joined = merge(ids[0], ids[1]);
        let one = state(&world);
        let merge_id = joined.merge_id.unwrap();
        world
            .block_on(merger.split(ids[0], merge_id, &cause("split")))
            .unwrap();
        (one, state(&world))
    };
    assert_eq!(end(8), end(100));
}

#[test]
fn an_anonymous_id_does_not_join_two_logins() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    let grounds = Grounds::Identifier {
        kind: IdentifierKind::Anonymous,
        key: "anonymous#1".to_owned(),
        is_verified: false,
        is_blocked: false,
        limits: BTreeMap::new(),
    };
    let joined = world.block_on(merger(&world).join(a, b, &grounds, &cause("browser")));
    assert!(matches!(
        joined,
        Err(MergeError::Refused(Refusal::BothKnown))
    ));
}

#[test]
fn a_preview_writes_nothing_and_says_what_would_be() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    says(&world, a, &json!({ "given_name": "Anne" }));
    let before = world.rows("profiles");
    let preview = world.block_on(merger(&world).preview(b, a)).unwrap();
    let few = merger(&world).reading_at_most(0);
    let uncounted = world.block_on(few.preview(b, a)).unwrap();
    assert_eq!(world.rows("profiles"), before);
    assert_eq!(uncounted.identifiers, None);
    assert_eq!(uncounted.fields, preview.fields);
    assert_eq!(
        (preview.profile_id, preview.absorbed, preview.identifiers),
        (a, Some(b), Some(2))
    );
    let fields: Vec<_> = preview
        .fields
        .iter()
        .map(|change| (change.what, change.from))
        .collect();
    assert_eq!(
        fields,
        [
            (profile::FieldName::Email, b),
            (profile::FieldName::GivenName, a)
        ]
    );
}

#[test]
fn who_was_erased_is_joined_with_nobody() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    world.put_row(
        "profiles",
        json!({ "profile_id": b, "part": "profile", "closed": "erased" }),
    );
    let joined = world.block_on(merger(&world).join(a, b, &Grounds::Operator, &cause("merge")));
    assert!(matches!(
        joined,
        Err(MergeError::Profile(ProfileError::Unknown))
    ));
}

#[test]
fn two_logins_that_prove_the_same_address_are_one_person() {
    let world = World::new(1);
    let shared = json!({ "sub": "a-sub", "email": "jane@example.com", "email_verified": "true" });
    let a = ensure(&world, &shared);
    world.advance(std::time::Duration::from_millis(5));
    let mut other = shared.clone();
    other["sub"] = "b-sub".into();
    assert_eq!(ensure(&world, &other), a);
    assert_eq!(owner(&world, "cognito_sub", "b-sub"), a.to_string());
    let before = world.trace().len();
    assert_eq!(ensure(&world, &other), a);
    assert_eq!(world.trace().len() - before, 1);
}

pub(crate) fn grounds(kind: IdentifierKind, key: &str) -> Grounds {
    Grounds::Identifier {
        kind,
        key: key.to_owned(),
        is_verified: true,
        is_blocked: false,
        limits: BTreeMap::new(),
    }
}

#[test]
fn the_next_visit_costs_what_the_first_one_did_however_many_joined_before() {
    let world = World::new(1);
    let a = somebody(&world, "a-sub");
    let mut costs = Vec::new();
    for n in 0..120_u32 {
        world.advance(std::time::Duration::from_millis(2));
        let visitor =
            crate::identify::visits(&world, &format!("d3b07384d113edec49eaa6238ad5{n:04}"));
        let before = world.trace().len();
        let by = grounds(IdentifierKind::Anonymous, &format!("anonymous#{n}"));
        let joined = world.block_on(merger(&world).join(a, visitor, &by, &cause("visit")));
        assert_eq!(joined.unwrap().profile_id, a);
        costs.push(world.trace().len() - before);
    }
    assert_eq!(costs.first(), costs.last(), "{costs:?}");
    assert!(costs.iter().all(|calls| *calls <= 11), "{costs:?}");
    // The log of all of it comes in pages.
    let log = MergeReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles");
    let (mut found, mut place) = (Vec::new(), None);
    loop {
        let page = world.block_on(log.merges(a, place)).unwrap();
        assert!(page.merges.len() <= 100);
        found.extend(page.merges.into_iter().map(|merge| merge.merge_id));
        // As it comes back from a caller.
        place = page.next.map(|next| next.to_string().parse().unwrap());
        if place.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 120);
    found.dedup();
    assert_eq!(found.len(), 120);
}

fn rules(world: &World, rules: &Value) {
    let mut row = json!({ "tenant": "*", "part": "identifier-rules" });
    for (name, value) in rules.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("directory", row);
}

#[test]
fn two_logins_that_prove_a_blocked_address_stay_two() {
    let world = World::new(1);
    rules(&world, &json!({ "blocked": ["office@example.com"] }));
    let office =
        |sub: &str| json!({ "sub": sub, "email": "office@example.com", "email_verified": "true" });
    let a = ensure(&world, &office("a-sub"));
    world.advance(std::time::Duration::from_millis(5));
    let b = ensure(&world, &office("b-sub"));
    assert_ne!(a, b);
    assert_eq!(owner(&world, "email", "office@example.com"), a.to_string());
    let before = world.trace().len();
    assert_eq!(ensure(&world, &office("b-sub")), b);
    assert_eq!(world.trace().len() - before, 1);
}

#[test]
fn two_who_took_more_than_a_person_takes_stay_two() {
    for (limit, is_one) in [(1, false), (2, true)] {
        let world = World::new(1);
        rules(&world, &json!({ "limits": { "anonymous": limit } }));
        let proven = |sub: &str| json!({ "sub": sub, "email": "jane@example.com", "email_verified": "true" });
        let a = ensure(&world, &json!({ "sub": "a-sub" }));
        world.advance(std::time::Duration::from_millis(5));
        let b = ensure(&world, &json!({ "sub": "b-sub" }));
        crate::identify::visits_again(&world, a, "d3b07384d113edec49eaa6238ad5ff00");
        crate::identify::visits_again(&world, b, "5f0c9a1e7b3d4c6a9e21d84b7f31a0c2");
        ensure(&world, &proven("a-sub"));
        assert_eq!(ensure(&world, &proven("b-sub")) == a, is_one, "{limit}");
    }
}

#[test]
fn while_the_rules_can_not_be_read_nobody_is_joined_and_the_next_sign_in_does_it() {
    let world = World::new(1);
    let proven =
        |sub: &str| json!({ "sub": sub, "email": "jane@example.com", "email_verified": "true" });
    let a = ensure(&world, &proven("a-sub"));
    world.advance(std::time::Duration::from_millis(5));
    let of_the_directory = |call: &testkit::Call| call.subject().starts_with("directory");
    world
        .faults()
        .always(testkit::Fault::Unavailable, of_the_directory);
    assert_ne!(ensure(&world, &proven("b-sub")), a);
    world.faults().heal();
    assert_eq!(ensure(&world, &proven("b-sub")), a);
}
