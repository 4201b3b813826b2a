use std::collections::BTreeMap;

use profile::{FieldName, ProfileError, ProfilePatch};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::World;

use crate::{cause, ensure, keyed, reader, told, writer};

/// A patch of some of three fields: a text or null.
fn patch() -> impl Strategy<Value = BTreeMap<&'static str, Option<String>>> {
    let field = prop::sample::select(vec!["given_name", "family_name", "display_name"]);
    let text = prop::option::of("[A-C]".prop_map(String::from));
    prop::collection::btree_map(field, text, 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against a plain map. Some patches come on a version that is not the last.
    #[test]
    fn patches_do_to_the_table_what_they_do_to_a_map(patches in prop::collection::vec((patch(), 0_u64..2), 1..8)) {
        let world = World::new(1);
        let id = ensure(&world, &json!({}));
        let (mut model, mut version) = (BTreeMap::new(), 1);
        for (n, (patch, behind)) in patches.into_iter().enumerate() {
            let body = serde_json::to_vec(&patch).unwrap();
            let parsed = ProfilePatch::parse(&body).unwrap();
            let request = cause(&format!("request {n}"));
            let outcome = world.block_on(writer(&world).patch(id, version - behind, parsed, None, &request));
            if behind > 0 {
                prop_assert!(matches!(outcome, Err(ProfileError::Stale)));
                continue;
            }
            let before = model.clone();
            for (field, text) in patch {
                match text {
                    Some(text) => drop(model.insert(field, text)),
                    None => drop(model.remove(field)),
                }
            }
            version += u64::from(model != before);
            prop_assert_eq!(outcome.unwrap().version, version);
        }
        let profile = world.block_on(reader(&world).profile(id)).unwrap();
        for field in [FieldName::GivenName, FieldName::FamilyName, FieldName::DisplayName] {
            prop_assert_eq!(profile.text(field), model.get(field.as_str()).map(String::as_str));
        }
        let versions: Vec<u64> = told(&world).into_iter().map(|(version, _)| version).collect();
        prop_assert_eq!(versions, (1..=version).collect::<Vec<_>>());
    }
}

#[test]
fn a_request_that_was_applied_before_is_answered_the_same() {
    let world = World::new(1);
    let id = ensure(&world, &json!({}));
    let apply = |request: &str| {
        let patch = ProfilePatch::parse(br#"{"given_name":"Jane"}"#).unwrap();
        world.block_on(writer(&world).patch(id, 1, patch, None, &cause(request)))
    };
    let first = apply("request 1").unwrap();
    assert_eq!(apply("request 1").unwrap(), first);
    assert!(matches!(apply("request 2"), Err(ProfileError::Stale)));
    assert_eq!(told(&world).len(), 2);
}

#[test]
fn parts_come_in_the_order_they_are_asked_for() {
    let world = World::new(1);
    let id = ensure(&world, &json!({}));
    let sdk = world.sdk_config(&lambda_kit::aws::CallBudget::BATCH);
    let parts = profile::PartsReader::new(&sdk, "profiles");
    let own = format!("identifier#{}", keyed(&world, "cognito_sub", "jane-sub"));
    let asked = ["nothing", own.as_str(), "profile"];
    let found = world.block_on(parts.parts(id, asked)).unwrap();
    let names = found.map(|part| part.map(|part| part.read::<Value>().unwrap()["part"].clone()));
    assert_eq!(names, [None, Some(json!(asked[1])), Some(json!("profile"))]);
}
