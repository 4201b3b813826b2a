//! Reads while one of their calls fails for good, however often it is tried: the answer is the whole
//! one, or says that there is none, and no answer has a part missing.

use std::{collections::BTreeSet, fmt::Debug};

use fairlead_crash_points::actors::{
    Person,
    contact::{asked, asks_once, calls_once, is_configured, serves_customers},
    description::{asks_for_description, readers},
    gets_a_token,
    messages::{forgets_the_password, the_tenant_has_words},
    migration::{LEGACY_NAME, is_brought_over, jane_is_there},
    receipts::{asks_as_an_operator, asks_for_receipts, was_looked_up},
    set_the_scene,
};
use serde_json::Value;
use testkit::{Call, Fault, World};

/// The ways in which a call can fail for good.
const OUTAGES: [Fault; 3] = [Fault::Unavailable, Fault::Throttle, Fault::BlackHole];

/// Lets each call that `asks` makes fail for good, one after the other: what is told meanwhile is whole
/// or nothing, and what is told afterwards is whole.
fn is_whole_or_nothing<T: Debug + PartialEq>(
    world: &World,
    asks: impl AsyncFn() -> T,
    is_nothing: impl Fn(&T) -> bool,
) {
    let before = world.trace().len();
    let whole = world.block_on(asks());
    assert!(!is_nothing(&whole), "nothing is told at all");
    let calls = world.trace().split_off(before).into_iter();
    let calls: BTreeSet<String> = calls.map(|traced| traced.call.to_string()).collect();
    assert!(!calls.is_empty(), "nothing can fail");
    for lost in calls {
        for outage in OUTAGES {
            let name = lost.clone();
            let is_lost = move |call: &Call| call.to_string() == name;
            world.faults().always(outage, is_lost);
            let told = world.block_on(asks());
            assert!(
                told == whole || is_nothing(&told),
                "while {lost} fails by {outage}: {told:?}"
            );
            world.faults().heal();
            assert_eq!(world.block_on(asks()), whole, "after {lost} failed");
        }
    }
}

#[test]
fn a_person_sees_all_of_their_receipts_with_the_partners_names_or_none() {
    let world = World::new(1);
    was_looked_up(&world);
    let claims = world.block_on(gets_a_token(&world, &Person::jane()));
    let asks = async || asks_for_receipts(&world, &claims).await;
    is_whole_or_nothing(&world, asks, Result::is_err);
}

#[test]
fn an_operator_sees_all_that_a_partner_read_or_nothing() {
    let world = World::new(1);
    was_looked_up(&world);
    for (route, partner) in [
        ("GET /v1/receipts", Some("chandlery")),
        ("GET /v1/receipts/summary", Some("chandlery")),
        ("GET /v1/receipts/summary", None),
    ] {
        let asks = async || asks_as_an_operator(&world, route, partner).await;
        is_whole_or_nothing(&world, asks, Result::is_err);
    }
}

#[test]
fn whoever_has_a_token_sees_what_it_opens_of_the_description_or_nothing() {
    let world = World::new(1);
    let (person, operator) = readers(&world);
    for token in [person, operator] {
        let asks = async || asks_for_description(&world, "/openapi.json", Some(&token)).await;
        is_whole_or_nothing(&world, asks, Result::is_err);
    }
}

#[test]
fn a_message_is_in_the_tenants_words_throughout_or_left_to_cognito() {
    let world = World::new(1);
    set_the_scene(&world);
    the_tenant_has_words(&world);
    let asks = async || forgets_the_password(&world, &Person::jane(), "fr").await;
    let is_left = |message: &[Value; 3]| message.iter().all(Value::is_null);
    is_whole_or_nothing(&world, asks, is_left);
}

#[test]
fn a_person_is_brought_over_whole_or_not_at_all() {
    let world = World::new(1);
    jane_is_there(&world);
    for password in [Some("her own"), None] {
        let asks = async || is_brought_over(&world, LEGACY_NAME, password).await;
        is_whole_or_nothing(&world, asks, Option::is_none);
    }
}

#[test]
fn a_flow_is_told_what_is_configured_or_that_nobody_knows() {
    let world = World::new(1);
    is_configured(&world);
    is_whole_or_nothing(
        &world,
        async || asks_once(&world, &asked(&world)).await,
        |told| told.get("source").and_then(Value::as_str) == Some("default"),
    );
}

#[test]
fn a_flow_is_told_who_calls_or_that_something_is_missing() {
    let world = World::new(1);
    set_the_scene(&world);
    serves_customers(&world);
    world.block_on(gets_a_token(&world, &Person::jane()));
    is_whole_or_nothing(
        &world,
        async || calls_once(&world, "+4930901820").await,
        |told| {
            let status = told.get("status").and_then(Value::as_str);
            let is_part = told.get("partial").and_then(Value::as_bool);
            status == Some("unavailable") || is_part == Some(true)
        },
    );
}
