//! Partners' events, from the request to the bus.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, engine::NOTIFICATION_QUEUE, tokens::Token};

use super::{sends, stream_flows};

/// The type that the tenant takes.
pub const KIND: &str = "com.example.order.placed.v1";

/// The tenant takes orders, from the chandlery's machine as well.
pub fn takes_orders(world: &World) {
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "string" }, "note": { "type": "string" } },
        "required": ["order"],
        "additionalProperties": false,
    });
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": format!("event-type#{KIND}"),
            "schema": schema.to_string(),
            "revision": 1,
            "registered_by": "operator",
        }),
    );
}

/// Whoever consented to the newsletter is told of orders.
pub fn tells_of_orders(world: &World) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": format!("notification-rule#{KIND}"),
            "purpose": "newsletter",
            "texts": { "en": "Your order was placed." },
            "state": "active",
        }),
    );
}

/// The queue of notices reaches notification-dispatch, with all that was ever put into it.
pub async fn people_are_told(world: &World) {
    let queued = world.sent_messages(NOTIFICATION_QUEUE).into_iter();
    let bodies: Vec<String> = queued.map(|message| message.body).collect();
    let outcome = delivery::sqs(
        world,
        NOTIFICATION_QUEUE,
        bodies,
        async |event, invocation| {
            use notification_dispatch::{App, handle};
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        },
    );
    assert_eq!(outcome.await.dead_letters, []);
}

/// An order as an event, about `subject`.
#[must_use]
pub fn order(id: &str, subject: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "/shops/17",
        "type": KIND,
        "time": "2026-01-15T08:59:00Z",
        "subject": subject,
        "data": data,
    })
}

/// The same about whoever has a device.
#[must_use]
pub fn order_by_device(id: &str, device: &str, data: &Value) -> Value {
    let mut order = order(id, "an order", data);
    if let Some(attributes) = order.as_object_mut() {
        let device = format!("anonymous:{device}").into();
        attributes.insert("fairleadidentifier".to_owned(), device);
    }
    order
}

/// The chandlery's machine posts events as a batch, again until it is answered; the answer's body, in
/// which it makes no difference whether an event was kept by this attempt or by one before it.
pub async fn posts(world: &World, events: &[Value]) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "POST /v1/events",
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents-batch+json",
        },
        "body": json!(events).to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_ingest::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    let mut body: Value =
        serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON");
    for event in body
        .get_mut("events")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(status) = event
            .get_mut("status")
            .filter(|status| **status == "duplicate")
        {
            *status = "accepted".into();
        }
    }
    body
}

/// A person's app asks what partners told of them, again until it is answered; the answer's body.
pub async fn reads_timeline(world: &World, claims: &Value) -> Value {
    let answer = sends(world, claims, "GET /v1/me/events", json!({}), None).await;
    answer.get("body").cloned().unwrap_or_default()
}

/// The stream of the events reaches event-stream, until nothing is left of it.
pub async fn events_flow(world: &World) {
    let outcome = delivery::stream(world, "events", async |event, invocation| {
        use event_stream::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.discarded, Vec::<Value>::new());
}

/// The schedule starts event-sweep.
pub async fn events_are_swept(world: &World) {
    let swept = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use event_sweep::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, invocation).await
    });
    swept.await.expect("the sweep gets through");
}

/// The rule on the bus fills the queue with what says where an event is, and the queue reaches
/// event-router: with all but the first `from` that were published.
pub async fn events_reach_people(world: &World, from: usize) {
    let published = world.engines().published_after(from).into_iter();
    let announced = published.filter(|event| event.detail.get("dataref").is_some());
    let bodies = announced.map(|event| event.envelope().to_string());
    are_routed(world, bodies.collect()).await;
}

/// The same with those of one of these types alone.
pub async fn some_events_reach_people(world: &World, kinds: &[&str]) {
    let published = world.published_events().into_iter();
    let some = published.filter(|event| {
        event.detail.get("dataref").is_some() && kinds.contains(&event.detail_type.as_str())
    });
    let bodies = some.map(|event| event.envelope().to_string());
    are_routed(world, bodies.collect()).await;
}

/// The rules on the bus fill the queue with who came to be known, and it reaches event-resume: with all but
/// the first `from` that were published.
pub async fn people_are_known(world: &World, from: usize) {
    const KNOWN: [&str; 3] = [
        "dev.fairlead.profile.created.v1",
        "dev.fairlead.profile.identified.v1",
        "dev.fairlead.profile.split.v1",
    ];
    let published = world.engines().published_after(from).into_iter();
    let known = published.filter(|event| KNOWN.contains(&event.detail_type.as_str()));
    let bodies: Vec<String> = known.map(|event| event.envelope().to_string()).collect();
    let outcome = delivery::sqs(world, "awaited", bodies, async |event, invocation| {
        use event_resume::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// Whoever came to be known is told of, and what waited for them is told of again: of all that was published
/// but for the first `from`.
pub async fn what_waited_is_told_of(world: &World, from: usize) {
    stream_flows(world).await;
    people_are_known(world, from).await;
    events_flow(world).await;
}

/// Messages with these bodies reach event-router.
pub(super) async fn are_routed(world: &World, bodies: Vec<String>) {
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        use event_router::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// The chandlery's machine has one of its refused events taken again, as it came or corrected, until it
/// is answered; the answer's status.
pub async fn resubmits(world: &World, corrected: Option<&Value>) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let rows = world.rows("quarantine");
    let id = rows.first().and_then(|row| row.get("rejected_id"));
    let request = json!({
        "routeKey": "POST /v1/events/rejected/{rejected_id}/resubmit",
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "pathParameters": { "rejected_id": id },
        "body": corrected.map(Value::to_string),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use event_rejected::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    answer.get("statusCode").cloned().unwrap_or_default()
}

/// The chandlery's machine registers a type of events, again until it is answered; the answer's body.
pub async fn registers(world: &World, kind: &str, schema: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "PUT /v1/event-types/{type}",
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "pathParameters": { "type": kind },
        "body": schema.to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use event_types::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    answer.get("body").cloned().unwrap_or_default()
}
