//! The directory on a simulated DynamoDB: whose a client is, and for how long that is believed.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use tenancy::{Client, ClientReader, ClientRole};
use testkit::{Fault, World};

fn put(world: &World, tenant: &str, partner: Option<(&str, &str)>) {
    let text = |text: &str| serde_json::Value::from(text);
    let mut row = serde_json::Map::new();
    row.insert("tenant".to_owned(), text("client#web"));
    row.insert("part".to_owned(), text("client"));
    row.insert("owner_tenant".to_owned(), text(tenant));
    if let Some((partner, agreement)) = partner {
        row.insert("partner".to_owned(), text(partner));
        row.insert("agreement".to_owned(), text(agreement));
    }
    world.put_row("directory", row);
}

fn reader(world: &World) -> ClientReader {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    ClientReader::new(&sdk, "directory", world.clock())
}

fn find(world: &World, reader: &ClientReader) -> Option<Client> {
    world.block_on(reader.find(Some("web")))
}

fn tenant(client: Option<Client>) -> String {
    client.unwrap().tenant.to_string()
}

#[test]
fn a_client_belongs_to_a_tenant_and_serves_people_or_a_partner() {
    let world = World::new(1);
    put(&world, "harbour", None);
    let people = find(&world, &reader(&world)).unwrap();
    assert_eq!(people.tenant.as_str(), "harbour");
    assert_eq!(people.role, ClientRole::People);
    put(&world, "harbour", Some(("ferry-line", "timetables")));
    let role = ClientRole::Partner {
        partner: "ferry-line".parse().unwrap(),
        agreement: Some("timetables".parse().unwrap()),
    };
    assert_eq!(find(&world, &reader(&world)).unwrap().role, role);
}

#[test]
fn an_unknown_client_belongs_to_nobody_and_is_asked_for_again() {
    let world = World::new(1);
    let reader = reader(&world);
    assert_eq!(find(&world, &reader), None);
    put(&world, "harbour", None);
    assert_eq!(tenant(find(&world, &reader)), "harbour");
    assert_eq!(world.block_on(reader.find(None)), None);
    assert_eq!(world.trace().len(), 2);
}

#[test]
fn a_client_that_changes_hands_is_seen_to_within_a_minute() {
    let world = World::new(1);
    let reader = reader(&world);
    put(&world, "harbour", None);
    find(&world, &reader);
    put(&world, "airport", None);
    assert_eq!(tenant(find(&world, &reader)), "harbour");
    world.advance(Duration::from_mins(1));
    assert_eq!(tenant(find(&world, &reader)), "airport");
}

#[test]
fn an_older_answer_serves_while_the_directory_is_down() {
    let world = World::new(1);
    let reader = reader(&world);
    put(&world, "harbour", None);
    find(&world, &reader);
    world.advance(Duration::from_hours(5));
    world.faults().always(Fault::BlackHole, |_| true);
    assert_eq!(tenant(find(&world, &reader)), "harbour");
    assert_eq!(find(&world, &self::reader(&world)), None);
}

#[test]
fn whose_a_client_is_now_is_not_told_from_an_older_answer() {
    let world = World::new(1);
    let reader = reader(&world);
    put(&world, "harbour", None);
    let current = || world.block_on(reader.current("web"));
    assert_eq!(tenant(current().unwrap()), "harbour");
    world.faults().always(Fault::BlackHole, |_| true);
    assert_eq!(tenant(current().unwrap()), "harbour");
    world.advance(Duration::from_mins(1));
    assert!(current().is_err());
}

#[test]
fn a_row_that_can_not_be_read_makes_no_tenant() {
    let world = World::new(1);
    put(&world, "Not A Name", None);
    assert_eq!(find(&world, &reader(&world)), None);
}
