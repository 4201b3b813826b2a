//! The API described to whoever is signed in, and tried in their name.

use crate::{HOSTILE, JANE, house, jane, operator, signed_in};

const READ: &str = "/me/api/get_me";
const CHANGE: &str = "/me/api/patch_me";

#[test]
fn everybody_sees_what_they_can_use_and_no_more() {
    let house = house(1);
    let seen = signed_in(&house, &jane()).get("/me/api");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(
        seen.says("PATCH /v1/me</code>") && seen.says(CHANGE),
        "{}",
        seen.html
    );
    for others in ["/v1/dead-letters", "/v1/profiles/resolve", "/v1/directory"] {
        assert!(!seen.says(others), "{others}: {}", seen.html);
    }
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/api");
    assert!(
        seen.says("GET /v1/dead-letters</code>") && !seen.says("/v1/me"),
        "{}",
        seen.html
    );
    let mut person = signed_in(&house, &jane());
    for page in ["/me/api/get_dead_letters", "/me/api/nothing"] {
        assert_eq!(person.get(page).status, 404, "{page}");
        assert_eq!(person.send(READ, page, &[]).status, 404, "{page}");
    }
    assert_eq!(person.get("/ops/api/get_dead_letters").status, 403);
}

#[test]
fn a_form_has_examples_of_what_is_needed() {
    let house = house(1);
    let seen = signed_in(&house, &jane()).get(CHANGE);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("&#34;given_name&#34;"), "{}", seen.html);
    let seen = signed_in(&house, &operator()).get("/ops/api/get_directory_tenant");
    assert!(
        seen.says("name=\"path.tenant\" value=\"harbour\""),
        "{}",
        seen.html
    );
}

#[test]
fn what_is_tried_is_done_in_the_name_of_whoever_tries_it() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.send(READ, READ, &[]);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(
        seen.says("200 OK") && seen.says(JANE) && seen.says("etag"),
        "{}",
        seen.html
    );
    let body = r#"{"given_name":"Janet"}"#;
    let seen = browser.send(CHANGE, CHANGE, &[("body", body)]);
    assert_eq!(seen.status, 422, "a version is needed: {}", seen.html);
    assert!(
        seen.says("If-Match is needed.") && seen.says("Janet"),
        "{}",
        seen.html
    );
    let fields = [("body", body), ("header.If-Match", "\"3\"")];
    let seen = browser.send(CHANGE, CHANGE, &fields);
    assert!(seen.says("200 OK"), "{}", seen.html);
    assert!(browser.get("/me/profile").says("value=\"Janet\""));
    let stale = [("body", r#"{"given_name":"Joan"}"#), fields[1]];
    let seen = browser.send(CHANGE, CHANGE, &stale);
    assert!(
        seen.says("412 Precondition Failed") && seen.says("stale-version"),
        "{}",
        seen.html
    );
}

#[test]
fn what_can_not_be_sent_is_said_and_what_is_hostile_stays_a_text() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let fields = [("header.If-Match", "B\u{fc}ro"), ("body", HOSTILE)];
    let seen = browser.send(CHANGE, CHANGE, &fields);
    assert_eq!(seen.status, 422, "{}", seen.html);
    assert!(seen.says("If-Match has characters that"), "{}", seen.html);
    let fields = [("header.If-Match", "\"3\""), ("body", HOSTILE)];
    let refused = browser.send(CHANGE, CHANGE, &fields);
    assert!(refused.says("400 Bad Request"), "{}", refused.html);
    for seen in [seen, refused] {
        assert!(!seen.says("<script>alert"), "{}", seen.html);
    }
    let consent = "/me/api/get_me_consents_purpose";
    let fields = [("path.purpose", "../../../../v1/me")];
    let seen = browser.send(consent, consent, &fields);
    assert!(seen.says("400 Bad Request"), "{}", seen.html);
    assert!(
        !seen.says(JANE),
        "a value stays in its place: {}",
        seen.html
    );
}
