//! Devices that more than one person uses.

use std::time::Duration;

use identity::{ExternalId, Identifier, ProfileId};
use profile::{MergeError, Refusal, Speaker};
use serde_json::{Value, json};
use testkit::World;

use crate::{
    cause, ensure,
    identify::{DEVICE, device, external, owner, partner, person, says, says_moving, visits},
    key,
    merging::{grounds, merger, somebody},
};

/// The rows of both tables.
fn rows(world: &World) -> [Vec<Value>; 2] {
    ["profiles", "identifiers"].map(|table| world.rows(table))
}

/// Whoever has a login says which device is theirs, and becomes one with whoever was seen on it.
fn signs_in_on(world: &World, member: ProfileId, device: &Identifier) {
    let said = says(world, &person(member), std::slice::from_ref(device));
    if let Some(join) = said.join {
        let by = grounds(join.kind, &join.key);
        let cause = cause("signs in");
        world
            .block_on(merger(world).join(join.one, join.other, &by, &cause))
            .unwrap();
    }
}

#[test]
fn a_device_leads_no_partner_to_the_customer_of_another_tenants() {
    let world = World::new(1);
    let customer = says(&world, &partner("crm"), &[external("C-17"), device(DEVICE)]);
    let quay = Speaker::Partner {
        tenant: "quay".parse().unwrap(),
        partner: "crm".parse().unwrap(),
    };
    assert_eq!(says(&world, &quay, &[device(DEVICE)]).profile_id, None);
    let theirs = Identifier::External(ExternalId::new("quay", "crm", "Q-4").unwrap());
    for _ in 0..2 {
        let said = says(&world, &quay, &[theirs.clone(), device(DEVICE)]);
        assert!(said.profile_id.is_some() && said.profile_id != customer.profile_id);
        assert_eq!(said.join, None);
    }
    let whose = customer.profile_id.map(|id| id.to_string());
    assert_eq!(owner(&world, &device(DEVICE)), whose);
}

#[test]
fn a_person_takes_over_no_partners_customer_with_the_device() {
    let world = World::new(1);
    let customer = says(&world, &partner("crm"), &[external("C-17"), device(DEVICE)]);
    let jane = ensure(&world, &json!({}));
    let said = says(&world, &person(jane), &[device(DEVICE)]);
    assert_eq!((said.profile_id, said.join), (Some(jane), None));
    assert!(said.is_device_taken);
    let whose = customer.profile_id.map(|id| id.to_string());
    assert_eq!(owner(&world, &device(DEVICE)), whose);
}

#[test]
fn a_visitor_who_becomes_a_customer_before_they_are_joined_is_left_apart() {
    let world = World::new(1);
    visits(&world, DEVICE);
    let jane = ensure(&world, &json!({}));
    let join = says(&world, &person(jane), &[device(DEVICE)]).join.unwrap();
    says(&world, &partner("crm"), &[external("C-17"), device(DEVICE)]);
    let by = grounds(join.kind, &join.key);
    let joined = world.block_on(merger(&world).join(join.one, join.other, &by, &cause("late")));
    assert!(matches!(
        joined,
        Err(MergeError::Refused(Refusal::BothKnown))
    ));
}

#[test]
fn on_a_device_of_somebody_with_a_login_each_partner_has_one_visitor_however_often_it_is_seen() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    signs_in_on(&world, jane, &device(DEVICE));
    let [crm, shop] = ["crm", "shop"].map(partner);
    let first = says_moving(&world, &crm, &[device(DEVICE)]);
    let next = Identifier::Anonymous(first.next_device.clone().unwrap());
    assert!(first.profile_id.is_some() && first.profile_id != Some(jane));
    assert!(first.join.is_none() && !first.is_device_taken && next != device(DEVICE));
    assert_eq!(owner(&world, &device(DEVICE)), Some(jane.to_string()));
    let before = rows(&world);
    for _ in 0..3 {
        assert_eq!(says_moving(&world, &crm, &[device(DEVICE)]), first);
        let gone_on = says_moving(&world, &crm, std::slice::from_ref(&next));
        assert_eq!(gone_on.profile_id, first.profile_id);
        assert_eq!(gone_on.next_device, None);
    }
    assert_eq!(rows(&world), before);
    let elsewhere = says_moving(&world, &shop, &[device(DEVICE)]);
    assert_ne!(elsewhere.next_device, first.next_device);
    assert_ne!(elsewhere.profile_id, first.profile_id);
}

#[test]
fn whoever_signs_in_after_a_visit_takes_it_along_by_the_next_id_and_nobody_by_the_old_one() {
    let world = World::new(1);
    let [jane, joan] = ["jane-sub", "joan-sub"].map(|sub| somebody(&world, sub));
    signs_in_on(&world, jane, &device(DEVICE));
    // The oldest of a person's profiles is who they are.
    world.advance(Duration::from_millis(5));
    let visit = says_moving(&world, &partner("crm"), &[device(DEVICE)]);
    let next = Identifier::Anonymous(visit.next_device.unwrap());
    assert!(
        says(&world, &person(joan), &[device(DEVICE)])
            .join
            .is_none()
    );
    signs_in_on(&world, joan, &next);
    assert_eq!(owner(&world, &next), Some(joan.to_string()));
    assert_eq!(owner(&world, &device(DEVICE)), Some(jane.to_string()));
    // Another visitor after her, though the page still goes by the oldest id.
    let later = says_moving(&world, &partner("crm"), &[device(DEVICE)]);
    let latest = Identifier::Anonymous(later.next_device.unwrap());
    assert!(latest != next && later.profile_id != visit.profile_id);
    let by_next = says_moving(&world, &partner("crm"), &[next]);
    assert_eq!(by_next.profile_id, later.profile_id);
}

#[test]
fn a_customer_on_a_device_of_somebody_else_has_one_id_for_it() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    signs_in_on(&world, jane, &device(DEVICE));
    let crm = partner("crm");
    let customers = ["C-17", "C-18"].map(|id| [external(id), device(DEVICE)]);
    let said = customers
        .each_ref()
        .map(|customer| says_moving(&world, &crm, customer));
    let before = rows(&world);
    for (customer, first) in customers.iter().zip(&said) {
        let next = Identifier::Anonymous(first.next_device.clone().unwrap());
        let id = first.profile_id.unwrap().to_string();
        assert_eq!(owner(&world, &next), Some(id));
        assert_eq!(says_moving(&world, &crm, customer), *first);
    }
    assert_ne!(said[0].profile_id, said[1].profile_id);
    assert_ne!(said[0].next_device, said[1].next_device);
    assert_eq!(rows(&world), before);
}

#[test]
fn of_what_was_erased_nothing_is_made_by_another_id_and_the_device_gets_one() {
    let world = World::new(1);
    let mark = json!({ "identifier": device(DEVICE).key(&key(&world)), "erased_at": "2026-01-10T00:00:00Z" });
    world.put_row("identifiers", mark);
    let before = rows(&world);
    let email = Identifier::Email("jane@example.com".parse().unwrap());
    let said = says_moving(&world, &partner("crm"), &[device(DEVICE), email]);
    let next = Identifier::Anonymous(said.next_device.unwrap());
    assert_eq!(said.profile_id, None);
    assert_eq!(rows(&world), before);
    let visit = says_moving(&world, &partner("crm"), &[next]);
    assert!(visit.profile_id.is_some() && visit.next_device.is_none());
}

#[test]
fn a_page_that_keeps_an_old_id_through_many_sign_ins_goes_on_a_few_ids_at_a_time() {
    let world = World::new(1);
    let (crm, mut latest) = (partner("crm"), device(DEVICE));
    for n in 0..7 {
        let member = somebody(&world, &format!("sub-{n}"));
        signs_in_on(&world, member, &latest);
        let visit = says_moving(&world, &crm, std::slice::from_ref(&latest));
        latest = Identifier::Anonymous(visit.next_device.unwrap());
    }
    let before = rows(&world);
    let stale = says_moving(&world, &crm, &[device(DEVICE)]);
    assert_eq!(stale.profile_id, None);
    let on = Identifier::Anonymous(stale.next_device.unwrap());
    let caught_up = says_moving(&world, &crm, &[on]);
    assert_eq!(
        caught_up.next_device.map(Identifier::Anonymous),
        Some(latest)
    );
    assert_eq!(rows(&world), before);
}
