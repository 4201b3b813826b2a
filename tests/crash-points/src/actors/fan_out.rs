//! A partner that takes events by a topic.

use lambda_kit::aws::CallBudget;
use serde_json::json;
use testkit::{World, delivery};

/// The tenant publishes events of these types to the chandlery, for a purpose and under an agreement.
pub fn publishes(world: &World, types: &[&str], (purpose, agreement): (&str, &str)) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "fan-out#chandlery",
            "agreement": agreement,
            "purpose": purpose,
            "types": types,
        }),
    );
}

/// The rule on the bus fills the chandlery's queue with what says where an event is, but for the first
/// `from` that were published, and the queue reaches event-fanout.
pub async fn events_fan_out(world: &World, from: usize) {
    let published = world.engines().published_after(from).into_iter();
    let announced = published.filter(|event| event.detail.get("dataref").is_some());
    let bodies: Vec<String> = announced
        .map(|event| event.envelope().to_string())
        .collect();
    let queue = "fan-out-harbour_chandlery";
    let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
        use event_fanout::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}
