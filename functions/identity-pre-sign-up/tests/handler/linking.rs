use identity::{Identifier, IdentifierKey, Social, cognito::TriggerFailure};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Service, World};

use crate::{JANE, answer, app, first_sight, pool, signs_in, user, verified, world};

const ROOT: &str = "prf_01010101010171018101010101010101";
const MEMBER: &str = "prf_02020202020272028202020202020202";

fn operations(world: &World) -> Vec<String> {
    let calls = world.trace().into_iter();
    calls.map(|traced| traced.call.operation).collect()
}

#[test]
fn a_login_with_a_verified_address_leads_to_its_native_user() {
    let world = world(1);
    let jane = pool(&world).sign_up(JANE, "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    assert_eq!(world.block_on(signed_in), Ok(jane.clone()));
    assert_eq!(pool(&world).users().len(), 1);
    assert!(pool(&world).takes_password(&jane, "her own"));
}

#[test]
fn the_event_comes_back_as_it_was() {
    let world = world(1);
    let event = first_sight(&world, "Google", "108", &verified(JANE));
    assert_eq!(world.block_on(answer(&app(&world), &event)), Ok(event));
}

#[rstest]
#[case("Google", json!({ "email": JANE, "email_verified": "false" }))]
#[case("Google", json!({ "email": JANE }))]
#[case("Google", json!({ "email_verified": "true" }))]
#[case("Google", json!({ "email": "no address", "email_verified": "true" }))]
#[case("Corp_IdP", json!({ "email": JANE }))]
#[case("Corp_IdP", json!({ "email": JANE, "email_verified": "true" }))]
fn a_login_for_whose_address_nobody_vouches_stands_alone(
    #[case] provider: &str,
    #[case] attributes: Value,
) {
    let world = world(1);
    let jane = pool(&world).sign_up(JANE, "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    let before = user(&world, &jane);
    let app = app(&world);
    let signed_in = signs_in(&world, &app, provider, "108", attributes);
    assert_ne!(world.block_on(signed_in), Ok(jane.clone()));
    assert_eq!(user(&world, &jane), before);
    assert_eq!(pool(&world).users().len(), 2);
}

#[test]
fn a_new_person_gets_a_native_user_that_only_they_can_get_into() {
    let world = world(1);
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified("Jane@Example.com"));
    let jane = world.block_on(signed_in).unwrap();
    assert_eq!(pool(&world).users().len(), 1);
    let made = user(&world, &jane);
    assert_eq!(made["status"], "CONFIRMED");
    assert_eq!(made["attributes"]["email"], JANE);
    assert_eq!(made["attributes"]["email_verified"], "true");
    assert_eq!(made["identities"], json!(["Google:108"]));
    assert_eq!(made["has_password"], true);
    assert_eq!(
        pool(&world).sign_up(JANE, "another"),
        Err("UsernameExistsException")
    );
}

#[test]
fn an_address_that_is_spelled_otherwise_in_the_pool_is_the_same() {
    let world = world(1);
    let jane = pool(&world).sign_up("Jane@Example.COM", "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    assert_eq!(world.block_on(signed_in), Ok(jane));
    assert_eq!(pool(&world).users().len(), 1);
}

#[test]
fn whoever_signed_up_with_somebody_elses_address_loses_the_account_to_its_owner() {
    let world = world(1);
    let squatted = pool(&world).sign_up(JANE, "the squatter's").unwrap();
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    assert_eq!(world.block_on(signed_in), Ok(squatted.clone()));
    assert!(!pool(&world).takes_password(&squatted, "the squatter's"));
    assert_eq!(
        user(&world, &squatted)["attributes"]["email_verified"],
        "true"
    );
    assert_eq!(
        pool(&world).confirm(&squatted),
        Err("NotAuthorizedException")
    );
}

/// The user of that name is Jane, who took her login at Google of that subject off.
fn took_off(world: &World, username: &str, subject: &str) {
    let sub = user(world, username)["attributes"]["sub"].clone();
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let login = Identifier::CognitoSub(sub.as_str().unwrap().parse().unwrap());
    let google = Identifier::Social(Social::new("Google", subject).unwrap());
    world.put_row(
        "identifiers",
        json!({ "identifier": login.key(&key), "profile_id": ROOT, "member": MEMBER, "verified": true }),
    );
    world.put_row(
        "profiles",
        json!({ "profile_id": MEMBER, "part": format!("taken-off#{}", google.key(&key)) }),
    );
}

#[test]
fn a_login_that_was_taken_off_stands_alone_when_it_comes_again_and_no_other_one_does() {
    let world = world(1);
    let jane = pool(&world).sign_up(JANE, "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    took_off(&world, &jane, "108");
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    let other = world.block_on(signed_in).unwrap();
    assert_ne!(other, jane);
    assert_eq!(user(&world, &jane)["identities"], json!([]));
    let signed_in = signs_in(&world, &app, "Google", "109", verified(JANE));
    assert_eq!(world.block_on(signed_in), Ok(jane.clone()));
    let signed_in = signs_in(&world, &app, "Facebook", "108", verified(JANE));
    assert_eq!(world.block_on(signed_in), Ok(jane));
}

#[test]
fn while_it_can_not_be_known_what_was_taken_off_nothing_is_linked() {
    let world = world(1);
    let jane = pool(&world).sign_up(JANE, "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    took_off(&world, &jane, "108");
    let app = app(&world);
    world.faults().down(Service::DynamoDb);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    assert_eq!(world.block_on(signed_in), Err(TriggerFailure::Unavailable));
    assert_eq!(pool(&world).users().len(), 1);
}

#[test]
fn an_account_in_use_whose_address_was_never_proven_is_left_alone() {
    let world = world(1);
    let someone = pool(&world).sign_up(JANE, "someone's").unwrap();
    pool(&world).confirm(&someone).unwrap();
    pool(&world).set_attribute(&someone, "email_verified", "false");
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", verified(JANE));
    assert_ne!(world.block_on(signed_in), Ok(someone.clone()));
    assert_eq!(user(&world, &someone)["identities"], json!([]));
    assert!(pool(&world).takes_password(&someone, "someone's"));
}

#[test]
fn a_quote_in_an_address_finds_nobody_else() {
    let world = world(1);
    let jane = pool(&world).sign_up(JANE, "her own").unwrap();
    pool(&world).confirm(&jane).unwrap();
    let tricky = json!({ "email": "\" or email ^= \"j@example.com", "email_verified": "true" });
    let app = app(&world);
    let signed_in = signs_in(&world, &app, "Google", "108", tricky);
    assert_ne!(world.block_on(signed_in), Ok(jane));
}

#[test]
fn a_repeated_trigger_finds_its_work_done() {
    let world = world(1);
    let event = first_sight(&world, "Google", "108", &verified(JANE));
    let app = app(&world);
    for _ in 0..3 {
        assert_eq!(world.block_on(answer(&app, &event)), Ok(event.clone()));
    }
    assert_eq!(pool(&world).users().len(), 1);
    assert_eq!(
        operations(&world)
            .iter()
            .filter(|name| *name == "AdminLinkProviderForUser")
            .count(),
        1
    );
}

#[test]
fn a_sixth_login_is_refused_in_words_for_the_person() {
    let world = world(1);
    let app = app(&world);
    for n in 0..5 {
        let subject = n.to_string();
        let signed_in = signs_in(&world, &app, "Google", &subject, verified(JANE));
        world.block_on(signed_in).unwrap();
    }
    let sixth = signs_in(&world, &app, "Google", "6", verified(JANE));
    assert_eq!(world.block_on(sixth), Err(TriggerFailure::TooManyLogins));
    assert_eq!(pool(&world).users().len(), 1);
}

#[test]
fn providers_are_looked_up_once() {
    let world = world(1);
    let app = app(&world);
    for (subject, email) in [("1", JANE), ("2", "joan@example.com")] {
        let signed_in = signs_in(&world, &app, "Google", subject, verified(email));
        world.block_on(signed_in).unwrap();
    }
    let calls = operations(&world);
    for once in ["ListIdentityProviders", "DescribeIdentityProvider"] {
        assert_eq!(
            calls.iter().filter(|name| *name == once).count(),
            1,
            "{calls:?}"
        );
    }
}

#[test]
fn a_login_without_a_verified_address_costs_no_call() {
    let world = world(1);
    let event = first_sight(&world, "Google", "108", &json!({ "email": JANE }));
    assert_eq!(world.block_on(answer(&app(&world), &event)), Ok(event));
    assert!(world.trace().is_empty());
}

#[test]
fn a_login_of_a_provider_that_the_pool_does_not_have_stands_alone() {
    let world = world(1);
    let mut event = first_sight(&world, "Google", "108", &verified(JANE));
    event["userName"] = "Elsewhere_108".into();
    assert_eq!(world.block_on(answer(&app(&world), &event)), Ok(event));
    assert!(pool(&world).users().is_empty());
}
