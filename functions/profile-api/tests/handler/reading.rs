use serde_json::json;

use crate::{JANE, assert_problem, body, claims, request, send, world};

#[test]
fn a_person_reads_their_profile_with_its_version_as_etag() {
    let world = world(1);
    let answer = send(&world, &request("GET /v1/me"));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["etag"], "\"3\"");
    assert_eq!(answer["headers"]["content-type"], "application/json");
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(
        body(&answer),
        json!({
            "profile_id": JANE,
            "version": 3,
            "email": "jane@example.com",
            "email_verified": true,
            "given_name": "Jane",
            "locale": "de-CH",
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-02T00:00:00Z",
        })
    );
}

#[test]
fn a_version_that_is_known_is_not_sent_again() {
    let world = world(1);
    let mut known = request("GET /v1/me");
    known["headers"]["if-none-match"] = "\"3\"".into();
    let answer = send(&world, &known);
    assert_eq!(answer["statusCode"], 304);
    assert_eq!(answer["headers"]["etag"], "\"3\"");
    assert!(answer.get("body").is_none());
    known["headers"]["if-none-match"] = "\"2\"".into();
    assert_eq!(send(&world, &known)["statusCode"], 200);
}

#[test]
fn reading_is_one_call() {
    let world = world(1);
    send(&world, &request("GET /v1/me"));
    assert_eq!(world.trace().len(), 1);
}

#[test]
fn a_profile_that_is_gone_is_not_found() {
    let world = world(1);
    let mut request = request("GET /v1/me");
    claims(&mut request)["fairlead:profile"] = "prf_03030303030373038303030303030303".into();
    assert_problem(&send(&world, &request), 404, "no-such-profile", None);
}
