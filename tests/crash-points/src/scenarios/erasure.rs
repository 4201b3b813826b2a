//! People are erased, and others come too late.

use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use testkit::{
    World,
    engine::CERTIFICATES_BUCKET,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    Person, changes,
    datasets::pushes,
    decides,
    erasure::{
        acknowledges, asks_for_erasure, erasure_of, erasures_are_started, erasures_run, looks_at,
        looks_at_own, partner_obeys, takes_it_back,
    },
    events::{order, posts, takes_orders},
    gets_a_token,
    identify::machine_says,
    login::{person, set_the_pool, signs_in, signs_up},
    operates,
    partner::{agree, looks_up},
    reads, set_the_scene, stream_flows,
};

/// Jane signed up, and something of every kind is kept of her: a partner read of her, she decided,
/// her device pushed, and a machine knows her by a name of its own.
fn jane(world: &World) -> Person {
    set_the_scene(world);
    agree(world);
    set_the_pool(world);
    let jane = signs_up(world).expect("she is new");
    let jane = person(world, &jane);
    world.block_on(async {
        let claims = gets_a_token(world, &jane).await;
        signs_in(world, &jane).await;
        changes(world, &claims, json!({ "given_name": "Jane" })).await;
        decides(world, &claims, "granted").await;
        pushes(world, &claims, &Value::Null, &[("theme", Some("dark"))]).await;
        machine_says(world, &known_to_the_crm()).await;
        looks_up(world, "jane@example.com").await;
        stream_flows(world).await;
    });
    jane
}

pub(super) fn known_to_the_crm() -> Value {
    json!({ "external_id": "C-17", "email": "jane@example.com", "traits": { "family_name": "Doe" } })
}

/// Whatever is written to somebody who is leaving, or has left.
async fn all_write(world: &World, jane: &Person, claims: &Value) -> Value {
    signs_in(world, jane).await;
    let changed = changes(world, claims, json!({ "given_name": "Jane again" })).await;
    let pushed = pushes(world, claims, &Value::Null, &[("theme", Some("light"))]).await;
    machine_says(world, &known_to_the_crm()).await;
    json!([
        changed.get("statusCode"),
        decides(world, claims, "withdrawn").await,
        pushed.0,
    ])
}

/// A person of whom an event was refused asks to be erased, and is: others write to her meanwhile and
/// afterwards, Cognito calls late, and a partner that was never told acknowledges.
pub(super) struct Erasure;

impl Scenario for Erasure {
    fn name(&self) -> &'static str {
        "erasure"
    }

    fn setup(&self, world: &World) {
        jane(world);
        takes_orders(world);
        let refused = order("1", &known_id(world), &json!({ "orders": 1 }));
        world.block_on(posts(world, &[refused]));
        assert_eq!(world.rows("quarantine").len(), 1);
    }

    async fn run(&self, world: &World) -> Value {
        let users = world.engines().user_pool().users();
        let name = users.first().and_then(|user| user.get("username")).cloned();
        let jane = person(
            world,
            name.as_ref().and_then(Value::as_str).unwrap_or_default(),
        );
        let claims = gets_a_token(world, &jane).await;
        let asked = asks_for_erasure(world, &claims).await;
        let id = erasure_of(&asked);
        stream_flows(world).await;
        erasures_are_started(world).await;
        let leaving = looks_at_own(world, &claims).await;
        let meanwhile = all_write(world, &jane, &claims).await;
        let (ended, told) = join(erasures_run(world), partner_obeys(world)).await;
        stream_flows(world).await;
        let afterwards = all_write(world, &jane, &claims).await;
        let refused = world.rows("quarantine");
        assert!(refused.is_empty(), "what was refused of her is there");
        json!([
            [asked, leaving, ended, told],
            [meanwhile, afterwards],
            acknowledges(world, "sailmaker", &id).await,
            gets_a_token(world, &jane).await,
            looks_at(world, &id).await,
        ])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// The steps of an erasure that was asked for, of somebody of whom little is kept, and of whom a
/// partner was told: so few calls that the world can be stopped at every two of them.
pub(super) struct Steps;

impl Scenario for Steps {
    fn name(&self) -> &'static str {
        "erasure-steps"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        set_the_pool(world);
        let jane = signs_up(world).expect("she is new");
        let jane = person(world, &jane);
        world.block_on(async {
            let claims = gets_a_token(world, &jane).await;
            decides(world, &claims, "granted").await;
            looks_up(world, "jane@example.com").await;
            asks_for_erasure(world, &claims).await;
            stream_flows(world).await;
            erasures_are_started(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let (ended, told) = join(erasures_run(world), partner_obeys(world)).await;
        json!([ended, told])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// The steps of an erasure whose partner never acknowledges: it is reminded until the time is up, and
/// the certificate names it.
pub(super) struct Unacknowledged;

impl Scenario for Unacknowledged {
    fn name(&self) -> &'static str {
        "erasure-unacknowledged"
    }

    fn setup(&self, world: &World) {
        Steps.setup(world);
    }

    async fn run(&self, world: &World) -> Value {
        let ended = erasures_run(world).await;
        stream_flows(world).await;
        let certificates = world.objects(CERTIFICATES_BUCKET).into_iter();
        let certificates = certificates
            .map(|each| serde_json::from_slice::<Value>(&each.body).expect("it is JSON"));
        let recipients: Vec<Value> = certificates
            .filter_map(|each| each.get("recipients").cloned())
            .collect();
        let told = recipients.first().and_then(|told| told.get(0));
        assert!(
            told.is_some_and(|told| told.get("acknowledged_at").is_none()),
            "the certificate does not say who is missing: {recipients:?}"
        );
        json!([ended, told.and_then(|told| told.get("reminders"))])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// Under whose id the chandlery knows people.
fn known_id(world: &World) -> String {
    let receipts = world.rows("receipts");
    let known = receipts
        .first()
        .and_then(|receipt| receipt.get("profile_id"));
    let known = known.and_then(Value::as_str);
    known.unwrap_or_default().to_owned()
}

/// Two who are one, Jane and Joan, by an operator's word.
fn merged(world: &World) {
    jane(world);
    world.advance(Duration::from_secs(1));
    world.block_on(async {
        let joan = gets_a_token(world, &joan()).await;
        changes(world, &joan, json!({ "display_name": "J." })).await;
        pushes(world, &joan, &Value::Null, &[("theme", Some("sepia"))]).await;
        let id = joan
            .get("fairlead:profile")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let both = json!({ "profiles": [known_id(world), id] });
        let merged = operates(world, 100, "POST /v1/profiles/merge", id, both).await;
        assert!(
            merged.get("merge_id").is_some(),
            "the two are not one: {merged}"
        );
        stream_flows(world).await;
    });
}

fn joan() -> Person {
    Person::jane()
        .with("sub", "joan-sub")
        .with("email", "joan@example.com")
        .with("phone_number", "+49 30 901821")
        .with("given_name", "Joan")
}

/// A person who is two members is erased, at the word of the younger one.
pub(super) struct ErasureOfMerged;

impl Scenario for ErasureOfMerged {
    fn name(&self) -> &'static str {
        "erasure-of-merged"
    }

    fn setup(&self, world: &World) {
        merged(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &joan()).await;
        let asked = asks_for_erasure(world, &claims).await;
        stream_flows(world).await;
        erasures_are_started(world).await;
        let (ended, told) = join(erasures_run(world), partner_obeys(world)).await;
        stream_flows(world).await;
        let pushed = pushes(world, &claims, &Value::Null, &[("theme", Some("light"))]).await;
        let token = gets_a_token(world, &joan()).await;
        json!([asked, ended, told, pushed.0, token])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// Jane and Joan were one for a while, in which the chandlery looked Joan up under Jane's id. It looked
/// Jane up before, and looks her up afterwards.
fn parted(world: &World) {
    merged(world);
    world.advance(Duration::from_secs(1));
    world.block_on(looks_up(world, "joan@example.com"));
    world.advance(Duration::from_secs(1));
    world.block_on(async {
        let jane = known_id(world);
        let route = "GET /v1/profiles/{profile_id}/merges";
        let log = operates(world, 100, route, &jane, json!({})).await;
        let merge = json!({ "merge_id": log.pointer("/merges/0/merge_id") });
        let route = "POST /v1/profiles/{profile_id}/split";
        let parted = operates(world, 100, route, &jane, merge).await;
        assert!(
            parted.get("restored_id").is_some(),
            "the two are not two: {parted}"
        );
        stream_flows(world).await;
    });
    world.advance(Duration::from_secs(1));
    world.block_on(looks_up(world, "jane@example.com"));
}

/// A person who was one with another for a while is erased: the partner that was given them under the
/// other's id is told, and its words of that time go. Those about the other alone stay.
pub(super) struct ErasureAfterSplit;

impl Scenario for ErasureAfterSplit {
    fn name(&self) -> &'static str {
        "erasure-after-split"
    }

    fn setup(&self, world: &World) {
        parted(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &joan()).await;
        let asked = asks_for_erasure(world, &claims).await;
        stream_flows(world).await;
        erasures_are_started(world).await;
        let (ended, told) = join(erasures_run(world), partner_obeys(world)).await;
        stream_flows(world).await;
        assert_eq!(
            told.pointer("/0/profile_ids"),
            Some(&json!([known_id(world)])),
            "the chandlery is not told of the id that it knows"
        );
        let receipts = world.rows("receipts").into_iter();
        let spoken = receipts.map(|receipt| receipt.get("reason").is_some());
        // In the order of time: alone, together, and alone again.
        assert_eq!(spoken.collect::<Vec<bool>>(), [true, false, true]);
        json!([asked, ended, told])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A person thinks better of it while there is time.
pub(super) struct WayBack;

impl Scenario for WayBack {
    fn name(&self) -> &'static str {
        "way-back"
    }

    fn setup(&self, world: &World) {
        merged(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &joan()).await;
        asks_for_erasure(world, &claims).await;
        stream_flows(world).await;
        erasures_are_started(world).await;
        let thinks_better = async {
            tokio::time::sleep(Duration::from_mins(30)).await;
            let answer = takes_it_back(world, &claims).await;
            let there = reads(world, &claims).await;
            json!([answer, there.get("statusCode")])
        };
        let (ended, thought) = join(erasures_run(world), thinks_better).await;
        stream_flows(world).await;
        let pushed = pushes(world, &claims, &Value::Null, &[("size", Some("12"))]).await;
        let changed = changes(world, &claims, json!({ "given_name": "Joan" })).await;
        json!([ended, thought, pushed.0, changed.get("body")])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
