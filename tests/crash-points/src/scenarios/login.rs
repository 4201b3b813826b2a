//! Logins at other providers, and what a person's sign-in leaves behind.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    Person, gets_a_token,
    login::{
        FACEBOOK, Federated, GOOGLE, is_deleted, is_listed, person, proves_a_number,
        reconcile_runs, set_the_pool, signs_in, signs_in_by, signs_up,
    },
    logins::{lists, takes_off},
    set_the_scene, stream_flows,
};

/// A person with an account signs in by Google.
pub(super) struct SocialAfterNative;

impl Scenario for SocialAfterNative {
    fn name(&self) -> &'static str {
        "social-after-native"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(gets_a_token(world, &person(world, &jane)));
    }

    async fn run(&self, world: &World) -> Value {
        signs_in_by(world, &GOOGLE).await
    }
}

/// A person comes by Google, then tries to sign up by themselves, then comes by Facebook.
pub(super) struct NativeAfterSocial;

impl Scenario for NativeAfterSocial {
    fn name(&self) -> &'static str {
        "native-after-social"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
    }

    async fn run(&self, world: &World) -> Value {
        let by_google = signs_in_by(world, &GOOGLE).await;
        let by_herself = signs_up(world);
        let by_facebook = signs_in_by(world, &FACEBOOK).await;
        json!([by_google, by_herself, by_facebook])
    }
}

/// A new person comes by two providers at once.
pub(super) struct TwoSocialsAtOnce;

impl Scenario for TwoSocialsAtOnce {
    fn name(&self) -> &'static str {
        "two-socials-at-once"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
    }

    async fn run(&self, world: &World) -> Value {
        let both =
            futures_util::future::join(signs_in_by(world, &GOOGLE), signs_in_by(world, &FACEBOOK));
        let (google, facebook) = both.await;
        // Which login's news came last is chance; whoever signs in next brings both.
        let again = signs_in_by(world, &GOOGLE).await;
        json!([google, facebook, again])
    }

    /// How often the record took news, one after the other or both at once, is chance, too.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = Observation::of(world);
        let profiles = observation.rows.get_mut("profiles").into_iter().flatten();
        profiles.filter_map(Value::as_object_mut).for_each(|row| {
            row.remove("parts");
        });
        observation
    }
}

/// Somebody comes by Google with a person's address that nobody vouches for, and gets nothing of
/// that person's.
pub(super) struct UnprovenSocial;

impl Scenario for UnprovenSocial {
    fn name(&self) -> &'static str {
        "unproven-social"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(gets_a_token(world, &person(world, &jane)));
    }

    async fn run(&self, world: &World) -> Value {
        let unproven = Federated {
            verified: false,
            ..GOOGLE
        };
        signs_in_by(world, &unproven).await
    }
}

/// A person confirmed their account and no trigger ran; the reconciliation makes their profile.
pub(super) struct MissedTrigger;

impl Scenario for MissedTrigger {
    fn name(&self) -> &'static str {
        "missed-trigger"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
    }

    async fn run(&self, world: &World) -> Value {
        let jane = signs_up(world).expect("she is new");
        reconcile_runs(world).await;
        reconcile_runs(world).await;
        gets_a_token(world, &person(world, &jane)).await
    }
}

/// A person proved a telephone number and did not sign in since; the reconciliation takes it over.
pub(super) struct MissedNews;

impl Scenario for MissedNews {
    fn name(&self) -> &'static str {
        "missed-news"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(gets_a_token(world, &person(world, &jane)));
        proves_a_number(world, &jane);
    }

    async fn run(&self, world: &World) -> Value {
        reconcile_runs(world).await;
        reconcile_runs(world).await;
        Value::Null
    }

    /// What the first run can't take over, the second one does.
    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A person's user was deleted; the login goes, and by another one they have their record again.
pub(super) struct UserGone;

impl Scenario for UserGone {
    fn name(&self) -> &'static str {
        "user-gone"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(async {
            gets_a_token(world, &person(world, &jane)).await;
            signs_in_by(world, &GOOGLE).await;
        });
        world.advance(Duration::from_hours(25));
        is_deleted(world, &jane);
    }

    async fn run(&self, world: &World) -> Value {
        for _ in 0..3 {
            reconcile_runs(world).await;
            tokio::time::sleep(Duration::from_hours(1)).await;
        }
        let jane = signs_up(world).expect("the pool does not know her any more");
        // What the first one can't join, the next one does.
        for _ in 0..2 {
            gets_a_token(world, &person(world, &jane)).await;
        }
        gets_a_token(world, &person(world, &jane)).await
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// The pool does not tell of a person's user for a while; their login stays, however often a run is
/// begun again meanwhile.
pub(super) struct UserUntold;

impl Scenario for UserUntold {
    fn name(&self) -> &'static str {
        "user-untold"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(gets_a_token(world, &person(world, &jane)));
        world.advance(Duration::from_hours(25));
        is_listed(world, &jane, false);
    }

    async fn run(&self, world: &World) -> Value {
        reconcile_runs(world).await;
        is_listed(world, "jane@example.com", true);
        tokio::time::sleep(Duration::from_hours(1)).await;
        reconcile_runs(world).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A person signs in, and the bus is told.
pub(super) struct SignIn;

impl Scenario for SignIn {
    fn name(&self) -> &'static str {
        "sign-in"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            gets_a_token(world, &Person::jane()).await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        signs_in(world, &Person::jane()).await;
        stream_flows(world).await;
        gets_a_token(world, &Person::jane()).await
    }
}

/// A person with an account and a login at Google takes that login off, and looks again. Whoever comes
/// by it then is somebody else.
pub(super) struct LoginTakenOff;

impl Scenario for LoginTakenOff {
    fn name(&self) -> &'static str {
        "login-taken-off"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        world.block_on(async {
            gets_a_token(world, &person(world, &jane)).await;
            signs_in_by(world, &GOOGLE).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = signs_in_by(world, &GOOGLE).await;
        let before = lists(world, &claims).await;
        let statuses = takes_off(world, &claims, &before).await;
        let after = lists(world, &claims).await;
        let other = signs_in_by(world, &GOOGLE).await;
        json!([before, statuses, after, other])
    }
}
