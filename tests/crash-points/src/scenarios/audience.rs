//! Audiences, and a partner that follows one.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    Person,
    audience::{Follower, are_kept, expiry_runs, is_kept},
    changes, decides, define_purpose,
    erasure::{asks_for_erasure, takes_it_back},
    gets_a_token, operates,
    partner::agree,
    set_the_scene, stream_flows,
};

const BOTH: [Redelivery; 2] = [Redelivery::Same, Redelivery::Split];

/// What is compared. A page that is asked for again is decided on again, with receipts of its own: of
/// those it counts what was decided, and not how often.
fn observed(world: &World) -> Observation {
    let mut observation = without_requests(Observation::of(world));
    if let Some(receipts) = observation.rows.get_mut("receipts") {
        let decided = |row: &Value| {
            ["profile_id", "purpose", "outcome", "allowed", "withheld"]
                .map(|name| row.get(name).cloned().unwrap_or_default().to_string())
        };
        let distinct: BTreeSet<_> = receipts.iter().map(decided).collect();
        *receipts = distinct
            .iter()
            .map(|told| json!({ "told": told }))
            .collect();
    }
    observation
}

/// A person agrees, changes their name, and withdraws; after each, the audience is kept and the
/// partner follows.
pub(super) struct Followed;

impl Scenario for Followed {
    fn name(&self) -> &'static str {
        "audience"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        world.block_on(gets_a_token(world, &Person::jane()));
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides(world, &claims, "granted").await;
        stream_flows(world).await;
        is_kept(world).await;
        let mut follower = Follower::begins(world).await;
        let listed = follower.known.clone();
        changes(world, &claims, json!({ "given_name": "Janet" })).await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        let changed = follower.known.clone();
        decides(world, &claims, "withdrawn").await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        let left = follower.known;
        assert!(
            listed != changed && changed.len() == 1,
            "the partner was not told of a change"
        );
        assert!(left.is_empty(), "the partner was not told who left");
        json!([listed, changed])
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}

/// Two people of one shard, whose first events come in one batch.
pub(super) struct Together;

const TWO: [&str; 2] = [
    "prf_01010101010171018101010101010101",
    "prf_02020202020272028202020202020201",
];

impl Scenario for Together {
    fn name(&self) -> &'static str {
        "audience-together"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        for id in TWO {
            let name = json!({ "value": "Jane", "at": "2025-06-01T00:00:00Z", "source": "person" });
            world.put_row(
                "profiles",
                json!({
                    "profile_id": id, "part": "profile", "version": 1, "fields": { "given_name": name },
                    "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-01T00:00:00Z",
                    "last_request": "an earlier request",
                }),
            );
            world.put_row(
                "profiles",
                json!({
                    "profile_id": id, "part": "consent#harbour#account-notices", "tenant": "harbour",
                    "purpose": "account-notices", "ruling": "granted", "text_version": "2026-01",
                    "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
                }),
            );
        }
    }

    async fn run(&self, world: &World) -> Value {
        let mut follower = Follower::begins(world).await;
        follower.known.clear();
        let message = |id| json!({ "detail": { "subject": id } }).to_string();
        are_kept(world, TWO.map(message).to_vec()).await;
        follower.follows(world).await;
        assert_eq!(follower.known.len(), 2, "a change is lost");
        Value::Null
    }

    /// Which of the two came first is nobody's business.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = observed(world);
        for row in observation.rows.get_mut("audiences").into_iter().flatten() {
            let part = row.get("part").and_then(Value::as_str).unwrap_or_default();
            let (is_head, is_change) = (part == "head", part.starts_with("change#"));
            if let Some(row) = row.as_object_mut() {
                row.retain(|name, _| {
                    !(is_change && name == "part" || !is_head && name == "sequence")
                });
            }
        }
        observation
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Two who agreed become one, and two again.
pub(super) struct MergedAndSplit;

impl Scenario for MergedAndSplit {
    fn name(&self) -> &'static str {
        "audience-of-the-merged"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        for person in people() {
            world.block_on(async {
                let claims = gets_a_token(world, &person).await;
                decides(world, &claims, "granted").await;
            });
            // Whose id is the older one is seen by its millisecond.
            world.advance(Duration::from_secs(1));
        }
        world.block_on(async {
            stream_flows(world).await;
            is_kept(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let mut ids = Vec::new();
        for person in people() {
            let claims = gets_a_token(world, &person).await;
            ids.push(claims.get("fairlead:profile").cloned().unwrap_or_default());
        }
        let mut follower = Follower::begins(world).await;
        let two = follower.known.clone();
        let route = "POST /v1/profiles/merge";
        let operator = ids.first().and_then(Value::as_str).unwrap_or_default();
        let profiles = json!({ "profiles": ids });
        let merged = operates(world, 100, route, operator, profiles).await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        let one = follower.known.clone();
        let survivor = merged.get("profile_id").and_then(Value::as_str);
        let route = "POST /v1/profiles/{profile_id}/split";
        let body = json!({ "merge_id": merged.get("merge_id") });
        operates(world, 100, route, survivor.unwrap_or_default(), body).await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        assert_eq!((two.len(), one.len()), (2, 1), "two were not told as one");
        assert_eq!(follower.known, two, "one was not told as two again");
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}

fn people() -> [Person; 2] {
    let joan = Person::jane()
        .with("sub", "joan-sub")
        .with("email", "joan@example.com")
        .with("phone_number", "+49 30 901821")
        .with("given_name", "Joan");
    [Person::jane(), joan]
}

/// A person who agreed asks to be erased, and takes it back: the partner is told that they are gone,
/// and that they are there again.
pub(super) struct TakenBack;

impl Scenario for TakenBack {
    fn name(&self) -> &'static str {
        "audience-taken-back"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
            is_kept(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let mut follower = Follower::begins(world).await;
        let before = follower.known.clone();
        assert_eq!(before.len(), 1, "who agreed is not listed");
        asks_for_erasure(world, &claims).await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        assert!(
            follower.known.is_empty(),
            "who asked to be erased was not told as gone"
        );
        takes_it_back(world, &claims).await;
        stream_flows(world).await;
        is_kept(world).await;
        follower.follows(world).await;
        assert_eq!(follower.known, before, "who stays was not told as there");
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}

/// A grant runs out: lists see it at once, and the feed when the schedule comes.
pub(super) struct RunOut;

impl Scenario for RunOut {
    fn name(&self) -> &'static str {
        "audience-run-out"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        define_purpose(world, "account-notices", "consent", false, Some(1));
        agree(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
            is_kept(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let mut follower = Follower::begins(world).await;
        assert_eq!(follower.known.len(), 1, "who agreed is not listed");
        tokio::time::sleep(Duration::from_hours(25)).await;
        let listed = Follower::begins(world).await.known;
        assert!(listed.is_empty(), "whose grant ran out is listed");
        expiry_runs(world).await;
        follower.follows(world).await;
        assert!(
            follower.known.is_empty(),
            "whose grant ran out was not told as gone"
        );
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}
