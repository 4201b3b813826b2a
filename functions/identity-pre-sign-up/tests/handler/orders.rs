//! Whatever comes first, there is one person with one native user.

use proptest::prelude::*;
use serde_json::Value;
use testkit::{Fault, World};

use crate::{JANE, answer, app, first_sight, pool, signs_in, verified, world};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Jane signs up at the hosted login, if Cognito lets her.
    SignsUp,
    /// Jane enters the code that she was sent.
    Confirms,
    /// Jane signs in by Google.
    Google,
    /// Jane signs in by Facebook.
    Facebook,
    /// Cognito calls the trigger for Google although it was called before.
    RepeatedGoogle,
    /// The same for Facebook.
    RepeatedFacebook,
}

const STEPS: [Step; 6] = [
    Step::SignsUp,
    Step::Confirms,
    Step::Google,
    Step::Facebook,
    Step::RepeatedGoogle,
    Step::RepeatedFacebook,
];

async fn take(world: &World, step: Step) {
    // A new process each time: nothing is known from before.
    let app = app(world);
    let pool = pool(world);
    let retried = async |provider, subject| {
        let event = first_sight(world, provider, subject, &verified(JANE));
        answer(&app, &event).await.unwrap();
    };
    let signed_in = async |provider, subject| {
        signs_in(world, &app, provider, subject, verified(JANE))
            .await
            .unwrap();
    };
    match step {
        Step::SignsUp => drop(pool.sign_up(JANE, "her own")),
        Step::Confirms => {
            let unconfirmed: Option<Value> = pool
                .users()
                .into_iter()
                .find(|user| user["status"] == "UNCONFIRMED");
            if let Some(user) = unconfirmed {
                pool.confirm(user["username"].as_str().unwrap()).unwrap();
            }
        }
        Step::Google => signed_in("Google", "108").await,
        Step::Facebook => signed_in("Facebook", "204").await,
        Step::RepeatedGoogle => retried("Google", "108").await,
        Step::RepeatedFacebook => retried("Facebook", "204").await,
    }
}

/// After everything there is one user, whose address is proven and who has both logins.
fn assert_one_person(world: &World, what: &str) {
    let users = pool(world).users();
    assert_eq!(users.len(), 1, "{what}: {users:?}");
    let jane = &users[0];
    assert_eq!(jane["status"], "CONFIRMED", "{what}");
    assert_eq!(jane["attributes"]["email_verified"], "true", "{what}");
    let mut logins: Vec<&str> = jane["identities"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    logins.sort_unstable();
    assert_eq!(logins, ["Facebook:204", "Google:108"], "{what}");
}

fn orders(left: &[Step]) -> Vec<Vec<Step>> {
    if left.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (place, step) in left.iter().enumerate() {
        let mut others = left.to_vec();
        others.remove(place);
        for mut order in orders(&others) {
            order.insert(0, *step);
            all.push(order);
        }
    }
    all
}

#[test]
fn in_every_order_of_events_one_person_has_one_native_user() {
    let orders = orders(&STEPS);
    assert_eq!(orders.len(), 720);
    for order in orders {
        let world = world(1);
        world.block_on(async {
            for step in &order {
                take(&world, *step).await;
            }
        });
        assert_one_person(&world, &format!("{order:?}"));
    }
}

#[test]
fn two_logins_at_once_lead_to_one_native_user() {
    for seed in 1..=40 {
        let world = world(seed);
        world.block_on(async {
            tokio::join!(take(&world, Step::Google), take(&world, Step::Facebook))
        });
        assert_one_person(&world, &format!("seed {seed}"));
    }
}

#[test]
fn one_login_that_cognito_repeats_while_it_is_under_way_is_linked_once() {
    for seed in 1..=40 {
        let world = world(seed);
        world.block_on(async {
            tokio::join!(
                take(&world, Step::RepeatedGoogle),
                take(&world, Step::RepeatedGoogle)
            );
            take(&world, Step::Google).await;
            take(&world, Step::Facebook).await;
        });
        assert_one_person(&world, &format!("seed {seed}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Each step may come more often than once, and one call's answer may be lost.
    #[test]
    fn repetitions_and_lost_answers_change_nothing(
        steps in prop::collection::vec(prop::sample::select(STEPS.to_vec()), 0..6),
        lost in 1_usize..20,
        seed in any::<u64>(),
    ) {
        let world = world(seed);
        world.faults().at(lost, Fault::LoseAcknowledgement);
        world.block_on(async {
            for step in steps.iter().chain(&[Step::Google, Step::Facebook]) {
                take(&world, *step).await;
            }
        });
        assert_one_person(&world, &format!("{steps:?}, call {lost}"));
    }
}
