use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    JANE, JOAN, assert_problem, body, claims, consent, every_route, patch, request, row, send,
    world,
};

#[rstest]
#[case(json!("id"))]
#[case(json!("refresh"))]
#[case(json!(""))]
#[case(json!(null))]
#[case(json!(["access"]))]
fn only_an_access_token_is_taken(#[case] token_use: Value) {
    let world = world(1);
    for mut request in every_route() {
        claims(&mut request)["token_use"] = token_use.clone();
        assert_problem(&send(&world, &request), 401, "token-invalid", None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn a_request_without_a_token_is_refused() {
    let world = world(1);
    for mut request in every_route() {
        for authorizer in [json!(null), json!({}), json!({ "jwt": null })] {
            request["requestContext"]["authorizer"] = authorizer;
            let answer = send(&world, &request);
            assert_problem(&answer, 401, "token-needed", None);
            assert_eq!(answer["headers"]["www-authenticate"], "Bearer");
        }
    }
    assert!(world.trace().is_empty());
}

#[rstest]
#[case("")]
#[case("openid email")]
#[case("fairlead/profile.readonly fairlead/profile.writer")]
#[case("profile.read profile.write")]
#[case("other/fairlead/profile.read other/fairlead/profile.write")]
#[case("FAIRLEAD/PROFILE.READ FAIRLEAD/PROFILE.WRITE")]
fn a_token_without_the_scope_is_refused(#[case] scope: &str) {
    let world = world(1);
    for mut request in every_route() {
        claims(&mut request)["scope"] = scope.into();
        assert_problem(&send(&world, &request), 403, "scope-missing", None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn who_may_read_may_not_write() {
    let world = world(1);
    let statuses = every_route().map(|mut request| {
        claims(&mut request)["scope"] = "fairlead/profile.read".into();
        send(&world, &request)["statusCode"].as_u64().unwrap()
    });
    assert_eq!(statuses, [200, 200, 200, 403, 403]);
}

#[test]
fn a_token_that_names_no_profile_is_refused() {
    let world = world(1);
    for mut request in every_route() {
        let claims = claims(&mut request).as_object_mut().unwrap();
        claims.remove("fairlead:profile");
        assert_problem(&send(&world, &request), 403, "no-profile-in-token", None);
    }
    assert!(world.trace().is_empty());
}

#[rstest]
#[case(json!(null))]
#[case(json!(""))]
#[case(json!("6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11"))]
#[case(json!(JANE.to_uppercase()))]
#[case(json!(format!("{JANE} ")))]
#[case(json!([JANE]))]
fn a_token_whose_profile_can_not_be_read_is_refused(#[case] profile: Value) {
    let world = world(1);
    for mut request in every_route() {
        claims(&mut request)["fairlead:profile"] = profile.clone();
        assert_problem(&send(&world, &request), 401, "token-invalid", None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn a_machine_is_nobody_here() {
    let world = world(1);
    for mut request in every_route() {
        *claims(&mut request) = json!({
            "sub": "3machine",
            "client_id": "3machine",
            "iss": testkit::tokens::TOKEN_ISSUER,
            "token_use": "access",
            "scope": "fairlead/profile.read fairlead/profile.write",
            "fairlead:tenant": "harbour",
            "fairlead:partner": "post",
            "fairlead:agreement": "parcels-2026",
        });
        assert_problem(&send(&world, &request), 403, "wrong-principal", None);
    }
    assert!(world.trace().is_empty());
}

/// Everywhere but in the token.
fn naming_joan(mut request: Value) -> Value {
    request["rawPath"] = format!("/v1/{JOAN}").into();
    request["rawQueryString"] = format!("profile_id={JOAN}&fairlead:profile={JOAN}").into();
    request["queryStringParameters"] = json!({ "profile_id": JOAN, "fairlead:profile": JOAN });
    request["cookies"] = json!([format!("profile={JOAN}")]);
    request["requestContext"]["authentication"] = json!({ "profile_id": JOAN });
    request["requestContext"]["authorizer"]["lambda"] = json!({ "fairlead:profile": JOAN });
    request["stageVariables"] = json!({ "profile_id": JOAN });
    for header in [
        "x-profile-id",
        "fairlead:profile",
        "fairlead-profile",
        "x-amzn-oidc-data",
    ] {
        request["headers"][header] = JOAN.into();
    }
    if request["pathParameters"].is_null() {
        request["pathParameters"] = json!({});
    }
    for parameter in ["id", "me", "profile_id"] {
        request["pathParameters"][parameter] = JOAN.into();
    }
    request
}

#[test]
fn nobody_sees_or_changes_another_person_by_naming_them() {
    let world = world(1);
    let joan = row(&world, JOAN, "profile");
    let answers = every_route().map(|request| send(&world, &naming_joan(request)));
    assert!(
        answers.iter().all(|answer| answer["statusCode"] == 200),
        "{answers:?}"
    );
    assert_eq!(body(&answers[0])["profile_id"], JANE);
    assert_eq!(body(&answers[3])["profile_id"], JANE);
    assert!(
        answers
            .iter()
            .all(|answer| !answer.to_string().contains(JOAN))
    );
    assert_eq!(row(&world, JOAN, "profile"), joan);
    let of_joan = world
        .rows("profiles")
        .into_iter()
        .filter(|row| row["profile_id"] == JOAN);
    assert_eq!(of_joan.count(), 1);
    let calls = world.trace();
    assert!(
        calls
            .iter()
            .all(|call| !call.call.input.to_string().contains(JOAN))
    );
}

#[test]
fn a_body_that_names_another_person_is_refused() {
    let world = world(1);
    let joan = row(&world, JOAN, "profile");
    let answer = send(
        &world,
        &patch(&json!({ "profile_id": JOAN }).to_string(), "\"3\""),
    );
    assert_problem(&answer, 400, "read-only-field", Some("profile_id"));
    let named = json!({ "decision": "granted", "text_version": "2026-01", "profile_id": JOAN });
    let answer = send(&world, &consent("account-notices", &named.to_string()));
    assert_problem(&answer, 400, "malformed-body", None);
    assert_eq!(row(&world, JOAN, "profile"), joan);
}

#[test]
fn two_people_each_see_themselves() {
    let world = world(1);
    for id in [JANE, JOAN] {
        let mut request = request("GET /v1/me");
        claims(&mut request)["fairlead:profile"] = id.into();
        assert_eq!(body(&send(&world, &request))["profile_id"], id);
    }
}
