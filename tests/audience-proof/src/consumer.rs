//! A partner's machine that does what docs/flows/audience.md says.

use std::time::Duration;

use lambda_kit::{aws::CallBudget, http::Response};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

use crate::model::Known;

const LIMIT: Duration = Duration::from_secs(10);

/// How far it is.
#[derive(Debug, Clone, Default)]
enum Stage {
    /// Nothing is known yet.
    #[default]
    New,
    /// Going through the list, from a cursor on, with the place to follow from later.
    Listing(Option<Value>, Value),
    /// Following from a place.
    Following(Value),
}

/// It, and whom it knows.
#[derive(Debug, Clone, Default)]
pub struct Consumer {
    stage: Stage,
    /// Whom it knows, and as what.
    pub known: Known,
}

impl Consumer {
    /// Reads one page; whether it is at the end.
    pub async fn reads(&mut self, world: &World) -> bool {
        match self.stage.clone() {
            Stage::New => {
                let begun = asks(world, "GET /v1/changes", &json!({})).await;
                self.stage = Stage::Listing(None, begun["next"].clone());
                false
            }
            Stage::Listing(cursor, since) => {
                let query = cursor.map_or(json!({}), |cursor| json!({ "cursor": cursor }));
                let page = asks(world, "GET /v1/profiles", &query).await;
                for person in page["profiles"].as_array().into_iter().flatten() {
                    self.takes(person);
                }
                self.stage = match page.get("next") {
                    Some(next) => Stage::Listing(Some(next.clone()), since),
                    None => Stage::Following(since),
                };
                false
            }
            Stage::Following(since) => {
                let page = asks(world, "GET /v1/changes", &json!({ "since": since })).await;
                for change in page["changes"].as_array().into_iter().flatten() {
                    if change["change"] == "gone" {
                        self.known.remove(&text(&change["profile_id"]));
                    } else {
                        self.takes(change);
                    }
                }
                self.stage = Stage::Following(page["next"].clone());
                page["more"] == false
            }
        }
    }

    /// Reads on to the end.
    pub async fn catches_up(&mut self, world: &World) {
        while !self.reads(world).await {}
    }

    fn takes(&mut self, person: &Value) {
        let data = person["data"].as_object().into_iter().flatten();
        let fields = data.map(|(name, value)| (name.clone(), text(value)));
        self.known
            .insert(text(&person["profile_id"]), fields.collect());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What the function of `route` answers to a question that it takes.
pub(crate) async fn asks(world: &World, route: &str, query: &Value) -> Value {
    let answer = sends(world, route, query).await;
    let body = answer.body.unwrap_or_default();
    assert_eq!(answer.status_code, 200, "{route}: {body}");
    serde_json::from_str(&body).expect("an answer is JSON")
}

/// Sends a request to the function of `route`; a new process answers.
pub(crate) async fn sends(world: &World, route: &str, query: &Value) -> Response {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
        },
        "queryStringParameters": query,
        "requestContext": { "requestId": "reads" },
    });
    let event = to_raw_value(&request).expect("a request is JSON");
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let (environment, clock, ids) = (world.environment(), world.clock(), world.ids());
    let invocation = world.invocation(LIMIT);
    if route == "GET /v1/profiles" {
        use partner_list::{App, handle};
        let app = App::new(&environment, &sdk, clock, ids).expect("the environment is whole");
        handle(&app, &event, invocation).await.expect("an answer")
    } else {
        use partner_changes::{App, handle};
        let app = App::new(&environment, &sdk, clock, ids).expect("the environment is whole");
        handle(&app, &event, invocation).await.expect("an answer")
    }
}
