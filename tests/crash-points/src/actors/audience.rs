//! Audiences, what keeps them, and a partner that follows one.

use std::collections::BTreeMap;

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, tokens::Token};

/// The rule on the bus fills the queue, and the queue reaches partner-audience: with all events that
/// there were, those of before too.
pub async fn is_kept(world: &World) {
    const CONCERNS: [&str; 10] = [
        "dev.fairlead.profile.updated.v1",
        "dev.fairlead.profile.identified.v1",
        "dev.fairlead.profile.merged.v1",
        "dev.fairlead.profile.split.v1",
        "dev.fairlead.profile.erased.v1",
        "dev.fairlead.consent.granted.v1",
        "dev.fairlead.consent.withdrawn.v1",
        "dev.fairlead.consent.expired.v1",
        "dev.fairlead.erasure.requested.v1",
        "dev.fairlead.erasure.withdrawn.v1",
    ];
    let published = world.published_events().into_iter();
    let published = published.filter(|event| CONCERNS.contains(&event.detail_type.as_str()));
    let bodies: Vec<String> = published
        .map(|event| json!({ "version": "0", "detail": event.detail }).to_string())
        .collect();
    are_kept(world, bodies).await;
}

/// These messages reach partner-audience.
pub async fn are_kept(world: &World, bodies: Vec<String>) {
    let outcome = delivery::sqs(world, "audience", bodies, async |event, invocation| {
        use partner_audience::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// The schedule starts consent-expiry.
pub async fn expiry_runs(world: &World) {
    let done = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use consent_expiry::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, invocation).await
    });
    done.await.expect("the run gets through");
}

/// The chandlery's copy of the audience of `account-notices`.
#[derive(Default)]
pub struct Follower {
    since: Option<Value>,
    /// Whom it knows, and what it has of them.
    pub known: BTreeMap<String, Value>,
}

impl Follower {
    /// Takes its place in the feed, and lists all.
    pub async fn begins(world: &World) -> Self {
        let begun = asks(world, "GET /v1/changes", &json!({})).await;
        let mut follower = Self {
            since: begun.get("next").cloned(),
            known: BTreeMap::new(),
        };
        let page = asks(world, "GET /v1/profiles", &json!({})).await;
        for person in list(&page, "profiles") {
            follower.takes(person);
        }
        follower
    }

    /// Follows the feed to its end.
    pub async fn follows(&mut self, world: &World) {
        loop {
            let page = asks(world, "GET /v1/changes", &json!({ "since": self.since })).await;
            for change in list(&page, "changes") {
                if change.get("change") == Some(&"gone".into()) {
                    self.known.remove(&id(change));
                } else {
                    self.takes(change);
                }
            }
            self.since = page.get("next").cloned();
            if page.get("more") == Some(&false.into()) {
                return;
            }
        }
    }

    fn takes(&mut self, person: &Value) {
        let data = person.get("data").cloned().unwrap_or_default();
        self.known.insert(id(person), data);
    }
}

fn id(person: &Value) -> String {
    let id = person.get("profile_id").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}

fn list<'a>(page: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    page.get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The chandlery's machine sends a request, again until it is answered.
async fn asks(world: &World, route: &str, query: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "account-notices",
        },
        "queryStringParameters": query,
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let (environment, clock, ids) = (world.environment(), world.clock(), world.ids());
        if route == "GET /v1/profiles" {
            let app = partner_list::App::new(&environment, &sdk, clock, ids);
            let app = app.expect("the environment is whole");
            let answer = partner_list::handle(&app, request, invocation).await;
            answer.map_err(|error| error.to_string())
        } else {
            let app = partner_changes::App::new(&environment, &sdk, clock, ids);
            let app = app.expect("the environment is whole");
            let answer = partner_changes::handle(&app, request, invocation).await;
            answer.map_err(|error| error.to_string())
        }
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    let page: Value = body
        .and_then(|body| serde_json::from_str(body).ok())
        .expect("an answer is JSON");
    for told in list(&page, "profiles").chain(list(&page, "changes")) {
        let receipt = told.get("receipt_id");
        let is_on_record = |row: &Value| row.get("receipt_id") == receipt;
        assert!(
            receipt.is_none() || world.rows("receipts").iter().any(is_on_record),
            "somebody was told of without a receipt"
        );
    }
    page
}
