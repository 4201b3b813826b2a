//! Devices that more than one person uses.

use identity::{ExternalId, Identifier};
use profile::Speaker;
use testkit::World;

use crate::identify::{DEVICE, device, external, owner, partner, says};

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
