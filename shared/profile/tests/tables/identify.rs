//! What people and partners say about who somebody is.

use identity::{ExternalId, Identifier, ProfileId};
use profile::{
    Assertion, FieldName, Identified, IdentifierRules, IdentifyStore, ProfileError, ProfilePatch,
    RulesDefinition, Speaker,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::World;

use crate::{cause, ensure, identifiers, key, reader};

const ADDRESS: &str = "jane@example.com";
pub(crate) const DEVICE: &str = "d3b07384d113edec49eaa6238ad5ff00";

fn identify_store(world: &World) -> IdentifyStore {
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::HTTP);
    let (clock, ids) = (world.clock(), world.ids());
    IdentifyStore::new(&sdk, "profiles", "identifiers", key(world), clock, ids)
}

pub(crate) fn partner(name: &str) -> Speaker {
    Speaker::Partner {
        tenant: "harbour".parse().unwrap(),
        partner: name.parse().unwrap(),
    }
}

pub(crate) fn person(id: ProfileId) -> Speaker {
    Speaker::Person {
        profile_id: id,
        member: id,
        tenant: None,
    }
}

pub(crate) fn external(id: &str) -> Identifier {
    Identifier::External(ExternalId::new("harbour", "crm", id).unwrap())
}

pub(crate) fn device(id: &str) -> Identifier {
    Identifier::Anonymous(id.parse().unwrap())
}

fn email() -> Identifier {
    Identifier::Email(ADDRESS.parse().unwrap())
}

/// That `identifiers` belong to one person.
fn said(speaker: &Speaker, identifiers: &[Identifier]) -> Assertion {
    Assertion {
        speaker: speaker.clone(),
        identifiers: identifiers.to_vec(),
        traits: ProfilePatch::default(),
        segments: None,
        said_at: None,
    }
}

/// The same on a device that goes on by another id if its own is somebody else's.
pub(crate) fn says_moving(
    world: &World,
    speaker: &Speaker,
    identifiers: &[Identifier],
) -> Identified {
    let (store, rules) = (identify_store(world), IdentifierRules::default());
    let said = said(speaker, identifiers);
    world
        .block_on(store.identify_moving(&said, &rules, &cause("said")))
        .unwrap()
}

fn says_under(
    world: &World,
    rules: &IdentifierRules,
    speaker: &Speaker,
    identifiers: &[Identifier],
    traits: &Value,
) -> Result<Identified, ProfileError> {
    let assertion = Assertion {
        traits: ProfilePatch::parse(traits.to_string().as_bytes()).unwrap(),
        ..said(speaker, identifiers)
    };
    world.block_on(identify_store(world).identify(&assertion, rules, &cause("said")))
}

pub(crate) fn says(world: &World, speaker: &Speaker, identifiers: &[Identifier]) -> Identified {
    let rules = IdentifierRules::default();
    says_under(world, &rules, speaker, identifiers, &json!({})).unwrap()
}

/// Somebody of whom nothing is known but their device.
pub(crate) fn visits(world: &World, on: &str) -> ProfileId {
    let said = says(world, &partner("crm"), &[device(on)]);
    said.profile_id.unwrap()
}

/// Whoever has a login uses another device.
pub(crate) fn visits_again(world: &World, member: ProfileId, on: &str) {
    says(world, &person(member), &[device(on)]);
}

fn row(world: &World, identifier: &Identifier) -> Option<Value> {
    let key = identifier.key(&key(world));
    let mut rows = world.rows("identifiers");
    rows.retain(|row| row["identifier"] == key);
    rows.pop()
}

pub(crate) fn owner(world: &World, identifier: &Identifier) -> Option<String> {
    Some(row(world, identifier)?["profile_id"].as_str()?.to_owned())
}

/// The types of the events in the outbox.
fn events(world: &World) -> Vec<String> {
    let rows = world.rows("profiles");
    let mut events: Vec<(u64, String)> = rows
        .iter()
        .filter_map(|row| serde_json::from_str::<Value>(row["event"].as_str()?).ok())
        .map(|event| {
            let version = event["data"]["version"].as_u64().unwrap();
            (version, event["type"].as_str().unwrap().to_owned())
        })
        .collect();
    events.sort();
    events.into_iter().map(|(_, kind)| kind).collect()
}

#[test]
fn a_visitor_gets_a_profile_that_grows_as_more_is_said() {
    let world = World::new(1);
    let crm = partner("crm");
    let first = says(&world, &crm, &[device(DEVICE)]).profile_id.unwrap();
    let second = says(&world, &crm, &[external("C-17"), device(DEVICE), email()]);
    assert_eq!(second.profile_id, Some(first));
    let rules = IdentifierRules::default();
    let traits = json!({ "given_name": "Jane" });
    says_under(&world, &rules, &crm, &[external("C-17")], &traits).unwrap();
    let profile = world.block_on(reader(&world).profile(first)).unwrap();
    assert_eq!(profile.text(FieldName::GivenName), Some("Jane"));
    assert_eq!(profile.text(FieldName::Email), Some(ADDRESS));
    assert_eq!(profile.proven(FieldName::Email), None);
    assert_eq!(
        events(&world),
        ["created", "identified", "updated"].map(|e| format!("dev.fairlead.profile.{e}.v1"))
    );
    let (keys, own) = identifiers(&world);
    assert_eq!((keys.len(), own), (3, keys));
}

#[test]
fn saying_it_again_changes_nothing() {
    let world = World::new(1);
    let said = [external("C-17"), device(DEVICE), email()];
    let rules = IdentifierRules::default();
    let say = || {
        let traits = json!({ "given_name": "Jane" });
        says_under(&world, &rules, &partner("crm"), &said, &traits).unwrap()
    };
    let first = say();
    let tables = ["profiles", "identifiers"].map(|table| world.rows(table));
    assert_eq!(say(), first);
    assert_eq!(says(&world, &partner("crm"), &[email()]), first);
    assert_eq!(
        ["profiles", "identifiers"].map(|table| world.rows(table)),
        tables
    );
}

#[test]
fn a_proof_displaces_a_word() {
    for said in [vec![email()], vec![external("C-17"), email()]] {
        let world = World::new(1);
        let other = says(&world, &partner("crm"), &said).profile_id.unwrap();
        assert_eq!(row(&world, &email()).unwrap()["verified"], false);
        let jane = ensure(
            &world,
            &json!({ "email": ADDRESS, "email_verified": "true" }),
        );
        assert_ne!(jane, other);
        let now = row(&world, &email()).unwrap();
        assert_eq!(now["profile_id"], jane.to_string());
        assert_eq!(now["verified"], true);
        assert_eq!(now.get("asserted_by"), None);
        let (keys, own) = identifiers(&world);
        let mut own = own;
        own.sort();
        assert_eq!(keys, own);
    }
}

#[test]
fn whoever_proves_what_was_said_of_them_has_it_proven() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    world.put_row(
        "identifiers",
        json!({ "identifier": email().key(&key(&world)), "profile_id": jane, "member": jane, "verified": false }),
    );
    world.put_row(
        "profiles",
        json!({ "profile_id": jane, "part": email().part(&key(&world)), "value": ADDRESS }),
    );
    ensure(
        &world,
        &json!({ "email": ADDRESS, "email_verified": "true" }),
    );
    assert_eq!(row(&world, &email()).unwrap()["verified"], true);
    assert_eq!(owner(&world, &email()), Some(jane.to_string()));
}

#[test]
fn a_word_displaces_nobody_and_leads_nowhere() {
    let world = World::new(1);
    let jane = ensure(
        &world,
        &json!({ "email": ADDRESS, "email_verified": "true" }),
    );
    let tables = ["profiles", "identifiers"].map(|table| world.rows(table));
    assert_eq!(says(&world, &partner("crm"), &[email()]).profile_id, None);
    assert_eq!(
        ["profiles", "identifiers"].map(|table| world.rows(table)),
        tables
    );
    let customer = says(&world, &partner("crm"), &[external("C-17"), email()]);
    assert_ne!(customer.profile_id, Some(jane));
    assert_eq!(owner(&world, &email()), Some(jane.to_string()));
}

#[test]
fn what_one_partner_said_leads_no_other_there() {
    let world = World::new(1);
    let first = says(&world, &partner("crm"), &[email()]).profile_id;
    assert_eq!(says(&world, &partner("shop"), &[email()]).profile_id, None);
    assert_eq!(says(&world, &partner("crm"), &[email()]).profile_id, first);
}

#[test]
fn a_device_joins_the_person_who_logs_in_on_it() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    let free = says(&world, &person(jane), &[device(DEVICE)]);
    assert_eq!((free.profile_id, free.join), (Some(jane), None));
    assert_eq!(owner(&world, &device(DEVICE)), Some(jane.to_string()));
    assert_eq!(events(&world).len(), 2);
}

#[test]
fn a_visitor_who_logs_in_is_to_be_made_one_with_their_visits() {
    let world = World::new(1);
    let visitor = says(&world, &partner("crm"), &[device(DEVICE)]).profile_id;
    let jane = ensure(&world, &json!({}));
    let join = says(&world, &person(jane), &[device(DEVICE)]).join.unwrap();
    assert_eq!((join.one, Some(join.other)), (jane, visitor));
    assert_eq!(join.key, device(DEVICE).key(&key(&world)));
}

#[test]
fn on_a_shared_device_the_next_person_gets_an_id_of_their_own() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    let joan = ensure(&world, &json!({ "sub": "joan-sub" }));
    says(&world, &person(jane), &[device(DEVICE)]);
    let taken = says(&world, &person(joan), &[device(DEVICE)]);
    assert!(taken.is_device_taken && taken.join.is_none());
    let rules = IdentifierRules::default();
    let reissue = || {
        let (store, said) = (
            identify_store(&world),
            said(&person(joan), &[device(DEVICE)]),
        );
        world
            .block_on(store.reissue(&said, &rules, &cause("again")))
            .unwrap()
    };
    let fresh = reissue();
    let rows = world.rows("profiles");
    assert_eq!(reissue(), fresh);
    assert_eq!(world.rows("profiles"), rows);
    let fresh = Identifier::Anonymous(fresh);
    assert_eq!(owner(&world, &fresh), Some(joan.to_string()));
    assert_eq!(owner(&world, &device(DEVICE)), Some(jane.to_string()));
}

#[test]
fn nobody_is_brought_back_by_a_partner() {
    for identifier in [external("C-17"), device(DEVICE), email()] {
        let world = World::new(1);
        let mark = json!({ "identifier": identifier.key(&key(&world)), "erased_at": "2026-01-10T00:00:00Z" });
        world.put_row("identifiers", mark.clone());
        let said = [external("C-17"), device(DEVICE), email()];
        assert_eq!(says(&world, &partner("crm"), &said).profile_id, None);
        assert_eq!(world.rows("profiles"), Vec::<Value>::new());
        assert_eq!(world.rows("identifiers"), [mark]);
    }
}

#[test]
fn a_profile_takes_as_many_as_the_rules_allow_and_no_more() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    let rules: RulesDefinition =
        serde_json::from_value(json!({ "limits": { "anonymous": 2 } })).unwrap();
    let rules = IdentifierRules::from(rules);
    for n in 0..4 {
        let device = device(&format!("{DEVICE}-{n}"));
        let said = says_under(
            &world,
            &rules,
            &person(jane),
            std::slice::from_ref(&device),
            &json!({}),
        );
        assert_eq!(said.unwrap().profile_id, Some(jane));
        assert_eq!(owner(&world, &device).is_some(), n < 2, "{n}");
    }
}

#[test]
fn ten_thousand_identifiers_cost_no_more_than_one() {
    let world = World::new(1);
    let jane = ensure(&world, &json!({}));
    let key = key(&world);
    let cost = |n: u32| {
        let before = world.trace().len();
        says(&world, &person(jane), &[device(&format!("{DEVICE}-{n}"))]);
        world.trace().len() - before
    };
    let first = cost(0);
    for n in 1..10_000 {
        let device = device(&format!("{DEVICE}-{n}"));
        world.put_row(
            "identifiers",
            json!({ "identifier": device.key(&key), "profile_id": jane, "member": jane, "verified": true }),
        );
        world.put_row(
            "profiles",
            json!({ "profile_id": jane, "part": device.part(&key), "value": device.value() }),
        );
    }
    assert_eq!(cost(10_000), first);
    assert_eq!(cost(5_000), first - 1, "it is known: nothing is written");
    assert_eq!(world.rows("identifiers").len(), 10_002);
}

/// One thing that is said: by whom, and which identifiers.
fn sayings() -> impl Strategy<Value = Vec<(usize, u8)>> {
    prop::collection::vec((0..4_usize, 1_u8..8), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_said_both_tables_agree_and_a_proof_stays(sayings in sayings(), seed in any::<u64>()) {
        let world = World::new(seed);
        let jane = ensure(&world, &json!({ "email": ADDRESS, "email_verified": "true" }));
        let joan = ensure(&world, &json!({ "sub": "joan-sub" }));
        let speakers = [partner("crm"), partner("shop"), person(jane), person(joan)];
        for (speaker, which) in sayings {
            let all = if speaker < 2 {
                let shop = Identifier::External(ExternalId::new("harbour", "shop", "1").unwrap());
                vec![if speaker == 0 { external("1") } else { shop }, device(DEVICE), email()]
            } else {
                vec![device(DEVICE)]
            };
            let said: Vec<_> = all.into_iter().enumerate().filter(|(n, _)| which >> n & 1 == 1).map(|(_, i)| i).collect();
            let rules = IdentifierRules::default();
            says_under(&world, &rules, &speakers[speaker], &said, &json!({})).unwrap();
            let (keys, mut own) = identifiers(&world);
            own.sort();
            prop_assert_eq!(keys, own);
            prop_assert_eq!(owner(&world, &email()), Some(jane.to_string()));
        }
    }
}
