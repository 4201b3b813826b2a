//! What tenants call people.

use std::{collections::BTreeSet, time::Duration};

use identity::{ExternalId, Identifier, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{
    Assertion, Grounds, IdentifierRules, IdentifyStore, Merger, ProfilePatch, SegmentsReader,
    Speaker,
};
use serde_json::Value;
use tenancy::Segment;
use testkit::World;

use crate::{cause, key};

/// The CRM of `tenant` says what the person of its customer number is called.
fn says(world: &World, tenant: &str, number: &str, segments: &[&str]) -> ProfileId {
    world.advance(Duration::from_millis(5));
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let (clock, ids) = (world.clock(), world.ids());
    let store = IdentifyStore::new(&sdk, "profiles", "identifiers", key(world), clock, ids);
    let assertion = Assertion {
        speaker: Speaker::Partner {
            tenant: tenant.parse().unwrap(),
            partner: "crm".parse().unwrap(),
        },
        identifiers: vec![Identifier::External(
            ExternalId::new(tenant, "crm", number).unwrap(),
        )],
        traits: ProfilePatch::default(),
        segments: Some(segments.iter().map(|name| name.parse().unwrap()).collect()),
        said_at: None,
    };
    let rules = IdentifierRules::default();
    let identified = world.block_on(store.identify(&assertion, &rules, &cause("said")));
    identified.unwrap().profile_id.unwrap()
}

/// What `tenant` calls the person of `root` now.
fn called(world: &World, root: ProfileId, tenant: &str) -> Vec<String> {
    let reader = SegmentsReader::new(&world.sdk_config(&CallBudget::HTTP), "profiles");
    let tenants = BTreeSet::from([tenant.parse().unwrap()]);
    let latest = world.block_on(reader.latest(root, &tenants)).unwrap();
    let words = latest.into_values().flat_map(|word| word.segments);
    words.map(|segment: Segment| segment.to_string()).collect()
}

#[test]
fn each_list_takes_the_place_of_the_one_before_and_said_again_changes_nothing() {
    let world = World::new(1);
    let jane = says(&world, "harbour", "C-17", &["regulars", "trade"]);
    assert_eq!(called(&world, jane, "harbour"), ["regulars", "trade"]);
    let rows = world.rows("profiles");
    says(&world, "harbour", "C-17", &["trade", "regulars"]);
    assert_eq!(world.rows("profiles"), rows);
    says(&world, "harbour", "C-17", &["trade"]);
    assert_eq!(called(&world, jane, "harbour"), ["trade"]);
    says(&world, "harbour", "C-17", &[]);
    assert_eq!(called(&world, jane, "harbour"), Vec::<String>::new());
    let told: Vec<Value> = world
        .rows("profiles")
        .iter()
        .filter_map(|row| serde_json::from_str(row["event"].as_str()?).ok())
        .filter(|event: &Value| event["data"]["changed"] == serde_json::json!(["segments"]))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_tenant_s_word_is_no_other_tenant_s() {
    let world = World::new(1);
    let jane = says(&world, "harbour", "C-17", &["regulars"]);
    assert_eq!(called(&world, jane, "port"), Vec::<String>::new());
}

#[test]
fn the_latest_word_of_all_members_counts_and_goes_with_its_member() {
    let world = World::new(1);
    let jane = says(&world, "harbour", "C-17", &["regulars"]);
    let joan = says(&world, "harbour", "C-18", &["trade"]);
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let (clock, ids) = (world.clock(), world.ids());
    let merger = Merger::new(&sdk, "profiles", "identifiers", clock, ids);
    let joined = world.block_on(merger.join(joan, jane, &Grounds::Operator, &cause("merge")));
    let joined = joined.unwrap();
    assert_eq!(called(&world, jane, "harbour"), ["trade"]);
    // Said again of the other member, it is the latest word.
    says(&world, "harbour", "C-17", &["regulars"]);
    assert_eq!(called(&world, jane, "harbour"), ["regulars"]);
    let merge_id = joined.merge_id.unwrap();
    let parted = world.block_on(merger.split(jane, merge_id, &cause("split")));
    let parted = parted.unwrap();
    assert_eq!(called(&world, parted.profile_id, "harbour"), ["regulars"]);
    assert_eq!(called(&world, parted.restored, "harbour"), ["trade"]);
}
