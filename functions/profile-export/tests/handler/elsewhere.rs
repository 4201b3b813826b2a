use serde_json::{Value, json};
use testkit::World;

use super::{JANE, JOAN, MEMBER, exported, member, profile, put, world};

fn put_membership(world: &World, id: &str, audience: &str) {
    world.put_row(
        "audiences",
        json!({
            "audience": id,
            "part": audience,
            "version": 3,
            "consent": 1,
            "country": "DE",
            "segments": ["regulars"],
            "updated_at": "2025-06-02T00:00:00Z",
            "sequence": 7,
        }),
    );
}

/// An erasure that somebody asked for and took back, known by a digit.
fn put_withdrawn(world: &World, digit: char, id: &str, requested_at: &str) {
    world.put_row(
        "erasures",
        json!({
            "erasure_id": erasure(digit),
            "part": "erasure",
            "state": "withdrawn",
            "profile_id": id,
            "members": 1,
            "requested_at": requested_at,
            "removal_at": "2026-01-18T09:00:00Z",
            "request_id": "an earlier request",
            "because": "person",
        }),
    );
}

fn erasure(digit: char) -> String {
    format!("era_{}", digit.to_string().repeat(32))
}

#[test]
fn the_audiences_of_all_members_are_in_it_with_how_they_stand_there() {
    let world = world();
    put(&world, JANE, &format!("member#{MEMBER}"), member());
    put(
        &world,
        MEMBER,
        "profile",
        json!({ "closed": "merged", "merged_into": JANE }),
    );
    put_membership(&world, JANE, "harbour#newsletter");
    put_membership(&world, MEMBER, "harbour#surveys");
    put_membership(&world, JOAN, "harbour#newsletter");
    let export = exported(&world);
    let audiences = &export["audiences.json"];
    let of = |row: &Value| (row["audience"].clone(), row["part"].clone());
    assert_eq!(
        audiences.iter().map(of).collect::<Vec<_>>(),
        [
            (json!(JANE), json!("harbour#newsletter")),
            (json!(MEMBER), json!("harbour#surveys")),
        ]
    );
    assert_eq!(audiences[0]["country"], "DE");
    assert_eq!(audiences[0]["segments"], json!(["regulars"]));
}

#[test]
fn erasures_that_were_taken_back_are_in_it_along_the_persons_trail() {
    let world = world();
    let mut parted = profile();
    parted["parent"] = JOAN.into();
    put(&world, JANE, "profile", parted);
    put(
        &world,
        JANE,
        "parting#earlier",
        json!({
            "survivor": JOAN,
            "went_under": [{
                "profile_id": JOAN,
                "from": "2026-01-15T06:00:00Z",
                "until": "2026-01-15T08:00:00Z",
            }],
        }),
    );
    put_withdrawn(&world, 'a', JANE, "2025-12-01T09:00:00Z");
    put_withdrawn(&world, 'b', JOAN, "2026-01-15T07:00:00.5Z");
    put_withdrawn(&world, 'c', JOAN, "2026-01-15T08:00:00Z");
    let export = exported(&world);
    let ids: Vec<&Value> = export["erasures.json"]
        .iter()
        .map(|row| &row["erasure_id"])
        .collect();
    assert_eq!(json!(ids), json!([erasure('a'), erasure('b')]));
    assert_eq!(export["erasures.json"][0]["state"], "withdrawn");
}

#[test]
fn what_the_user_pool_says_of_their_logins_is_in_it() {
    let world = world();
    let pool = world.engines().user_pool();
    let username = pool.sign_up("jane@example.com", "their own").unwrap();
    pool.confirm(&username).unwrap();
    let sub = pool.attributes(&username)["sub"].clone();
    // The pool knows the second one no more.
    let gone = json!("6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11");
    for (n, sub) in [&sub, &gone].into_iter().enumerate() {
        put(
            &world,
            JANE,
            &format!("identifier#cognito_sub#{n}"),
            json!({ "value": sub, "at": "2025-06-01T00:00:00Z" }),
        );
    }
    let export = exported(&world);
    let [user] = &export["user-pool.json"][..] else {
        panic!("one login is known to the pool")
    };
    assert_eq!(user["username"], json!(username));
    assert_eq!(
        (&user["status"], &user["enabled"]),
        (&json!("CONFIRMED"), &json!(true))
    );
    assert_eq!(user["attributes"]["email"], "jane@example.com");
    assert_eq!(user["attributes"]["sub"], json!(sub));
}
