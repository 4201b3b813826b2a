//! Partners who are told of events by webhooks.

use std::{net::IpAddr, time::Duration};

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use subscription::SecretSource;
use testkit::{World, delivery, engine::WEBHOOKS_QUEUE, tokens::Token};

/// One of a partner's wishes, by route and key, about which subscription and which delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// The route.
    pub route: &'a str,
    /// The idempotency key.
    pub key: &'a str,
    /// Which subscription.
    pub subscription: &'a str,
    /// Which delivery.
    pub delivery: &'a str,
}

/// The chandlery's machine says what it wants under a key, again until it is answered; the answer.
pub async fn wishes(world: &World, wish: Wish<'_>, body: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let scopes = "fairlead/subscriptions.write fairlead/profile.read";
    let request = json!({
        "routeKey": wish.route,
        "headers": {
            "authorization": token.scope(scopes).bearer(),
            "content-type": "application/json",
            "idempotency-key": wish.key,
        },
        "pathParameters": {
            "subscription_id": wish.subscription,
            "delivery_id": wish.delivery,
        },
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_subscriptions::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let secrets = SecretSource::from_fn(|| Some([1; 32]));
        let environment = world.environment();
        let app = App::new(&environment, &sdk, world.clock(), world.ids(), secrets)
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    json!([answer.get("statusCode"), answer.get("body")])
}

/// Where the chandlery is told.
pub const ENDPOINT: &str = "https://chandlery.example.com/hooks";

/// The chandlery subscribes to events of these types for a purpose, and its host is on the internet.
pub async fn subscribes(world: &World, types: &[&str], purpose: &str) {
    let address = IpAddr::from([93, 184, 216, 34]);
    world
        .engines()
        .put_host("chandlery.example.com", &[address]);
    let wish = Wish {
        route: "POST /v1/subscriptions",
        key: "key-of-the-only-wish",
        ..Wish::default()
    };
    let wanted = json!({ "url": ENDPOINT, "types": types, "purpose": purpose });
    wishes(world, wish, &wanted).await;
}

/// Where the chandlery is told of the end of its subscriptions.
pub const ELSEWHERE: &str = "https://elsewhere.example.com/hooks";

/// The chandlery wants to be told of the end of its subscriptions, elsewhere.
pub async fn subscribes_to_ends(world: &World) {
    let address = IpAddr::from([93, 184, 216, 35]);
    world
        .engines()
        .put_host("elsewhere.example.com", &[address]);
    let wish = Wish {
        route: "POST /v1/subscriptions",
        key: "key-of-the-wish-beside-it",
        ..Wish::default()
    };
    let types = ["dev.fairlead.subscription.disabled.v1"];
    let wanted = json!({ "url": ELSEWHERE, "types": types, "purpose": "newsletter" });
    wishes(world, wish, &wanted).await;
}

/// The endpoint of the chandlery can be called, or not any more.
pub fn endpoint_answers(world: &World, answers: bool) {
    let address = if answers {
        [93, 184, 216, 34]
    } else {
        [10, 0, 0, 1]
    };
    world
        .engines()
        .put_host("chandlery.example.com", &[IpAddr::from(address)]);
}

/// The tenant agreed with the chandlery on what it may be told of those who agreed to its newsletter.
pub fn agree_on_events(world: &World) {
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#letters",
            "partner": "chandlery",
            "terms": { "newsletter": ["names", "events"] },
        }),
    );
}

/// The rules on the bus fill the queue with what partners may want to be told of, and it reaches
/// subscription-match.
pub async fn events_are_matched(world: &World) {
    later_events_are_matched(world, 0).await;
}

/// The same but for the first `from` that were published.
pub async fn later_events_are_matched(world: &World, from: usize) {
    const OWN: [&str; 4] = [
        "dev.fairlead.profile.updated.v1",
        "dev.fairlead.profile.merged.v1",
        "dev.fairlead.erasure.told.v1",
        "dev.fairlead.erasure.reminded.v1",
    ];
    let published = world.engines().published_after(from).into_iter();
    let bodies: Vec<String> = published
        .filter(|event| {
            event.detail.get("dataref").is_some() || OWN.contains(&event.detail_type.as_str())
        })
        .map(|event| event.envelope().to_string())
        .collect();
    let outcome = delivery::sqs(
        world,
        "subscriptions-in",
        bodies,
        async |event, invocation| {
            use subscription_match::{App, handle};
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        },
    );
    assert_eq!(outcome.await.dead_letters, []);
}

/// Minute by minute, what is due is queued and what is queued is sent, until nothing waits any more.
pub async fn webhooks_go_out(world: &World) {
    webhooks_go_out_within(world, usize::MAX).await;
}

/// The same for as many minutes as these at most.
pub async fn webhooks_go_out_within(world: &World, minutes: usize) {
    let mut brought = 0;
    for _ in 0..minutes {
        what_is_due_is_queued(world).await;
        let queued = world.sent_messages(WEBHOOKS_QUEUE).into_iter();
        let bodies: Vec<String> = queued.skip(brought).map(|message| message.body).collect();
        brought += bodies.len();
        webhooks_are_sent(world, bodies).await;
        let waits = |row: &Value| row.get("due_at").is_some();
        if !world.rows("deliveries").iter().any(waits) {
            return;
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}

/// The schedule starts subscription-due.
pub async fn what_is_due_is_queued(world: &World) {
    let run = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use subscription_due::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, invocation).await
    });
    run.await.expect("the run gets through");
}

/// The queue reaches subscription-deliver.
pub async fn webhooks_are_sent(world: &World, bodies: Vec<String>) {
    let outcome = delivery::sqs(world, WEBHOOKS_QUEUE, bodies, async |event, invocation| {
        use subscription_deliver::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let environment = world.environment();
        let (ids, outside) = (world.ids(), world.outside());
        let app = App::new(&environment, &sdk, world.clock(), ids, outside)
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}
