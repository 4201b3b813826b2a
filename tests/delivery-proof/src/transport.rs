//! What carries events on: the table's stream, the sweep, the bus with its rule, and the queue. All of
//! it is late, brings things twice and in another order, and loses what the stream had.

use std::convert::Infallible;

use fastrand::Rng;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, engine::PublishedEvent};

/// As many of the stream's records as come again at once.
const REPEATED: usize = 30;

/// How one round of the stream goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// It waits.
    Idle,
    /// It is delivered.
    Flows,
    /// Nobody reads it before it is too old.
    IsLost,
    /// What was delivered before is delivered again.
    Repeats,
}

/// What is on its way behind the bus.
#[derive(Debug, Default)]
pub struct Transport {
    /// How many of the bus's events the rule has seen.
    seen: usize,
    /// Messages that nobody was given yet.
    waiting: Vec<String>,
    /// All messages that there were.
    all: Vec<String>,
    /// Messages of who came to be known, that nobody was given yet.
    known: Vec<String>,
}

impl Stream {
    /// How the next round of it goes.
    pub fn next(random: &mut Rng) -> Self {
        match random.u8(..10) {
            0..2 => Self::Idle,
            2..7 => Self::Flows,
            7..9 => Self::IsLost,
            _ => Self::Repeats,
        }
    }

    /// A round of it; `from` says where a repetition begins.
    pub async fn goes(self, world: &World, from: usize) {
        match self {
            Self::Idle => {}
            Self::Flows => flows(world).await,
            Self::IsLost => is_lost(world).await,
            Self::Repeats => repeats(world, from).await,
        }
    }
}

/// The stream of the events reaches event-stream, until nothing is left of it. What it fails with too
/// often it gives up; the sweep has to find that.
async fn flows(world: &World) {
    let outcome = delivery::stream(world, "events", async |event, invocation| {
        use event_stream::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    outcome.await;
}

async fn is_lost(world: &World) {
    let outcome = delivery::stream(world, "events", async |_, _| {
        Ok::<Value, Infallible>(Value::Null)
    });
    outcome.await;
}

/// Lambda hands over a batch that it handed over before.
async fn repeats(world: &World, from: usize) {
    let mut records = world.engines().changes_after("events", from);
    records.truncate(REPEATED);
    let batch = json!({ "Records": records });
    let repeated = delivery::schedule(world, &batch, async |event, invocation| {
        use event_stream::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    drop(repeated.await);
}

/// The schedule starts event-sweep. If it does not get through, the next one does.
pub async fn is_swept(world: &World) {
    let swept = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use event_sweep::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, invocation).await
    });
    drop(swept.await);
}

/// What the rule on the bus makes of events: a message of each that announces one, now and then twice,
/// and two in one message.
#[must_use]
pub fn messages(published: Vec<PublishedEvent>, random: &mut Rng) -> Vec<String> {
    let announced = published.into_iter();
    let announced = announced.filter(|event| event.detail.get("dataref").is_some());
    let mut envelopes: Vec<Value> = announced.map(|event| event.envelope()).collect();
    let mut messages = Vec::new();
    while let Some(envelope) = envelopes.pop() {
        let message = if random.u8(..20) == 0 {
            let two = [Some(envelope), envelopes.pop()].into_iter().flatten();
            two.collect::<Value>().to_string()
        } else {
            envelope.to_string()
        };
        if random.u8(..8) == 0 {
            messages.push(message.clone());
        }
        messages.push(message);
    }
    messages
}

impl Transport {
    /// The rule on the bus puts what announces an event into the queue.
    pub fn takes_from_bus(&mut self, world: &World, random: &mut Rng) {
        let published = world.engines().published_after(self.seen);
        self.seen += published.len();
        let known = published.iter().filter(|event| is_known(event));
        self.known
            .extend(known.map(|event| event.envelope().to_string()));
        let messages = messages(published, random);
        self.all.extend(messages.iter().cloned());
        self.waiting.extend(messages);
    }

    /// Some of the messages that wait, in any order, and now and then some that were delivered before.
    pub fn some(&mut self, random: &mut Rng) -> Vec<String> {
        random.shuffle(&mut self.waiting);
        let count = random.usize(..=self.waiting.len());
        let mut some = self.waiting.split_off(count);
        if random.u8(..4) == 0 {
            let again = (0..10).filter_map(|_| random.choice(&self.all).cloned());
            some.extend(again);
        }
        some
    }

    /// All messages that wait.
    pub fn rest(&mut self) -> Vec<String> {
        std::mem::take(&mut self.waiting)
    }

    /// Some of the messages of who came to be known.
    pub fn some_known(&mut self, random: &mut Rng) -> Vec<String> {
        random.shuffle(&mut self.known);
        let count = random.usize(..=self.known.len());
        self.known.split_off(count)
    }

    /// All of them.
    pub fn rest_known(&mut self) -> Vec<String> {
        std::mem::take(&mut self.known)
    }

    /// What became a dead letter is put back: of events, and of who came to be known.
    pub fn takes_back(&mut self, dead: Vec<String>, known: Vec<String>) {
        self.waiting.extend(dead);
        self.known.extend(known);
    }
}

/// Whether the rule on the bus queues that somebody came to be known.
fn is_known(event: &PublishedEvent) -> bool {
    const KNOWN: [&str; 2] = [
        "dev.fairlead.profile.created.v1",
        "dev.fairlead.profile.identified.v1",
    ];
    KNOWN.contains(&event.detail_type.as_str())
}

/// The stream of the profiles reaches profile-stream, until nothing is left of it. What it fails with too
/// often it gives up; the sweep has to find that.
pub async fn profiles_flow(world: &World) {
    let outcome = delivery::stream(world, "profiles", async |event, invocation| {
        use profile_stream::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    outcome.await;
}

/// The schedule starts profile-sweep.
pub async fn profiles_are_swept(world: &World) {
    let swept = delivery::schedule(world, &Value::Null, async |_, invocation| {
        use profile_sweep::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, invocation).await
    });
    drop(swept.await);
}

/// The queue of who came to be known reaches event-resume; the messages that became dead letters.
pub async fn are_told_again(world: &World, messages: Vec<String>) -> Vec<String> {
    let outcome = delivery::sqs(world, "awaited", messages, async |event, invocation| {
        use event_resume::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let dead = outcome.await.dead_letters.into_iter();
    dead.map(|message| message.body).collect()
}

/// The queue reaches event-router; the messages that became dead letters.
pub async fn reach_people(world: &World, messages: Vec<String>) -> Vec<String> {
    let outcome = delivery::sqs(world, "events-in", messages, async |event, invocation| {
        use event_router::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let dead = outcome.await.dead_letters.into_iter();
    dead.map(|message| message.body).collect()
}
