//! By which keys partners' SDKs send.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::{WriteKeyReader, WriteKeySource};
use testkit::World;

use super::{Asking, WRITE_KEY, WRITE_KEYS, harbour, named, problem, send_with};

fn made(world: &World, id: &str) -> (String, String) {
    let (status, body) = Asking::of(world, "chandlery").id(id).post(WRITE_KEYS);
    assert_eq!(status, 201, "{body}");
    let text = |member: &str| body[member].as_str().unwrap().to_owned();
    (text("write_key_id"), text("write_key"))
}

/// Whose a key is for those who take what comes with it.
fn owner(world: &World, key: &str) -> Option<String> {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let keys = WriteKeyReader::new(&sdk, "directory", world.clock());
    let found = world.block_on(keys.find(key)).unwrap()?;
    Some(format!("{}/{}", found.tenant, found.partner))
}

fn listed(world: &World) -> Value {
    let (status, mut body) = Asking::of(world, "chandlery").get(WRITE_KEYS);
    assert_eq!(status, 200);
    body["write_keys"].take()
}

#[test]
fn a_key_is_told_once_and_listed_by_its_beginning() {
    let world = harbour();
    let (id, key) = made(&world, "request-2");
    assert_eq!(owner(&world, &key).as_deref(), Some("harbour/chandlery"));
    let listed = listed(&world);
    assert_eq!(listed[0]["write_key_id"], id.as_str());
    assert_eq!(listed[0]["beginning"], key[..11]);
    assert_eq!(listed[0]["state"], "active");
    let kept = json!(world.rows("directory")).to_string();
    assert!(!kept.contains(&key) && !listed.to_string().contains(&key));
}

#[test]
fn a_key_that_is_revoked_is_nobodys_and_the_partners_others_serve_on() {
    let world = harbour();
    let (id, key) = made(&world, "request-2");
    let (_, other) = made(&world, "request-3");
    let name = format!("chandlery/{id}");
    let revoke = |id| Asking::of(&world, &name).id(id).delete(WRITE_KEY).0;
    assert_eq!(revoke("request-4"), 204);
    assert_eq!(owner(&world, &key), None);
    assert!(owner(&world, &other).is_some());
    let listed = listed(&world);
    let states = listed.as_array().unwrap().iter();
    let mut states: Vec<_> = states.map(|key| key["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["active", "revoked"]);
    assert_eq!(revoke("request-5"), 204);
    let again = Asking::of(&world, "chandlery").id("request-2");
    assert_eq!(
        problem(again.post(WRITE_KEYS)),
        named(409, "write-key-revoked")
    );
    let none = "chandlery/wky_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";
    assert_eq!(Asking::of(&world, none).delete(WRITE_KEY).0, 204);
}

#[test]
fn a_repetition_of_what_was_cut_off_makes_another_key_and_the_untold_one_opens_nothing() {
    let world = harbour();
    let (id, untold) = made(&world, "request-2");
    let (again, told) = made(&world, "request-2");
    assert_eq!(id, again);
    assert_ne!(untold, told);
    assert_eq!(owner(&world, &untold), None);
    assert!(owner(&world, &told).is_some());
    assert_eq!(listed(&world).as_array().unwrap().len(), 1);
}

#[test]
fn under_a_key_of_its_own_a_request_is_told_the_same_key_again() {
    let world = harbour();
    let asked = |id| {
        let key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
        let asking = Asking::of(&world, "chandlery").id(id);
        asking.header("idempotency-key", key).post(WRITE_KEYS)
    };
    let first = asked("request-2");
    assert_eq!(first.0, 201);
    assert_eq!(asked("request-3"), first);
    assert_eq!(listed(&world).as_array().unwrap().len(), 1);
}

#[test]
fn whoever_is_no_partner_gets_no_key_and_what_is_no_id_is_said() {
    let world = harbour();
    let nobody = Asking::of(&world, "ferry-line").id("request-2");
    assert_eq!(
        problem(nobody.post(WRITE_KEYS)),
        named(404, "no-such-definition")
    );
    for (name, field) in [
        ("chandlery/wky_1", "write_key_id"),
        ("A B/wky_1", "partner"),
    ] {
        let answer = Asking::of(&world, name).delete(WRITE_KEY);
        assert_eq!(answer.1["field"], field);
        assert_eq!(problem(answer), named(400, "invalid-parameter"));
    }
}

#[test]
fn without_randomness_there_is_no_key() {
    let world = harbour();
    let request = json!({
        "routeKey": format!("POST {WRITE_KEYS}"),
        "headers": { "authorization": Asking::of(&world, "").token.bearer() },
        "pathParameters": { "tenant": "harbour", "partner": "chandlery" },
        "requestContext": { "requestId": "request-2" },
    });
    let answer = send_with(&world, WriteKeySource::from_fn(|| None), &request);
    assert_eq!(problem(answer), named(503, "unavailable"));
    assert_eq!(listed(&world), json!([]));
}
