use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    DELETE, JANE, JOAN, LIST, PULL, assert_problem, claims, close, granted, parts, profile, pull,
    push, request, send, values, world,
};

const ROUTES: [&str; 3] = [LIST, PULL, DELETE];

fn every_request() -> Vec<Value> {
    let mut all: Vec<Value> = ROUTES.map(request).into();
    all.push(push(&[("a", Some("1"), 0)]));
    all
}

#[test]
fn nobody_reaches_another_persons_datasets() {
    let world = world(1);
    granted(&world, &push(&[("a", Some("jane's"), 0)]));
    let by_joan = |mut request: Value| {
        claims(&mut request)["fairlead:profile"] = JOAN.into();
        request
    };
    assert_eq!(values(&granted(&world, &by_joan(pull(0)))), []);
    granted(&world, &by_joan(push(&[("a", Some("joan's"), 0)])));
    send(&world, &by_joan(request(DELETE)));
    assert_eq!(values(&granted(&world, &pull(0))), [("a", Some("jane's"))]);
    assert_eq!(parts(&world, JOAN), ["datasets"]);
}

#[test]
fn datasets_are_those_of_the_member_by_whose_login_the_person_came() {
    let world = world(1);
    let mut as_member = push(&[("a", Some("1"), 0)]);
    claims(&mut as_member)["fairlead:member"] = JOAN.into();
    granted(&world, &as_member);
    assert_eq!(
        (parts(&world, JANE).len(), parts(&world, JOAN).len()),
        (0, 4)
    );
}

#[test]
fn a_member_that_was_merged_goes_on_with_its_datasets() {
    let world = world(1);
    granted(&world, &push(&[("a", Some("1"), 0)]));
    close(&world, "merged");
    granted(&world, &push(&[("b", Some("1"), 0)]));
    assert_eq!(values(&granted(&world, &pull(0))).len(), 2);
    assert_eq!(send(&world, &request(DELETE))["statusCode"], 204);
}

#[rstest]
#[case("erasing")]
#[case("erased")]
fn who_is_erased_has_no_datasets_and_gets_none(#[case] why: &str) {
    let world = world(1);
    granted(&world, &push(&[("b", Some("1"), 0)]));
    close(&world, why);
    let rows = world.rows("profiles");
    for request in every_request() {
        assert_problem(&send(&world, &request), 404, "no-such-profile", None);
    }
    assert_eq!(world.rows("profiles"), rows);
}

#[test]
fn while_a_profile_settles_everyone_comes_back_in_a_second() {
    let world = world(1);
    close(&world, "settling");
    for request in every_request() {
        let answer = send(&world, &request);
        assert_problem(&answer, 503, "settling", None);
        assert_eq!(answer["headers"]["retry-after"], "1");
    }
}

#[test]
fn a_push_that_an_erasure_overtakes_writes_nothing() {
    for seed in 1..=20 {
        let world = world(seed);
        let request = push(&[("a", Some("1"), 0)]);
        let erasing = async {
            tokio::task::yield_now().await;
            let mut row = profile(JANE);
            row["closed"] = "erased".into();
            world.put_row("profiles", row);
        };
        let (answer, ()) =
            world.block_on(async { tokio::join!(crate::answer(&world, &request), erasing) });
        if answer["statusCode"] != 200 {
            assert_problem(&answer, 404, "no-such-profile", None);
            assert_eq!(parts(&world, JANE), [""; 0], "seed {seed}");
        }
    }
}

#[test]
fn someone_without_a_profile_has_no_datasets() {
    let world = world(1);
    for mut request in every_request() {
        claims(&mut request)["fairlead:profile"] = "prf_03030303030373038303030303030303".into();
        assert_problem(&send(&world, &request), 404, "no-such-profile", None);
    }
}

#[rstest]
#[case("token_use", json!("id"), 401, "token-invalid")]
#[case("scope", json!("openid"), 403, "scope-missing")]
#[case("fairlead:profile", json!("prf_x"), 401, "token-invalid")]
#[case("fairlead:member", json!("prf_x"), 401, "token-invalid")]
fn a_token_has_to_say_who_comes_and_what_for(
    #[case] claim: &str,
    #[case] value: Value,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let world = world(1);
    for mut request in every_request() {
        claims(&mut request)[claim] = value.clone();
        assert_problem(&send(&world, &request), status, problem, None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn a_token_that_names_no_profile_opens_none() {
    let world = world(1);
    for mut request in every_request() {
        claims(&mut request)
            .as_object_mut()
            .unwrap()
            .remove("fairlead:profile");
        assert_problem(&send(&world, &request), 403, "no-profile-in-token", None);
    }
    assert!(world.trace().is_empty());
}

#[test]
fn who_may_read_may_not_write() {
    let world = world(1);
    for mut request in every_request() {
        let reads = request["routeKey"].as_str().unwrap().starts_with("GET");
        claims(&mut request)["scope"] = "fairlead/profile.read".into();
        let answer = send(&world, &request);
        assert_eq!(answer["statusCode"], if reads { 200 } else { 403 });
    }
}
