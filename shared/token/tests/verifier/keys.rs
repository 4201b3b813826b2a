use std::time::Duration;

use lambda_kit::{aws::CallBudget, config::Environment};
use serde_json::json;
use testkit::{
    Fault, Service, World,
    engine::resource_environment,
    tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY, Token},
};
use token::{Cause, TokenError, Verified, Verifier};

use crate::{machine, verifier};

const UNKNOWN_KEY: Result<(), TokenError> = Err(TokenError::Invalid(Cause::UnknownKey));

fn outcome(world: &World, verifier: &Verifier, token: &Token) -> Result<(), TokenError> {
    let outcome = world.block_on(verifier.verify(Some(&token.bearer())));
    outcome.map(drop::<Verified>)
}

/// How often the keys were asked for, the repeated attempts of one fetch included.
fn requests(world: &World) -> usize {
    let calls = world.trace();
    let to_cognito = calls
        .iter()
        .filter(|call| call.call.service == Service::Cognito);
    to_cognito.count()
}

fn named(world: &World, key: &str) -> Token {
    machine(world).member("kid", key)
}

#[test]
fn nothing_is_fetched_before_a_token_needs_it_and_then_once() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(requests(&world), 0);
    for _ in 0..3 {
        assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    }
    assert_eq!(requests(&world), 1);
}

#[test]
fn what_can_not_be_a_token_fetches_nothing() {
    let world = World::new(1);
    let verifier = verifier(&world);
    let long = "a".repeat(1_000_000);
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Basic eyJ.e.s",
        long.as_str(),
    ] {
        assert!(world.block_on(verifier.verify(Some(header))).is_err());
    }
    assert_eq!(requests(&world), 0);
}

#[test]
fn a_hundred_thousand_unknown_keys_cost_one_fetch_in_each_cooldown() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    let mut random = fastrand::Rng::with_seed(1);
    let token = machine(&world).signed();
    let (_, rest) = token.split_once('.').unwrap();
    let clock = world.clock();
    let began = clock.now();
    world.block_on(async {
        for n in 0..100_000 {
            let header = json!({ "alg": "RS256", "kid": format!("{:x}", random.u128(..)) });
            let header = base64::Engine::encode(
                &base64::prelude::BASE64_URL_SAFE_NO_PAD,
                header.to_string(),
            );
            let flood = format!("Bearer {header}.{rest}");
            let outcome = verifier.verify(Some(&flood)).await;
            assert_eq!(outcome, Err(TokenError::Invalid(Cause::UnknownKey)));
            // A thousand tokens a second, so that the flood lasts for several cooldowns.
            if n % 1_000 == 0 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    });
    let lasted = clock.now().duration_since(began).as_secs();
    let cooldowns = usize::try_from(lasted / 30).unwrap() + 1;
    let fetches = requests(&world) - 1;
    assert!(
        (1..=cooldowns).contains(&fetches),
        "{fetches} in {lasted} s"
    );
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
}

#[test]
fn a_flood_while_the_pool_is_down_is_held_off_as_well() {
    let world = World::new(1);
    world.faults().down(Service::Cognito);
    let verifier = verifier(&world);
    for n in 0..1_000 {
        let error = outcome(&world, &verifier, &named(&world, &format!("key-{n}")));
        assert!(matches!(error, Err(TokenError::NoKeys(_))), "{error:?}");
    }
    assert_eq!(requests(&world), 3, "one fetch in three attempts");
}

#[test]
fn a_new_key_is_found_after_the_cooldown_and_an_old_one_is_gone() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    let mut rotated = ACCESS_TOKEN_KEY.jwk();
    rotated["kid"] = "rotated".into();
    let text = json!({ "keys": [rotated] }).to_string();
    world.engines().serve_keys(&text);
    assert_eq!(
        outcome(&world, &verifier, &named(&world, "rotated")),
        UNKNOWN_KEY
    );
    world.advance(Duration::from_secs(30));
    assert_eq!(
        outcome(&world, &verifier, &named(&world, "rotated")),
        Ok(())
    );
    assert_eq!(outcome(&world, &verifier, &machine(&world)), UNKNOWN_KEY);
}

#[test]
fn a_key_that_was_taken_back_serves_for_an_hour_at_most() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    let text = json!({ "keys": [ID_TOKEN_KEY.jwk()] }).to_string();
    world.engines().serve_keys(&text);
    world.advance(Duration::from_mins(59));
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    world.advance(Duration::from_mins(1));
    assert_eq!(outcome(&world, &verifier, &machine(&world)), UNKNOWN_KEY);
}

#[test]
fn keys_serve_on_while_the_pool_is_down_or_talks_nonsense() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    world.faults().down(Service::Cognito);
    for _ in 0..48 {
        world.advance(Duration::from_hours(1));
        assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    }
    world.faults().heal();
    for nonsense in ["", "<html>", r#"{"keys":[]}"#, &"x".repeat(100_000)] {
        world.engines().serve_keys(nonsense);
        world.advance(Duration::from_hours(1));
        assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    }
    world
        .engines()
        .serve_keys(&json!({ "keys": [ID_TOKEN_KEY.jwk()] }).to_string());
    world.advance(Duration::from_secs(30));
    assert_eq!(outcome(&world, &verifier, &machine(&world)), UNKNOWN_KEY);
}

#[test]
fn a_pool_that_comes_up_again_is_asked_soon() {
    let world = World::new(1);
    let verifier = verifier(&world);
    world.faults().down(Service::Cognito);
    assert!(outcome(&world, &verifier, &machine(&world)).is_err());
    world.faults().heal();
    assert!(outcome(&world, &verifier, &machine(&world)).is_err());
    world.advance(Duration::from_secs(5));
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
}

/// What becomes of `n` tokens that come at once.
fn at_once(world: &World, verifier: &Verifier, n: usize) -> Vec<Result<(), TokenError>> {
    let bearer = machine(world).bearer();
    world.block_on(async {
        let tasks = tokio::task::LocalSet::new();
        let waiting: Vec<_> = (0..n)
            .map(|_| {
                let (verifier, bearer) = (verifier.clone(), bearer.clone());
                tasks.spawn_local(async move { verifier.verify(Some(&bearer)).await.map(drop) })
            })
            .collect();
        tasks.await;
        let mut outcomes = Vec::new();
        for task in waiting {
            outcomes.push(task.await.unwrap());
        }
        outcomes
    })
}

#[test]
fn many_tokens_at_once_wait_for_one_fetch() {
    for seed in 1..20 {
        let world = World::new(seed);
        world
            .faults()
            .at(1, Fault::Delay(Duration::from_millis(300)));
        let outcomes = at_once(&world, &verifier(&world), 100);
        assert_eq!(outcomes, vec![Ok(()); 100]);
        assert_eq!(requests(&world), 1);
    }
}

#[test]
fn nobody_waits_for_the_refreshing_of_a_key_that_is_there() {
    let world = World::new(1);
    let verifier = verifier(&world);
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
    world.advance(Duration::from_hours(2));
    world
        .faults()
        .always(Fault::BlackHole, |call| call.service == Service::Cognito);
    let began = world.clock().now();
    assert_eq!(at_once(&world, &verifier, 100), vec![Ok(()); 100]);
    let waited = world.clock().now().duration_since(began).unsigned_abs();
    assert!(waited <= CallBudget::HTTP.operation_timeout, "{waited:?}");
}

#[test]
fn a_fetch_that_is_cut_off_leaves_the_way_free() {
    let world = World::new(1);
    let verifier = verifier(&world);
    world.faults().once(Fault::BlackHole, |_| true);
    let bearer = machine(&world).bearer();
    world.block_on(async {
        let cut_off = verifier.verify(Some(&bearer));
        let limit = Duration::from_millis(100);
        assert!(tokio::time::timeout(limit, cut_off).await.is_err());
    });
    world.advance(Duration::from_secs(5));
    assert_eq!(outcome(&world, &verifier, &machine(&world)), Ok(()));
}

#[test]
fn another_pools_keys_open_nothing() {
    let world = World::new(1);
    let elsewhere = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other";
    let own = resource_environment().into_iter();
    let elsewhere = ("TOKEN_ISSUER".to_owned(), elsewhere.to_owned());
    let environment = Environment::from_pairs(own.chain([elsewhere]));
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let verifier = Verifier::new(&environment, &sdk, world.clock()).unwrap();
    let error = outcome(&world, &verifier, &machine(&world)).unwrap_err();
    assert!(matches!(error, TokenError::NoKeys(_)), "{error:?}");
}
