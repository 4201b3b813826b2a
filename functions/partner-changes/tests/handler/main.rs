//! The handler on a simulated AWS: what becomes of people is told in order, from the place where the
//! partner was, to the end; each of them is decided on anew, and who left leaves a tombstone.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use audience::Projection;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use lambda_kit::aws::CallBudget;
use partner_changes::{App, handle};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, World, tokens::Token};

/// A world in which nobody has agreed to the newsletter of `harbour` yet.
fn world() -> World {
    let world = World::new(1);
    for (purpose, basis) in [
        ("newsletter", "consent"),
        ("survey", "consent"),
        ("service", "contract"),
    ] {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": format!("purpose#{purpose}"), "display_name": purpose,
                "legal_basis": basis, "text_versions": ["2026-01"],
            }),
        );
    }
    for (partner, agreement) in [("chandlery", "letters"), ("sailmaker", "sails")] {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": format!("agreement#{agreement}"), "partner": partner,
                "terms": { "newsletter": ["names"], "survey": ["names"], "service": ["names"] },
            }),
        );
        let client = Token::client_row("harbour", partner, agreement);
        world.put_row("directory", client);
    }
    world
}

fn id(n: u32) -> String {
    format!("prf_{n:032x}")
}

/// The person as they are from now on, and the audiences know it.
fn becomes(world: &World, n: u32, name: &str, version: u32) {
    let field = json!({ "value": name, "at": "2025-06-01T00:00:00Z", "source": "person" });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "profile", "version": version, "fields": { "given_name": field },
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    keep(world, n);
}

/// What they decide, which the audiences don't know yet.
fn decides(world: &World, n: u32, ruling: &str, version: u32) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "consent#harbour#newsletter", "tenant": "harbour",
            "purpose": "newsletter", "ruling": ruling, "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-05-01T00:00:00Z", "version": version,
        }),
    );
}

fn keep(world: &World, n: u32) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let projection = Projection::new(&sdk, "profiles", "audiences", world.clock());
    world
        .block_on(projection.keep(id(n).parse().unwrap()))
        .unwrap();
}

fn send_for(world: &World, purpose: &str, since: Option<&str>) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    send_with(world, token, purpose, since)
}

fn send_with(world: &World, token: Token, purpose: &str, since: Option<&str>) -> Value {
    let request = json!({
        "routeKey": "GET /v1/changes",
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": purpose,
        },
        "queryStringParameters": since.map(|since| json!({ "since": since })),
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn page(world: &World, since: Option<&str>) -> Value {
    let answer = send_for(world, "newsletter", since);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    body(&answer)
}

fn next(page: &Value) -> &str {
    page["next"].as_str().unwrap()
}

/// Who, and what they are called now, or that they are gone.
fn told(page: &Value) -> Vec<(String, String)> {
    let changes = page["changes"].as_array().unwrap().iter();
    changes
        .map(|change| {
            let text = |pointer| change.pointer(pointer).and_then(Value::as_str);
            let what = if change["change"] == "gone" {
                assert_eq!(change.as_object().unwrap().len(), 2, "{change}");
                "gone"
            } else {
                text("/data/given_name").unwrap()
            };
            (text("/profile_id").unwrap().to_owned(), what.to_owned())
        })
        .collect()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

#[test]
fn a_reader_is_told_who_came_changed_and_left_since_their_place() {
    let world = world();
    let begun = page(&world, None);
    assert_eq!(told(&begun), []);
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    let came = page(&world, Some(next(&begun)));
    assert_eq!(told(&came), [(id(1), "Jane".to_owned())]);
    becomes(&world, 1, "Janet", 2);
    let changed = page(&world, Some(next(&came)));
    assert_eq!(told(&changed), [(id(1), "Janet".to_owned())]);
    decides(&world, 1, "withdrawn", 2);
    keep(&world, 1);
    let left = page(&world, Some(next(&changed)));
    assert_eq!(told(&left), [(id(1), "gone".to_owned())]);
    assert_eq!(told(&page(&world, Some(next(&left)))), []);
    assert_eq!(
        world.rows("receipts").len(),
        2,
        "who left is told without looking at them"
    );
}

#[test]
fn an_old_place_tells_of_each_person_once_as_they_are_now() {
    let world = world();
    let begun = page(&world, None);
    decides(&world, 1, "granted", 1);
    for version in 1..6 {
        becomes(&world, 1, &format!("Jane {version}"), version);
    }
    assert_eq!(
        told(&page(&world, Some(next(&begun)))),
        [(id(1), "Jane 5".to_owned())]
    );
    assert_eq!(world.rows("receipts").len(), 1);
}

#[test]
fn a_long_feed_comes_in_pages_and_misses_nobody() {
    let world = world();
    let mut since = page(&world, None);
    for n in 0..250 {
        decides(&world, n, "granted", 1);
        becomes(&world, n, "Jane", 1);
    }
    let mut people = Vec::new();
    loop {
        since = page(&world, Some(next(&since)));
        assert!(since["changes"].as_array().unwrap().len() <= 100);
        people.extend(told(&since).into_iter().map(|(id, _)| id));
        if since["more"] == false {
            break;
        }
    }
    people.sort();
    let mut everybody: Vec<String> = (0..250).map(id).collect();
    everybody.sort();
    assert_eq!(people, everybody);
}

#[test]
fn who_withdrew_is_gone_before_the_audience_knows_it() {
    let world = world();
    let begun = page(&world, None);
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    decides(&world, 1, "withdrawn", 2);
    assert_eq!(
        told(&page(&world, Some(next(&begun)))),
        [(id(1), "gone".to_owned())]
    );
    assert_eq!(world.rows("receipts")[0]["outcome"], "refused");
}

#[test]
fn a_stranger_leaves_no_tombstone() {
    let world = world();
    let begun = page(&world, None);
    decides(&world, 1, "withdrawn", 1);
    becomes(&world, 1, "Jane", 1);
    world.put_row(
        "profiles",
        json!({ "profile_id": id(1), "part": "profile", "closed": "erased" }),
    );
    keep(&world, 1);
    assert_eq!(told(&page(&world, Some(next(&begun)))), []);
}

#[test]
fn who_was_erased_leaves_a_tombstone_and_nothing_else() {
    let world = world();
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    let begun = page(&world, None);
    world.put_row(
        "profiles",
        json!({ "profile_id": id(1), "part": "profile", "closed": "erased" }),
    );
    keep(&world, 1);
    assert_eq!(
        told(&page(&world, Some(next(&begun)))),
        [(id(1), "gone".to_owned())]
    );
    let rows = world.rows("audiences");
    let about = |row: &&Value| row.to_string().contains(&id(1)) && row.get("purge_at").is_none();
    assert_eq!(
        rows.iter().filter(about).collect::<Vec<_>>(),
        Vec::<&Value>::new()
    );
}

#[test]
fn who_is_being_merged_is_told_of_when_it_is_done() {
    let world = world();
    let begun = page(&world, None);
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    world.put_row(
        "profiles",
        json!({ "profile_id": id(1), "part": "profile", "version": 1, "closed": "settling" }),
    );
    keep(&world, 1);
    let meanwhile = page(&world, Some(next(&begun)));
    assert_eq!(told(&meanwhile), []);
    becomes(&world, 1, "Jane", 2);
    assert_eq!(
        told(&page(&world, Some(next(&meanwhile)))),
        [(id(1), "Jane".to_owned())]
    );
}

#[test]
fn a_place_leads_on_for_thirty_days_and_then_says_so() {
    let world = world();
    let begun = page(&world, None);
    let day = Duration::from_hours(24);
    // A week is as long as the world waits at once.
    for _ in 0..30 {
        world.advance(day);
    }
    assert_eq!(told(&page(&world, Some(next(&begun)))), []);
    world.advance(Duration::from_secs(1));
    let expired = send_for(&world, "newsletter", Some(next(&begun)));
    assert_eq!(problem(&expired), (410, "cursor-expired".to_owned()));
}

#[rstest]
#[case::another_basis("service", None, "unlistable-purpose")]
#[case::no_purpose("unheard-of", None, "unknown-purpose")]
#[case::no_place("newsletter", Some("aGVsbG8"), "invalid-parameter")]
fn what_can_not_be_followed_is_refused_by_name(
    #[case] purpose: &str,
    #[case] since: Option<&str>,
    #[case] name: &str,
) {
    let refused = send_for(&world(), purpose, since);
    assert_eq!(problem(&refused), (400, name.to_owned()));
}

#[test]
fn a_place_serves_for_its_own_purpose_alone() {
    let world = world();
    let begun = page(&world, None);
    let other = send_for(&world, "survey", Some(next(&begun)));
    assert_eq!(problem(&other), (400, "invalid-parameter".to_owned()));
}

#[test]
fn nothing_is_told_of_whom_no_receipt_can_be_written() {
    let world = world();
    let begun = page(&world, None);
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    world
        .faults()
        .always(Fault::Unavailable, Call::is_table_write);
    let answer = send_for(&world, "newsletter", Some(next(&begun)));
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
    assert!(!answer.to_string().contains("Jane"));
    world.faults().heal();
    assert_eq!(
        told(&page(&world, Some(next(&begun)))),
        [(id(1), "Jane".to_owned())]
    );
}

/// The place that was given, with `change` made to what it says and the tag that it had.
fn forged(given: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut place = BASE64_URL_SAFE_NO_PAD.decode(given).unwrap();
    let tag = place.split_off(place.len() - 32);
    let mut place: Value = serde_json::from_slice(&place).unwrap();
    change(&mut place);
    let mut forged = serde_json::to_vec(&place).unwrap();
    forged.extend(tag);
    BASE64_URL_SAFE_NO_PAD.encode(forged)
}

#[test]
fn a_place_that_was_not_given_to_this_reader_tells_of_nobody() {
    let world = world();
    decides(&world, 1, "granted", 1);
    becomes(&world, 1, "Jane", 1);
    decides(&world, 1, "withdrawn", 2);
    keep(&world, 1);
    let begun = page(&world, None);
    let given = next(&begun);
    let sailmakers = Token::machine(world.clock().now(), "harbour", "sailmaker", "sails");
    let sailmakers = body(&send_with(&world, sailmakers, "newsletter", None));
    let from_the_beginning = forged(given, |place| place["numbers"] = vec![0; 8].into());
    let mut flipped = BASE64_URL_SAFE_NO_PAD.decode(given).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    for since in [
        from_the_beginning.as_str(),
        next(&sailmakers),
        &BASE64_URL_SAFE_NO_PAD.encode(flipped),
    ] {
        let refused = send_for(&world, "newsletter", Some(since));
        assert_eq!(problem(&refused), (400, "invalid-parameter".to_owned()));
        assert!(!refused.to_string().contains(&id(1)));
    }
    assert_eq!(told(&page(&world, Some(given))), []);
}
