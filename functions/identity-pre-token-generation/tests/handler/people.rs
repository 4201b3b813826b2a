use std::time::Duration;

use serde_json::json;

use crate::{
    address_key, answer, app, asked, claims, identifiers, login_key, machine, parts, person,
    person_v2, world,
};

/// Someone whose profile is there already.
const OWNER: &str = "prf_01010101010171018101010101010101";

#[test]
fn a_person_seen_for_the_first_time_gets_a_profile_with_its_event() {
    let world = world(1);
    answer(&world, &app(&world), &person_v2());
    let profiles = parts(&world, "profile");
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0]["fields"]["email"]["value"], "ada@example.org");
    assert_eq!(
        identifiers(&world),
        [login_key(&world), address_key(&world)]
    );
    assert_eq!(parts(&world, "identifier#").len(), 2);
    let outbox = parts(&world, "outbox#");
    assert_eq!(outbox.len(), 1);
    assert!(
        outbox[0]["event"]
            .as_str()
            .unwrap()
            .contains("dev.fairlead.profile.created.v1")
    );
}

#[test]
fn a_returning_person_costs_one_read() {
    let world = world(1);
    let app = app(&world);
    let first = answer(&world, &app, &person_v2());
    let before = world.trace().len();
    assert_eq!(answer(&world, &app, &person_v2()), first);
    let calls: Vec<String> = world.trace()[before..]
        .iter()
        .map(|call| call.call.to_string())
        .collect();
    assert_eq!(
        calls,
        [format!(
            "dynamodb:GetItem identifiers[{}]",
            login_key(&world)
        )]
    );
}

#[test]
fn the_directory_is_asked_again_after_a_minute() {
    let world = world(1);
    let app = app(&world);
    answer(&world, &app, &machine());
    world.advance(Duration::from_secs(59));
    answer(&world, &app, &machine());
    assert_eq!(world.trace().len(), 1);
    world.advance(Duration::from_secs(1));
    answer(&world, &app, &machine());
    assert_eq!(world.trace().len(), 2);
}

#[test]
fn an_unverified_address_points_at_nobody() {
    for verified in ["false", "TRUE", "", "1"] {
        let world = world(1);
        answer(
            &world,
            &app(&world),
            &person(&json!({ "email_verified": verified })),
        );
        assert_eq!(identifiers(&world), [login_key(&world)], "{verified}");
    }
}

#[test]
fn nobody_gets_a_profile_by_an_address_of_its_owner_verified_or_not() {
    for verified in ["true", "false"] {
        let world = world(1);
        let owned = json!({
            "identifier": address_key(&world),
            "profile_id": OWNER,
            "member": OWNER,
            "verified": true,
            "at": "2025-06-01T00:00:00Z",
        });
        world.put_row("identifiers", owned.clone());
        let event = person(&json!({ "email_verified": verified }));
        let answer = answer(&world, &app(&world), &event);
        assert_ne!(claims(&answer)["fairlead:profile"], OWNER, "{verified}");
        assert!(claims(&answer)["fairlead:profile"].is_string());
        assert!(world.rows("identifiers").contains(&owned), "{verified}");
        assert_eq!(parts(&world, "identifier#").len(), 1);
        assert_eq!(parts(&world, "profile").len(), 1);
    }
}

#[test]
fn an_address_verified_later_is_taken_over_with_an_event() {
    let world = world(1);
    let app = app(&world);
    answer(&world, &app, &person(&json!({ "email_verified": "false" })));
    answer(&world, &app, &person_v2());
    assert!(identifiers(&world).contains(&address_key(&world)));
    let profile = &parts(&world, "profile")[0];
    assert_eq!(profile["version"], 2);
    assert_eq!(parts(&world, "outbox#").len(), 2);
}

#[test]
fn an_address_that_was_left_is_free_for_another_person() {
    let world = world(1);
    let app = app(&world);
    answer(&world, &app, &person_v2());
    answer(
        &world,
        &app,
        &person(&json!({ "email": "ada@elsewhere.example" })),
    );
    assert!(!identifiers(&world).contains(&address_key(&world)));
    let other = answer(&world, &app, &person(&json!({ "sub": "other" })));
    let owner = world
        .rows("identifiers")
        .into_iter()
        .find(|row| row["identifier"] == address_key(&world))
        .unwrap();
    assert_eq!(owner["profile_id"], claims(&other)["fairlead:profile"]);
}

#[test]
fn two_runs_at_once_make_one_profile() {
    for seed in 1..=20 {
        let world = world(seed);
        let (one, two) = (app(&world), app(&world));
        let event = person_v2();
        let (first, second) = world.block_on(async {
            tokio::join!(asked(&world, &one, &event), asked(&world, &two, &event))
        });
        assert_eq!(claims(&first), claims(&second), "seed {seed}");
        assert_eq!(parts(&world, "profile").len(), 1, "seed {seed}");
        assert_eq!(parts(&world, "outbox#").len(), 1, "seed {seed}");
    }
}

#[test]
fn two_logins_that_prove_the_same_address_at_once_are_one_person() {
    for seed in 1..=20 {
        let world = world(seed);
        let (one, two) = (app(&world), app(&world));
        let (ada, bea) = (
            person(&json!({ "sub": "ada" })),
            person(&json!({ "sub": "bea" })),
        );
        // The first token may be out before the two are one; the next one knows.
        for _ in 0..2 {
            world.block_on(async {
                tokio::join!(asked(&world, &one, &ada), asked(&world, &two, &bea))
            });
        }
        let (first, second) = world
            .block_on(async { tokio::join!(asked(&world, &one, &ada), asked(&world, &two, &bea)) });
        assert_eq!(
            claims(&first)["fairlead:profile"],
            claims(&second)["fairlead:profile"]
        );
        assert_eq!(identifiers(&world).len(), 3, "seed {seed}");
        assert_eq!(parts(&world, "profile").len(), 2, "seed {seed}");
    }
}
