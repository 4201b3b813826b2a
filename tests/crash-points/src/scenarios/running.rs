//! Tenants' own code: which events it is given, what becomes of its runs, and what of its answers.

use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    explore::{Effect, Observation, Scenario},
};

use super::{outbox::BOTH, partner::what_was_decided, without_requests};
use crate::actors::{
    Person, changes, decides_on,
    events::{KIND, events_flow, order, posts, takes_orders},
    gets_a_token,
    running::{
        GREETED, Registered, UPDATED, does, events_are_dispatched, fails, greets, has_a_host,
        host_runs, queues_of, registers, results_are_applied,
    },
    set_the_scene, stream_flows,
};

const HARBOUR: &str = "harbour";

/// What happened, and what lies in the tenant's queues.
fn observed(world: &World) -> Observation {
    let mut observation = without_requests(what_was_decided(world));
    let queues = queues_of(HARBOUR).into_iter();
    let messages = queues.flat_map(|queue| world.sent_messages(&queue));
    observation.effects.extend(messages.map(Effect::from));
    observation
}

/// Takes the key of the run out of a message to a host, which comes of the id of its event.
fn without_key(content: &mut Value) {
    let body = content.get("body").and_then(Value::as_str);
    let body = body.and_then(|body| serde_json::from_str(body).ok());
    if let Some(Value::Object(mut body)) = body
        && body.remove("key").is_some()
    {
        content["body"] = Value::Object(body).to_string().into();
    }
}

/// Jane agreed to the newsletter, for which harbour's greeter is given what of her changes.
async fn agreed(world: &World) -> (Value, String) {
    let claims = gets_a_token(world, &Person::jane()).await;
    decides_on(world, &claims, "newsletter", "granted").await;
    let jane = claims.get("fairlead:profile").and_then(Value::as_str);
    let jane = jane.expect("the token names a profile").to_owned();
    (claims, jane)
}

fn set_up(world: &World) {
    set_the_scene(world);
    takes_orders(world);
    takes_greetings(world);
    has_a_host(world, HARBOUR);
    registers(world, &Registered::greeter(HARBOUR));
}

/// The tenant takes the events that its own code answers with.
fn takes_greetings(world: &World) {
    world.put_row(
        "directory",
        json!({
            "tenant": HARBOUR,
            "part": format!("event-type#{GREETED}"),
            "schema": json!({ "type": "object" }).to_string(),
            "revision": 1,
            "registered_by": "operator",
        }),
    );
}

/// Of what changed, and of two orders, code is given what it wants: one extension as it comes, another in order,
/// and a third, which is disabled, nothing.
pub(super) struct Dispatched;

impl Scenario for Dispatched {
    fn name(&self) -> &'static str {
        "extension-dispatched"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        let in_order = Registered {
            name: "scorer",
            types: &[KIND],
            is_ordered: true,
            ..Registered::greeter(HARBOUR)
        };
        registers(world, &in_order);
        let disabled = Registered {
            name: "sleeper",
            types: &[KIND],
            state: "disabled",
            ..Registered::greeter(HARBOUR)
        };
        registers(world, &disabled);
        world.block_on(async {
            let (claims, jane) = agreed(world).await;
            changes(world, &claims, json!({ "display_name": "Janet" })).await;
            let orders = [
                order("1", &jane, &json!({ "order": "1" })),
                order("2", &jane, &json!({ "order": "2" })),
            ];
            posts(world, &orders).await;
            stream_flows(world).await;
            events_flow(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_are_dispatched(world, 0).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}

/// Jane withdraws her consent before what changed is dispatched: no code is given anything of her.
pub(super) struct DispatchWithdrawn;

impl Scenario for DispatchWithdrawn {
    fn name(&self) -> &'static str {
        "extension-withdrawn"
    }

    fn setup(&self, world: &World) {
        set_up(world);
        world.block_on(async {
            let (claims, _) = agreed(world).await;
            changes(world, &claims, json!({ "display_name": "Janet" })).await;
            decides_on(world, &claims, "newsletter", "withdrawn").await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        events_are_dispatched(world, 0).await;
        let [queue, fifo, _] = queues_of(HARBOUR);
        for queue in [queue, fifo] {
            assert!(
                world.sent_messages(&queue).is_empty(),
                "code is given what the person does not agree to"
            );
        }
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}

/// Code runs on an event, and what it answered is noted and accepted.
pub(super) struct Ran;

impl Scenario for Ran {
    fn name(&self) -> &'static str {
        "extension-run"
    }

    fn setup(&self, world: &World) {
        changed(world);
        does(world, HARBOUR, "greeter", greets);
    }

    async fn run(&self, world: &World) -> Value {
        host_runs(world, HARBOUR, 0).await;
        Value::Null
    }

    fn observe(&self, world: &World) -> Observation {
        observed(world)
    }
}

/// Jane's name changed, and the greeter's queue has it.
fn changed(world: &World) {
    set_up(world);
    world.block_on(async {
        let (claims, _) = agreed(world).await;
        changes(world, &claims, json!({ "display_name": "Janet" })).await;
        stream_flows(world).await;
        events_are_dispatched(world, 0).await;
    });
}

/// Code that fails on whatever it is given, until it is mended.
pub(super) struct Failed;

/// How often the row of a breaker was written.
fn without_revision(row: &mut Value) {
    let key = row.get("key").and_then(Value::as_str).unwrap_or_default();
    if key.starts_with("extension-breaker#")
        && let Some(row) = row.as_object_mut()
    {
        row.remove("revision");
    }
}

impl Scenario for Failed {
    fn name(&self) -> &'static str {
        "extension-failing"
    }

    fn setup(&self, world: &World) {
        changed(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            for name in ["Janine", "Joan"] {
                changes(world, &claims, json!({ "display_name": name })).await;
            }
            let before = world.published_events().len();
            stream_flows(world).await;
            events_are_dispatched(world, before).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        does(world, HARBOUR, "greeter", fails);
        let [queue, ..] = queues_of(HARBOUR);
        let sent = world.sent_messages(&queue).into_iter();
        let mut bodies: Vec<String> = sent.map(|message| message.body).collect();
        let last = bodies.pop().expect("three changes are in the queue");
        for body in bodies {
            crate::actors::running::run_by_host(world, HARBOUR, vec![body]).await;
        }
        does(world, HARBOUR, "greeter", greets);
        crate::actors::running::run_by_host(world, HARBOUR, vec![last]).await;
        let told = world.published_events();
        let count = |kind: &str| {
            let ids = told.iter().filter(|event| event.detail_type.contains(kind));
            let ids = ids.map(|event| {
                event
                    .detail
                    .get("id")
                    .cloned()
                    .unwrap_or_default()
                    .to_string()
            });
            ids.collect::<std::collections::BTreeSet<String>>().len()
        };
        assert_eq!(
            (count("extension.paused"), count("extension.resumed")),
            (1, 1),
            "the tenant is told once that it is paused, and once that it runs again"
        );
        Value::Null
    }

    /// Whoever is cut off while it tries an extension notes once more that it does.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = observed(world);
        for row in observation.rows.values_mut().flatten() {
            without_revision(row);
        }
        observation
    }
}

/// What code answered becomes a trait and an event, which no code sees that caused it.
pub(super) struct Enriched;

impl Scenario for Enriched {
    fn name(&self) -> &'static str {
        "extension-enriched"
    }

    fn setup(&self, world: &World) {
        changed(world);
        let scorer = Registered {
            name: "scorer",
            types: &[UPDATED, GREETED],
            ..Registered::greeter(HARBOUR)
        };
        registers(world, &scorer);
        let greeter = Registered {
            types: &[UPDATED, GREETED],
            ..Registered::greeter(HARBOUR)
        };
        registers(world, &greeter);
        does(world, HARBOUR, "greeter", greets);
        world.block_on(host_runs(world, HARBOUR, 0));
    }

    async fn run(&self, world: &World) -> Value {
        let before = world.published_events().len();
        let [queue, ..] = queues_of(HARBOUR);
        let given_before = world.sent_messages(&queue).len();
        results_are_applied(world, 0).await;
        results_are_applied(world, 0).await;
        stream_flows(world).await;
        events_flow(world).await;
        events_are_dispatched(world, before).await;
        let given = world.sent_messages(&queue).into_iter().skip(given_before);
        for message in given {
            assert!(
                !message.body.contains(r#""extension":"greeter""#),
                "code is given what it caused"
            );
            assert!(message.body.contains(r#""hops":1"#), "no hop is counted");
        }
        Value::Null
    }

    /// Whoever is cut off gives an event of its own making another id when it tries again, and so another key.
    fn observe(&self, world: &World) -> Observation {
        let mut observation = observed(world);
        for effect in &mut observation.effects {
            without_key(&mut effect.content);
        }
        observation
    }
}
