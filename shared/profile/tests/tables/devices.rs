//! Devices that more than one person uses.

use identity::{ExternalId, Identifier};
use profile::{MergeError, Refusal, Speaker};
use serde_json::json;
use testkit::World;

use crate::{
    cause, ensure,
    identify::{DEVICE, device, external, owner, partner, person, says, visits},
    merging::{grounds, merger},
};

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
