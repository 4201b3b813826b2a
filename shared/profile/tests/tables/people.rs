use identity::{Identifier, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{Found, IdentifierBatchReader, PartsReader, Pointed, ProfileError, Record};
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{key, keyed};

const PART: &str = "consent#harbour#newsletter";

fn id(n: usize) -> ProfileId {
    format!("prf_{n:032x}").parse().unwrap()
}

fn put(world: &World, n: usize, differing: &Value) {
    let mut row = json!({
        "profile_id": id(n),
        "part": "profile",
        "version": n,
        "fields": {},
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("profiles", row);
    world.put_row(
        "profiles",
        json!({ "profile_id": id(n), "part": PART, "whose": id(n) }),
    );
}

fn try_people(world: &World, ids: &[usize]) -> Result<Vec<Found>, ProfileError> {
    let reader = PartsReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles");
    let ids: Vec<ProfileId> = ids.iter().map(|n| id(*n)).collect();
    world.block_on(reader.people(&ids, PART))
}

/// Who was found, what there is of them, and whose the part is.
fn people(world: &World, ids: &[usize]) -> Vec<(ProfileId, &'static str, Option<ProfileId>)> {
    let found = try_people(world, ids).unwrap().into_iter();
    found
        .map(|found| {
            let record = match found.record {
                Record::Live(profile) if profile.profile_id == found.profile_id => "live",
                Record::Live(_) => "another's",
                Record::Settling => "settling",
                Record::Erased => "erased",
                Record::Unknown => "unknown",
            };
            let part: Option<Value> = found.part.map(|part| part.read().unwrap());
            let whose = part.map(|part| part["whose"].as_str().unwrap().parse().unwrap());
            (found.profile_id, record, whose)
        })
        .collect()
}

#[test]
fn everybody_is_found_in_order_by_their_root_and_with_their_part() {
    let world = World::new(1);
    put(&world, 1, &json!({}));
    put(
        &world,
        2,
        &json!({ "closed": "merged", "merged_into": id(1) }),
    );
    put(&world, 3, &json!({ "closed": "settling" }));
    put(&world, 4, &json!({ "closed": "erasing" }));
    put(
        &world,
        5,
        &json!({ "closed": "merged", "merged_into": id(2) }),
    );
    assert_eq!(
        people(&world, &[6, 2, 1, 4, 3, 2, 5]),
        [
            (id(6), "unknown", None),
            (id(1), "live", Some(id(1))),
            (id(1), "live", Some(id(1))),
            (id(4), "erased", Some(id(4))),
            (id(3), "settling", Some(id(3))),
            (id(1), "live", Some(id(1))),
            (id(2), "settling", Some(id(2))),
        ]
    );
}

#[test]
fn many_people_cost_a_call_for_each_fifty_and_one_more_for_those_who_were_merged() {
    let world = World::new(1);
    for n in 1..=60 {
        put(&world, n, &json!({}));
    }
    let everybody: Vec<usize> = (1..=60).collect();
    assert_eq!(people(&world, &everybody).len(), 60);
    assert_eq!(world.trace().len(), 2);
    put(
        &world,
        70,
        &json!({ "closed": "merged", "merged_into": id(69) }),
    );
    put(&world, 69, &json!({}));
    assert_eq!(people(&world, &[70]), [(id(69), "live", Some(id(69)))]);
    assert_eq!(world.trace().len(), 4);
}

#[test]
fn what_a_call_left_out_is_asked_for_again() {
    let world = World::new(1);
    put(&world, 1, &json!({}));
    put(&world, 2, &json!({}));
    world.faults().at(1, Fault::HalfApply);
    assert_eq!(people(&world, &[1, 2]).len(), 2);
    assert_eq!(world.trace().len(), 2);
}

#[test]
fn a_row_that_can_not_be_read_is_an_error_and_nobody() {
    let world = World::new(1);
    put(&world, 1, &json!({ "version": "one" }));
    let found = try_people(&world, &[1]);
    assert!(matches!(found, Err(ProfileError::Malformed)), "{found:?}");
}

#[test]
fn what_stands_behind_identifiers_is_told_in_their_order() {
    let world = World::new(1);
    let row = |text: &str, differing: Value| {
        let mut row = json!({ "identifier": keyed(&world, "email", text), "verified": true });
        for (name, value) in differing.as_object().unwrap() {
            row[name] = value.clone();
        }
        world.put_row("identifiers", row);
    };
    row(
        "jane@example.com",
        json!({ "profile_id": id(1), "member": id(2) }),
    );
    row(
        "gone@example.com",
        json!({ "erased_at": "2026-01-01T00:00:00Z" }),
    );
    let reader = IdentifierBatchReader::new(
        &world.sdk_config(&CallBudget::HTTP),
        "identifiers",
        key(&world),
    );
    let asked = ["gone", "nobody", "jane", "gone"]
        .map(|name| Identifier::Email(format!("{name}@example.com").parse().unwrap()));
    let asked: Vec<&Identifier> = asked.iter().collect();
    let found = world.block_on(reader.find(&asked)).unwrap();
    assert_eq!(found[0], Some(Pointed::Erased));
    assert_eq!(found[1], None);
    assert!(matches!(&found[2], Some(Pointed::At(owner)) if owner.profile_id == id(1)));
    assert_eq!(found[3], Some(Pointed::Erased));
    assert_eq!(world.trace().len(), 1);
    assert!(world.block_on(reader.find(&[])).unwrap().is_empty());
    assert_eq!(world.trace().len(), 1);
}
