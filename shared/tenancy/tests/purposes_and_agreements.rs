//! Purposes, agreements and partners on a simulated DynamoDB: what is absent, what can't be read,
//! and for how long an answer is believed.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use std::{sync::Arc, time::Duration};

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::{
    Agreement, AgreementReader, DirectoryError, Page, PartnerId, PartnerNameReader, PartnerReader,
    PurposeReader, Purposes, TenantId,
};
use testkit::{Fault, World};

fn harbour() -> TenantId {
    "harbour".parse().unwrap()
}

fn purpose(name: &str, basis: &str) -> Value {
    json!({
        "tenant": "harbour",
        "part": format!("purpose#{name}"),
        "display_name": name,
        "legal_basis": basis,
        "text_versions": ["2026-01"],
        "valid_for_days": 365,
        "sale_or_sharing": false,
    })
}

fn agreement(groups: &[&str]) -> Value {
    json!({
        "tenant": "harbour",
        "part": "agreement#deliveries",
        "partner": "chandlery",
        "terms": { "customer-service": groups },
        "valid_until": "2027-01-01T00:00:00Z",
    })
}

fn purposes_of(world: &World) -> PurposeReader {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    PurposeReader::new(&sdk, "directory", world.clock())
}

fn agreements_of(world: &World) -> AgreementReader {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    AgreementReader::new(&sdk, "directory", world.clock())
}

fn all(world: &World, reader: &PurposeReader) -> Result<Arc<Purposes>, DirectoryError> {
    world.block_on(reader.all(&harbour()))
}

fn find(world: &World, reader: &AgreementReader) -> Result<Option<Arc<Agreement>>, DirectoryError> {
    world.block_on(reader.find(&harbour(), &"deliveries".parse().unwrap()))
}

#[test]
fn a_tenants_purposes_are_read_at_once_and_no_others() {
    let world = World::new(1);
    world.put_row("directory", purpose("newsletter", "consent"));
    world.put_row("directory", purpose("customer-service", "contract"));
    world.put_row("directory", agreement(&["names"]));
    let mut elsewhere = purpose("survey", "consent");
    elsewhere["tenant"] = json!("airport");
    world.put_row("directory", elsewhere);

    let purposes = all(&world, &purposes_of(&world)).unwrap();
    let names: Vec<&str> = purposes.iter().map(|p| p.purpose().as_str()).collect();
    assert_eq!(names, ["customer-service", "newsletter"]);
    assert_eq!(purposes.get(&"survey".parse().unwrap()), None);
    assert_eq!(world.trace().len(), 1);
}

#[test]
fn purposes_over_many_pages_are_all_there() {
    let world = World::new(1);
    // DynamoDB answers with a megabyte at most.
    let texts: Vec<String> = (0..100).map(|n| format!("{n:064}")).collect();
    for n in 0..200 {
        let mut row = purpose(&format!("p{n:03}"), "consent");
        row["text_versions"] = json!(texts);
        world.put_row("directory", row);
    }
    let purposes = all(&world, &purposes_of(&world)).unwrap();
    assert_eq!(purposes.iter().count(), 200);
    assert!(world.trace().len() > 1);
}

#[test]
fn more_purposes_than_a_tenant_may_have_are_refused() {
    let world = World::new(1);
    for n in 0..=Purposes::MOST {
        world.put_row("directory", purpose(&format!("p{n:03}"), "consent"));
    }
    let answer = all(&world, &purposes_of(&world));
    assert!(matches!(answer, Err(DirectoryError::TooMany)), "{answer:?}");
}

#[test]
fn one_purpose_that_can_not_be_read_is_an_error_and_not_left_out() {
    let world = World::new(1);
    world.put_row("directory", purpose("newsletter", "consent"));
    world.put_row("directory", purpose("survey", "whim"));
    let answer = all(&world, &purposes_of(&world));
    assert!(
        matches!(answer, Err(DirectoryError::Malformed)),
        "{answer:?}"
    );
}

#[test]
fn an_absent_agreement_is_told_apart_from_one_that_can_not_be_read() {
    let world = World::new(1);
    assert!(matches!(find(&world, &agreements_of(&world)), Ok(None)));
    world.put_row("directory", agreement(&["secrets"]));
    let answer = find(&world, &agreements_of(&world));
    assert!(
        matches!(answer, Err(DirectoryError::Malformed)),
        "{answer:?}"
    );
    world.put_row("directory", agreement(&["names", "contacts"]));
    let found = find(&world, &agreements_of(&world)).unwrap().unwrap();
    assert_eq!(found.partner().as_str(), "chandlery");
    world.faults().always(Fault::BlackHole, |_| true);
    let answer = find(&world, &agreements_of(&world));
    assert!(
        matches!(answer, Err(DirectoryError::Service(_))),
        "{answer:?}"
    );
}

#[test]
fn an_answer_serves_for_a_minute_and_no_longer_not_even_while_the_directory_is_down() {
    let world = World::new(1);
    let (purposes, agreements) = (purposes_of(&world), agreements_of(&world));
    world.put_row("directory", purpose("newsletter", "consent"));
    world.put_row("directory", agreement(&["names"]));
    all(&world, &purposes).unwrap();
    find(&world, &agreements).unwrap();
    world.faults().always(Fault::BlackHole, |_| true);
    world.advance(Duration::from_secs(59));
    assert_eq!(all(&world, &purposes).unwrap().iter().count(), 1);
    assert!(find(&world, &agreements).unwrap().is_some());
    world.advance(Duration::from_secs(1));
    assert!(all(&world, &purposes).is_err());
    assert!(find(&world, &agreements).is_err());
}

#[test]
fn an_agreement_that_is_made_is_seen_at_once_and_one_that_changes_within_a_minute() {
    let world = World::new(1);
    let reader = agreements_of(&world);
    assert!(find(&world, &reader).unwrap().is_none());
    world.put_row("directory", agreement(&["names"]));
    let groups = |world: &World| find(world, &reader).unwrap().unwrap().terms().len();
    assert_eq!(groups(&world), 1);
    let mut wider = agreement(&["names"]);
    wider["terms"]["survey"] = json!(["contacts"]);
    world.put_row("directory", wider);
    assert_eq!(groups(&world), 1);
    world.advance(Duration::from_mins(1));
    assert_eq!(groups(&world), 2);
}

#[test]
fn a_partner_has_a_name_that_people_read() {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = PartnerReader::new(&sdk, "directory", world.clock());
    let partner = "chandlery".parse().unwrap();
    let find = || world.block_on(reader.find(&harbour(), &partner)).unwrap();
    assert_eq!(find(), None);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "partner#chandlery",
            "display_name": "The Chandlery",
        }),
    );
    assert_eq!(find().unwrap().display_name.as_str(), "The Chandlery");
}

/// A page of the harbour's partners, and whether there are more.
fn partners_of(world: &World, first: Option<&str>) -> (Vec<String>, bool) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = PartnerNameReader::new(&sdk, "directory");
    let first: Option<PartnerId> = first.map(|name| name.parse().unwrap());
    let page = world.block_on(reader.page(&harbour(), first.as_ref()));
    let Page { items, next } = page.unwrap();
    (
        items.iter().map(ToString::to_string).collect(),
        next.is_some(),
    )
}

#[test]
fn a_tenants_partners_are_named_from_one_of_them_on_and_nothing_else_is() {
    let world = World::new(1);
    for (tenant, part) in [
        ("harbour", "partner#chandlery"),
        ("harbour", "partner#ferry-line"),
        ("harbour", "partner-client#chandlery#pcl_1"),
        ("harbour", "purpose#newsletter"),
        ("harbour", "tenant"),
        ("airport", "partner#duty-free"),
    ] {
        let row = json!({ "tenant": tenant, "part": part, "display_name": "A name" });
        world.put_row("directory", row);
    }
    let named = |first| partners_of(&world, first).0;
    assert_eq!(named(None), ["chandlery", "ferry-line"]);
    assert_eq!(named(Some("chandlery")), ["chandlery", "ferry-line"]);
    assert_eq!(named(Some("diner")), ["ferry-line"]);
    assert_eq!(named(Some("pilots")), [""; 0]);
}

#[test]
fn a_tenants_partners_are_named_fifty_at_a_time() {
    let world = World::new(1);
    for n in 0..60 {
        let part = format!("partner#shop-{n:02}");
        let row = json!({ "tenant": "harbour", "part": part, "display_name": "A shop" });
        world.put_row("directory", row);
    }
    let (names, has_more) = partners_of(&world, None);
    assert_eq!((names.len(), has_more), (50, true));
    let (names, has_more) = partners_of(&world, names.last().map(String::as_str));
    assert_eq!((names.len(), has_more), (11, false));
}
