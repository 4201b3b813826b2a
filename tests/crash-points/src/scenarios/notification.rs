//! Notices to people.

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    engine::Recipient,
    explore::{Observation, Scenario},
};

use super::idempotency::with_states_alone;
use crate::actors::{
    Person, changes, decides, decides_on,
    events::{
        events_flow, events_reach_people, order, people_are_told, posts, takes_orders,
        tells_of_orders,
    },
    gets_a_token,
    notices::{reads_notices, tests_notices_under},
    notices_go_out, set_the_scene, stream_flows,
};

const BOTH: [Redelivery; 2] = [Redelivery::Same, Redelivery::Split];

/// A person who agreed changes their profile twice; each change calls for a notice. The queue
/// delivers each message twice, as a standard queue may.
pub(super) struct Notices;

impl Scenario for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            changes(world, &claims, json!({ "display_name": "J." })).await;
            changes(world, &claims, json!({ "display_name": "Jane" })).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        stream_flows(world).await;
        notices_go_out(world).await;
        notices_go_out(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// A person withdraws while the notices lie in the queue: none goes out.
pub(super) struct WithdrawnWhileQueued;

impl Scenario for WithdrawnWhileQueued {
    fn name(&self) -> &'static str {
        "withdrawn-while-queued"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides(world, &claims, "granted").await;
        stream_flows(world).await;
        decides(world, &claims, "withdrawn").await;
        notices_go_out(world).await;
        assert!(
            world.notifications().is_empty(),
            "a notice went out after its consent was withdrawn"
        );
        Value::Null
    }
}

/// A person who agreed says that they want no text messages while a notice lies in the queue: the
/// topic is told, and the telephone stays silent.
pub(super) struct DeclinedWhileQueued;

impl Scenario for DeclinedWhileQueued {
    fn name(&self) -> &'static str {
        "declined-while-queued"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        changes(world, &claims, json!({ "notices_by_sms": "no" })).await;
        notices_go_out(world).await;
        let phones = world
            .notifications()
            .into_iter()
            .filter(|sent| matches!(sent.recipient, Recipient::Phone(_)));
        assert_eq!(
            phones.count(),
            0,
            "a telephone rang that was to stay silent"
        );
        Value::Null
    }
}

/// A person who agreed asks for a test of notices, under a key and again until it is answered: one test
/// goes the way of any notice, and the person sees that it was sent.
pub(super) struct Tested;

impl Scenario for Tested {
    fn name(&self) -> &'static str {
        "notice-tested"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let key = "8e03978e-40d5-43e8-bc93-6894a57f9324";
        let asked = tests_notices_under(world, key, &claims).await;
        stream_flows(world).await;
        notices_go_out(world).await;
        json!([asked.get("statusCode"), reads_notices(world, &claims).await])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Jane agreed to the newsletter, of whose orders people are told for that; two of hers are on the bus.
async fn orders(world: &World) -> Value {
    set_the_scene(world);
    takes_orders(world);
    tells_of_orders(world);
    let claims = gets_a_token(world, &Person::jane()).await;
    decides_on(world, &claims, "newsletter", "granted").await;
    let jane = claims.get("fairlead:profile").and_then(Value::as_str);
    let jane = jane.expect("the token names a profile");
    let orders = ["1", "2"].map(|n| order(n, jane, &json!({ "order": n })));
    posts(world, &orders).await;
    events_flow(world).await;
    claims
}

/// The bus brings both orders twice, and the queue brings what follows from them twice: each is told of
/// once.
pub(super) struct ToldByRule;

impl Scenario for ToldByRule {
    fn name(&self) -> &'static str {
        "told-by-rule"
    }

    fn setup(&self, world: &World) {
        world.block_on(orders(world));
    }

    async fn run(&self, world: &World) -> Value {
        for _ in 0..2 {
            events_reach_people(world, 0).await;
            people_are_told(world).await;
        }
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Jane withdraws while what she was to be told lies in the queue: nothing goes out.
pub(super) struct RuleWithdrawn;

impl Scenario for RuleWithdrawn {
    fn name(&self) -> &'static str {
        "rule-withdrawn"
    }

    fn setup(&self, world: &World) {
        world.block_on(async {
            orders(world).await;
            events_reach_people(world, 0).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides_on(world, &claims, "newsletter", "withdrawn").await;
        people_are_told(world).await;
        assert!(
            world.notifications().is_empty(),
            "a notice went out after its consent was withdrawn"
        );
        Value::Null
    }
}
