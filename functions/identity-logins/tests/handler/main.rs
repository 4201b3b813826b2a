//! The handler on a simulated AWS: which logins a person sees, which can be taken off, and that
//! nobody learns of another's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use identity::{
    CognitoSub, FederatedLogin, Identifier, IdentifierKey, Social,
    aws::{Accounts, Linked, PasswordSource},
};
use identity_logins::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, Service, World, engine::USER_POOL, sale};

const JANE: &str = "prf_01010101010171018101010101010101";
const MEMBER: &str = "prf_02020202020272028202020202020202";
const JOAN: &str = "prf_03030303030373038303030303030303";

/// A world in which Jane has an account and a login at Google that leads to it, and Joan has an
/// account.
fn world() -> World {
    let world = World::new(1);
    let pool = world.engines().user_pool();
    pool.add_provider("Google", "Google", &["email", "email_verified"]);
    for (profile, email) in [(JANE, "jane@example.com"), (JOAN, "joan@example.com")] {
        put_profile(&world, profile, &json!({}));
        let username = pool.sign_up(email, "their own").unwrap();
        pool.confirm(&username).unwrap();
        put_login(&world, profile, &username);
    }
    let linked = link(&world, "google_108", "jane@example.com");
    assert_eq!(linked, Linked::ToNativeUser);
    world
}

fn link(world: &World, name: &str, email: &str) -> Linked {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let passwords = PasswordSource::from_fn(|| Some([7; 32]));
    let accounts = Accounts::new(&sdk, world.clock(), passwords);
    let attributes = json!({ "email": email, "email_verified": "true" });
    let attributes = serde_json::from_value(attributes).unwrap();
    let never = async |_: &CognitoSub, _: &FederatedLogin| Ok(false);
    let linking = accounts.link(USER_POOL, name, &attributes, never);
    world.block_on(linking).unwrap()
}

fn put_profile(world: &World, id: &str, differing: &Value) {
    let mut row = json!({
        "profile_id": id,
        "part": "profile",
        "version": 1,
        "fields": {},
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-01T00:00:00Z",
        "last_request": "an earlier request",
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("profiles", row);
}

/// The user of that name is a login of `profile`, and was used an hour before the world began.
fn put_login(world: &World, profile: &str, username: &str) {
    let sub = world.engines().user_pool().attributes(username)["sub"].clone();
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let login = Identifier::CognitoSub(sub.as_str().unwrap().parse().unwrap());
    world.put_row(
        "profiles",
        json!({ "profile_id": profile, "part": login.part(&key), "value": sub, "at": "2025-06-01T00:00:00Z" }),
    );
    let part = format!("login#{}", login.key(&key));
    world.put_row(
        "profiles",
        json!({ "profile_id": profile, "part": part, "signed_in_at": 1_768_464_000_000_i64 }),
    );
}

/// Jane's request, with all scopes.
fn request(route: &str, login: &str) -> Value {
    json!({
        "routeKey": route,
        "headers": {},
        "pathParameters": { "login": login },
        "requestContext": { "requestId": "request-1", "authorizer": { "jwt": { "claims": {
            "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "iss": testkit::tokens::TOKEN_ISSUER,
            "token_use": "access",
            "client_id": testkit::tokens::WEB_CLIENT,
            "scope": "fairlead/profile.read fairlead/profile.write",
            "fairlead:profile": JANE,
        } } } },
    })
}

fn send(world: &World, request: &Value) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let limit = std::time::Duration::from_secs(10);
    let answer = world
        .block_on(handle(&app, &event, world.invocation(limit)))
        .unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = answer["body"].as_str().filter(|body| !body.is_empty());
    let body = body.map(|body| serde_json::from_str(body).unwrap());
    (
        answer["statusCode"].as_u64().unwrap(),
        body.unwrap_or_default(),
    )
}

/// What Jane sees.
fn logins(world: &World) -> Vec<Value> {
    let (status, body) = send(world, &request("GET /v1/me/logins", ""));
    assert_eq!(status, 200, "{body}");
    body["logins"].as_array().unwrap().clone()
}

fn take_off(world: &World, login: &Value) -> (u64, Value) {
    let login = login["login"].as_str().unwrap();
    send(world, &request("DELETE /v1/me/logins/{login}", login))
}

#[test]
fn a_person_sees_by_which_logins_they_get_in_and_nobody_else_s() {
    let world = world();
    let mut seen = logins(&world);
    for login in &mut seen {
        let id = login.as_object_mut().unwrap().remove("login").unwrap();
        assert!(id.as_str().unwrap().starts_with("lgn_"));
    }
    assert_eq!(
        seen,
        [
            json!({
                "kind": "native",
                "since": "2025-06-01T00:00:00Z",
                "last_sign_in_at": "2026-01-15T08:00:00Z",
                "removable": false,
            }),
            json!({
                "kind": "provider",
                "provider": "Google",
                "since": "2026-01-15T09:00:00Z",
                "removable": true,
            }),
        ]
    );
}

#[test]
fn a_person_sees_the_logins_of_all_their_members() {
    let world = world();
    let pool = world.engines().user_pool();
    put_profile(
        &world,
        MEMBER,
        &json!({ "closed": "merged", "merged_into": JANE }),
    );
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": format!("member#{MEMBER}") }),
    );
    let attributes = [("email", "other@example.com"), ("email_verified", "false")];
    let username = pool
        .sign_up_federated("Google", "109", &attributes)
        .unwrap();
    put_login(&world, MEMBER, &username);
    let seen = logins(&world);
    assert_eq!(seen.len(), 3);
    let (alone, removable) = (&seen[2], &seen[2]["removable"]);
    assert_eq!(
        (&alone["provider"], removable),
        (&json!("Google"), &json!(false))
    );
}

#[test]
fn a_login_at_a_provider_is_taken_off_and_leads_nowhere_again_and_again() {
    let world = world();
    let [_, google] = &logins(&world)[..] else {
        panic!("Jane has two logins")
    };
    for _ in 0..2 {
        assert_eq!(take_off(&world, google), (204, Value::Null));
        assert_eq!(world.engines().user_pool().signed_in("Google", "108"), None);
    }
    assert_eq!(logins(&world).len(), 1);
}

/// What Jane's login at Google is called as an identifier.
fn google_of_jane(world: &World) -> (String, String) {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let google = Identifier::Social(Social::new("Google", "108").unwrap());
    (google.key(&key), google.part(&key))
}

/// Jane is found by her login at Google.
fn point_at_jane(world: &World) {
    let (key, part) = google_of_jane(world);
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": part, "value": "Google 108", "at": "2025-06-01T00:00:00Z" }),
    );
    world.put_row(
        "identifiers",
        json!({ "identifier": key, "profile_id": JANE, "member": JANE, "verified": true, "at": "2025-06-01T00:00:00Z" }),
    );
}

fn points_at_jane(world: &World) -> (bool, bool) {
    let (key, part) = google_of_jane(world);
    let has = |table, name: &str, value: &str| {
        let rows = world.rows(table);
        rows.iter().any(|row| row[name] == value)
    };
    (
        has("identifiers", "identifier", &key),
        has("profiles", "part", &part),
    )
}

#[test]
fn nobody_is_found_any_more_by_a_login_that_was_taken_off() {
    let world = world();
    point_at_jane(&world);
    let google = logins(&world)[1].clone();
    assert_eq!(points_at_jane(&world), (true, true));
    assert_eq!(take_off(&world, &google), (204, Value::Null));
    assert_eq!(points_at_jane(&world), (false, false));
    let parts = world.rows("profiles");
    let of_google = parts
        .iter()
        .filter(|row| row.to_string().contains("Google"));
    assert_eq!(of_google.count(), 0, "what stays tells nothing: {parts:?}");
}

#[test]
fn another_s_identifier_stays_though_it_was_that_login_before() {
    let world = world();
    let (key, _) = google_of_jane(&world);
    let row = json!({ "identifier": key, "profile_id": JOAN, "member": JOAN, "verified": true, "at": "2025-06-01T00:00:00Z" });
    world.put_row("identifiers", row);
    let google = logins(&world)[1].clone();
    assert_eq!(take_off(&world, &google), (204, Value::Null));
    let rows = world.rows("identifiers");
    assert!(rows.iter().any(|row| row["profile_id"] == JOAN));
}

#[test]
fn whoever_takes_a_login_off_is_signed_out_everywhere() {
    let world = world();
    let pool = world.engines().user_pool();
    let jane = pool.signed_in("Google", "108").unwrap();
    let google = logins(&world)[1].clone();
    pool.give_refresh_token(&jane);
    assert!(pool.has_refresh_tokens(&jane));
    assert_eq!(take_off(&world, &google), (204, Value::Null));
    assert!(!pool.has_refresh_tokens(&jane));
}

#[test]
fn a_login_that_can_not_be_signed_out_stays_to_be_taken_off_again() {
    let world = world();
    let google = logins(&world)[1].clone();
    world.faults().always(Fault::Unavailable, |call| {
        call.operation == "AdminUserGlobalSignOut"
    });
    assert_eq!(take_off(&world, &google).0, 503);
    world.faults().heal();
    assert_eq!(logins(&world).len(), 2);
    assert_eq!(take_off(&world, &google), (204, Value::Null));
    assert_eq!(logins(&world).len(), 1);
}

#[test]
fn the_way_in_that_the_others_stand_on_stays() {
    let world = world();
    let [native, _] = &logins(&world)[..] else {
        panic!("Jane has two logins")
    };
    let (status, problem) = take_off(&world, native);
    assert_eq!(status, 409);
    assert_eq!(problem["type"], "https://fairlead.dev/problems/login-stays");
}

#[test]
fn another_s_login_is_answered_as_one_that_does_not_exist_and_stays() {
    let world = world();
    link(&world, "google_777", "joan@example.com");
    let nobody_s = json!({ "login": format!("lgn_{}", "0".repeat(64)) });
    let mut as_joan = request("GET /v1/me/logins", "");
    as_joan["requestContext"]["authorizer"]["jwt"]["claims"]["fairlead:profile"] = JOAN.into();
    let joan_s = send(&world, &as_joan).1["logins"][1].clone();
    assert_eq!(joan_s["provider"], "Google");
    assert_eq!(take_off(&world, &joan_s), take_off(&world, &nobody_s));
    assert!(
        world
            .engines()
            .user_pool()
            .signed_in("Google", "777")
            .is_some()
    );
}

#[test]
fn what_is_no_login_s_name_is_refused_without_a_call() {
    let world = world();
    let before = world.trace().len();
    let (status, problem) = take_off(&world, &json!({ "login": "google" }));
    assert_eq!((status, &problem["field"]), (400, &json!("login")));
    assert_eq!(world.trace().len(), before);
}

#[test]
fn reading_takes_off_nothing_and_a_token_without_the_scope_does_nothing() {
    let world = world();
    let google = logins(&world)[1].clone();
    for (route, scope) in [
        ("GET /v1/me/logins", "openid"),
        ("DELETE /v1/me/logins/{login}", "fairlead/profile.read"),
    ] {
        let mut request = request(route, google["login"].as_str().unwrap());
        request["requestContext"]["authorizer"]["jwt"]["claims"]["scope"] = scope.into();
        assert_eq!(send(&world, &request).0, 403, "{route}");
    }
    assert_eq!(logins(&world).len(), 2);
}

#[test]
fn a_person_who_was_erased_has_no_logins() {
    let world = world();
    put_profile(&world, JANE, &json!({ "closed": "erased" }));
    assert_eq!(send(&world, &request("GET /v1/me/logins", "")).0, 404);
}

#[test]
fn no_kept_answer_tells_of_who_was_erased_or_asked_for_it() {
    let world = world();
    let google = logins(&world)[1]["login"].clone();
    let mut taking_off = request("DELETE /v1/me/logins/{login}", google.as_str().unwrap());
    taking_off["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    assert_eq!(send(&world, &taking_off).0, 204);
    assert_eq!(send(&world, &taking_off).0, 204);
    put_profile(&world, JANE, &json!({ "closed": "erasing" }));
    assert_eq!(send(&world, &taking_off).0, 404);
}

#[test]
fn without_the_user_pool_or_the_table_nothing_is_said() {
    for service in [Service::Cognito, Service::DynamoDb] {
        let world = world();
        let google = logins(&world)[1].clone();
        world.faults().down(service);
        assert_eq!(send(&world, &request("GET /v1/me/logins", "")).0, 503);
        assert_eq!(take_off(&world, &google).0, 503);
        world.faults().heal();
        assert_eq!(logins(&world).len(), 2);
    }
}

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too() {
    let nobody_s = format!("lgn_{}", "0".repeat(64));
    for route in ["GET /v1/me/logins", "DELETE /v1/me/logins/{login}"] {
        let world = world();
        sale::grant(&world, JANE);
        let mut request = request(route, &nobody_s);
        request["requestContext"]["authorizer"]["jwt"]["claims"]["fairlead:tenant"] =
            "harbour".into();
        send(&world, &request);
        assert!(sale::is_granted(&world, JANE), "{route}");
        request["headers"]["sec-gpc"] = "1".into();
        let (status, answer) = send(&world, &request);
        assert!(status < 300, "{answer}");
        assert!(!sale::is_granted(&world, JANE), "{route}");
    }
}
