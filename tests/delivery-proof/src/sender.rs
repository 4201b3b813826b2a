//! A partner's machine that does what docs/http-api.md says: whatever is not answered for good is sent
//! again.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, tokens::Token};

use crate::cast::{Key, Partner, Planned};

/// What a sender was told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// It is not, for this reason.
    Refused(String),
}

/// A partner's machine.
#[derive(Debug)]
pub struct Sender {
    partner: Partner,
    /// What is still to be answered for good, in the order of sending.
    pending: Vec<Planned>,
    /// What was answered.
    answered: Vec<Planned>,
    /// How: by key and version.
    pub outcomes: BTreeMap<(Key, u8), Outcome>,
    /// What was answered in two ways.
    pub contradictions: Vec<String>,
}

/// A request on its way.
#[derive(Debug)]
pub struct Request {
    partner: Partner,
    events: Vec<Planned>,
    is_binary: bool,
}

impl Sender {
    /// A machine of `partner` that has these events to send.
    #[must_use]
    pub const fn new(partner: Partner, events: Vec<Planned>) -> Self {
        Self {
            partner,
            pending: events,
            answered: Vec::new(),
            outcomes: BTreeMap::new(),
            contradictions: Vec::new(),
        }
    }

    /// Whether everything is answered for good.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.pending.is_empty()
    }

    /// The next request of at most `most` events, among which are some that were answered before;
    /// `None` if there is nothing to send. What is unanswered goes in batches that are cut anew.
    pub fn next(&mut self, random: &mut Rng, most: usize) -> Option<Request> {
        let count = random.usize(1..=most).min(self.pending.len());
        if random.u8(..4) == 0 {
            random.shuffle(&mut self.pending);
        }
        let mut events: Vec<Planned> = self.pending.drain(..count).collect();
        for _ in 0..random.usize(..=most / 10) {
            events.extend(random.choice(&self.answered).cloned());
        }
        if events.is_empty() {
            return None;
        }
        random.shuffle(&mut events);
        let is_binary = events.len() == 1 && random.bool();
        let partner = self.partner;
        Some(Request {
            partner,
            events,
            is_binary,
        })
    }

    /// Takes the answer to a request: what became of each event, or nothing that would be final.
    pub fn takes(&mut self, request: Request, outcomes: Option<Vec<Outcome>>) {
        let Some(outcomes) = outcomes else {
            let unanswered = request.events.into_iter();
            let outcomes = &self.outcomes;
            let is_open = |event: &Planned| !outcomes.contains_key(&of(event));
            self.pending.extend(unanswered.filter(is_open));
            return;
        };
        for (event, outcome) in request.events.into_iter().zip(outcomes) {
            let before = self.outcomes.insert(of(&event), outcome.clone());
            match before {
                None => self.answered.push(event),
                Some(before) if before == outcome => {}
                Some(before) => {
                    let contradiction = format!("{event:?} was {before:?} and then {outcome:?}");
                    self.contradictions.push(contradiction);
                }
            }
        }
    }
}

fn of(event: &Planned) -> (Key, u8) {
    (event.key.clone(), event.version)
}

impl Request {
    /// Posts it, again as a client does; what became of each event, or `None` if it is to be sent anew.
    pub async fn is_posted(&self, world: &World) -> Option<Vec<Outcome>> {
        let request = self.http(world.clock().now());
        let answer = delivery::http_client(world, &request, async |request, invocation| {
            use partner_ingest::{App, handle};
            let sdk = world.sdk_config(&CallBudget::HTTP);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
                .expect("the environment is whole");
            handle(&app, request, invocation).await
        });
        let answer = answer.await.ok()?;
        if answer["statusCode"] == 429 {
            return None;
        }
        Some(self.told(&answer))
    }

    /// It as API Gateway hands it over at `now`, without an id.
    #[must_use]
    pub fn http(&self, now: Timestamp) -> Value {
        let Partner { tenant, name } = self.partner;
        let token = Token::machine(now, tenant, name, "letters");
        let mut headers = json!({
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents-batch+json",
        });
        let body = match self.events.as_slice() {
            [event] if self.is_binary => {
                headers["content-type"] = "application/json".into();
                headers["ce-specversion"] = "1.0".into();
                for (name, value) in event.attributes() {
                    headers[format!("ce-{name}")] = value.into();
                }
                event.data()
            }
            events => events.iter().map(Planned::json).collect(),
        };
        json!({
            "routeKey": "POST /v1/events",
            "headers": headers,
            "body": body.to_string(),
            "requestContext": { "requestId": "" },
        })
    }

    /// What an answer says of each event, in their order.
    #[must_use]
    pub fn told(&self, answer: &Value) -> Vec<Outcome> {
        let body = answer["body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let Some(each) = body["events"].as_array() else {
            assert!(
                self.events.len() == 1 && body["type"].is_string(),
                "a batch is answered by {answer}"
            );
            return vec![refused(&body)];
        };
        assert_eq!(each.len(), self.events.len(), "{answer}");
        each.iter().map(outcome).collect()
    }
}

fn outcome(told: &Value) -> Outcome {
    match told["status"].as_str() {
        Some("accepted" | "duplicate") => Outcome::Kept,
        _ => refused(&told["problem"]),
    }
}

fn refused(problem: &Value) -> Outcome {
    let kind = problem["type"].as_str().unwrap_or_default();
    let name = kind.rsplit('/').next().unwrap_or_default();
    Outcome::Refused(name.to_owned())
}
