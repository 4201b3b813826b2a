use std::collections::BTreeMap;

use identity_pre_token_generation::handle;
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use testkit::{Service, World};

use crate::{
    CLIENT, LIMIT, answer, app, claims, machine, parts, person, person_v1, person_v2, world,
};

#[test]
fn the_first_version_adds_claims_to_the_id_token_and_keeps_the_groups() {
    let world = world(1);
    let event = person_v1();
    let answer = answer(&world, &app(&world), &event);
    let details = &answer["response"]["claimsOverrideDetails"];
    let claims = &details["claimsToAddOrOverride"];
    assert_eq!(claims["fairlead:tenant"], "harbour");
    assert_eq!(
        claims["fairlead:profile"],
        parts(&world, "profile")[0]["profile_id"]
    );
    assert_eq!(
        details["groupOverrideDetails"],
        event["request"]["groupConfiguration"]
    );
}

#[test]
fn later_versions_add_the_same_claims_to_both_tokens_and_keep_the_groups() {
    for version in ["2", "3"] {
        let world = world(1);
        let mut event = person_v2();
        event["version"] = version.into();
        let answer = answer(&world, &app(&world), &event);
        let details = &answer["response"]["claimsAndScopeOverrideDetails"];
        assert_eq!(claims(&answer)["fairlead:tenant"], "harbour", "{version}");
        assert!(claims(&answer)["fairlead:profile"].is_string(), "{version}");
        assert_eq!(
            &details["idTokenGeneration"]["claimsToAddOrOverride"],
            claims(&answer)
        );
        assert_eq!(
            details["groupOverrideDetails"],
            event["request"]["groupConfiguration"]
        );
    }
}

/// The scopes that are taken out of the access token of someone in these groups.
fn suppressed(configuration: Value) -> Value {
    let world = world(1);
    let mut event = person_v2();
    event["request"]["groupConfiguration"] = configuration;
    let answer = answer(&world, &app(&world), &event);
    let details = &answer["response"]["claimsAndScopeOverrideDetails"];
    assert!(
        details["idTokenGeneration"]
            .get("scopesToSuppress")
            .is_none()
    );
    details["accessTokenGeneration"]["scopesToSuppress"].clone()
}

#[test]
fn the_scopes_of_operators_are_for_operators() {
    let theirs = json!([
        "fairlead/profile.merge",
        "fairlead/profile.erase",
        "fairlead/receipts.read",
        "fairlead/events.write",
        "fairlead/directory.read",
        "fairlead/directory.write",
        "fairlead/identifier-rules.write",
        "fairlead/dead-letters.read",
        "fairlead/dead-letters.redrive",
        "fairlead/operations.read",
        "fairlead/extensions.read",
        "fairlead/extensions.write",
    ]);
    for configuration in [
        json!(null),
        json!({}),
        json!({ "groupsToOverride": null }),
        json!({ "groupsToOverride": [] }),
        json!({ "groupsToOverride": ["Operators", "operators ", "staff"] }),
        json!({ "groupsToOverride": "operators" }),
        json!({ "preferredRole": "operators" }),
    ] {
        assert_eq!(suppressed(configuration), theirs);
    }
    let operator = json!({ "groupsToOverride": ["staff", "operators"] });
    assert_eq!(suppressed(operator), Value::Null);
}

#[test]
fn the_scopes_of_operators_are_taken_away_while_dynamodb_is_down_as_well() {
    let world = world(1);
    world.faults().down(Service::DynamoDb);
    let answer = answer(&world, &app(&world), &person_v2());
    let access = &answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"];
    assert_eq!(access["scopesToSuppress"].as_array().unwrap().len(), 12);
}

#[test]
fn groups_that_are_not_given_are_not_overridden() {
    for configuration in [json!(null), json!({})] {
        let world = world(1);
        let mut event = person_v2();
        if configuration.is_null() {
            event["request"]["groupConfiguration"] = configuration;
        } else {
            event["request"]
                .as_object_mut()
                .unwrap()
                .remove("groupConfiguration");
        }
        let answer = answer(&world, &app(&world), &event);
        let details = &answer["response"]["claimsAndScopeOverrideDetails"];
        assert!(details.get("groupOverrideDetails").is_none());
        assert!(claims(&answer)["fairlead:profile"].is_string());
    }
}

#[test]
fn a_token_by_a_client_that_the_directory_does_not_know_names_no_tenant() {
    let world = World::new(1);
    let answer = answer(&world, &app(&world), &person_v2());
    assert!(claims(&answer)["fairlead:profile"].is_string());
    assert!(claims(&answer).get("fairlead:tenant").is_none());
}

#[test]
fn someone_without_a_sub_gets_no_profile() {
    let world = world(1);
    let answer = answer(&world, &app(&world), &person(&json!({ "sub": null })));
    assert_eq!(claims(&answer), &json!({ "fairlead:tenant": "harbour" }));
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn a_partners_machine_gets_tenant_partner_and_agreement() {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({
            "tenant": format!("client#{CLIENT}"),
            "part": "client",
            "owner_tenant": "harbour",
            "partner": "ferry-line",
            "agreement": "timetables",
        }),
    );
    let answer = answer(&world, &app(&world), &machine());
    assert_eq!(
        claims(&answer),
        &json!({ "fairlead:tenant": "harbour", "fairlead:partner": "ferry-line", "fairlead:agreement": "timetables" })
    );
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn a_machine_that_is_in_no_directory_gets_no_claim() {
    let world = World::new(1);
    assert_eq!(answer(&world, &app(&world), &machine()), machine());
}

#[test]
fn a_program_gets_the_tenant_whose_its_app_client_is_and_no_partner() {
    let world = world(1);
    let answer = answer(&world, &app(&world), &machine());
    assert_eq!(claims(&answer), &json!({ "fairlead:tenant": "harbour" }));
}

#[test]
fn a_partner_without_an_agreement_gets_no_claim_of_one() {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({ "tenant": format!("client#{CLIENT}"), "part": "client", "owner_tenant": "harbour", "partner": "ferry-line" }),
    );
    let answer = answer(&world, &app(&world), &machine());
    assert_eq!(
        claims(&answer),
        &json!({ "fairlead:tenant": "harbour", "fairlead:partner": "ferry-line" })
    );
}

#[test]
fn an_unknown_source_passes_through_without_a_call() {
    let world = world(1);
    let mut event = person_v2();
    event["triggerSource"] = "TokenGeneration_SomethingNew".into();
    assert_eq!(answer(&world, &app(&world), &event), event);
    assert!(world.trace().is_empty());
}

#[test]
fn an_event_of_an_unknown_version_passes_through() {
    let world = world(1);
    let mut event = person_v2();
    event["version"] = "9".into();
    assert_eq!(answer(&world, &app(&world), &event), event);
}

#[test]
fn what_the_function_does_not_know_comes_back_to_the_byte() {
    let event = r#"{
        "triggerSource" : "TokenGeneration_HostedAuth", "version":"2",
        "somethingNew": { "b":1.0,  "a": 12345678901234567890123, "b":"\u00e9" },
        "callerContext" :{"clientId":"4example7clientid1example","more":[ 1e3 ]},
        "request": {"userAttributes":{"sub":"s-1","custom:x":"\/"}, "scopes" : [ ], "userNotFound":false },
        "response": {}
    }"#;
    let world = world(1);
    let app = app(&world);
    let raw: Box<RawValue> = serde_json::from_str(event).unwrap();
    let answer = world.block_on(handle(&app, &raw, world.invocation(LIMIT)));
    let answer = serde_json::to_string(&answer.unwrap()).unwrap();
    let mut before: BTreeMap<String, Box<RawValue>> = serde_json::from_str(event).unwrap();
    let mut after: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&answer).unwrap();
    let response = after.remove("response").unwrap();
    assert!(response.get().contains("fairlead:profile"));
    before.remove("response");
    let texts = |fields: BTreeMap<String, Box<RawValue>>| -> Vec<(String, String)> {
        fields
            .into_iter()
            .map(|(name, value)| (name, value.get().to_owned()))
            .collect()
    };
    assert_eq!(texts(after), texts(before));
}

#[test]
fn what_is_no_trigger_is_refused_in_words_for_the_person() {
    let world = world(1);
    let app = app(&world);
    for event in [
        json!([]),
        json!({}),
        json!({ "triggerSource": 1 }),
        Value::Null,
    ] {
        let raw = to_raw_value(&event).unwrap();
        let refused = world.block_on(handle(&app, &raw, world.invocation(LIMIT)));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "Sign-in is not possible at the moment. Please try again later."
        );
    }
}
