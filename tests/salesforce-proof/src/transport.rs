//! What lies between: the queues of events and of records that are to be read, all of it late, twice and
//! in another order.

use fairlead_salesforce_local::wire::Event;
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{
    World,
    engine::{SALESFORCE_CONFIG_QUEUE, SALESFORCE_REREAD_QUEUE},
};

/// What is on its way.
#[derive(Debug, Default)]
pub struct Transport {
    /// Messages for the writer that nobody was given yet.
    waiting: Vec<String>,
    /// All that there were.
    all: Vec<String>,
    /// Messages that ask for records.
    asked: Vec<String>,
    /// How many of the messages that functions sent were seen, of each queue.
    seen: (usize, usize),
    told: u64,
}

impl Transport {
    /// The rule on the bus puts an event into the queue, now and then twice.
    pub fn takes(&mut self, event: &Event, at: Timestamp, random: &mut Rng) {
        self.told += 1;
        let message = envelope(event, at, self.told).to_string();
        self.all.push(message.clone());
        if random.u8(..8) == 0 {
            self.waiting.push(message.clone());
        }
        self.waiting.push(message);
    }

    /// What functions put into queues.
    pub fn collects(&mut self, world: &World) {
        let bodies = |queue: &str, seen: &mut usize| -> Vec<String> {
            let sent = world.sent_messages(queue);
            let new = sent.get(*seen..).unwrap_or_default();
            let new = new.iter().map(|message| message.body.clone()).collect();
            *seen = sent.len();
            new
        };
        let states = bodies(SALESFORCE_CONFIG_QUEUE, &mut self.seen.0);
        self.waiting.extend(states);
        let asked = bodies(SALESFORCE_REREAD_QUEUE, &mut self.seen.1);
        self.asked.extend(asked);
    }

    /// Some of the messages that wait, in any order, for two processes at once; now and then some that were
    /// delivered before.
    pub fn some(&mut self, random: &mut Rng) -> [Vec<String>; 2] {
        random.shuffle(&mut self.waiting);
        let left = random.usize(..=self.waiting.len());
        let mut some = self.waiting.split_off(left);
        if random.u8(..4) == 0 && !self.all.is_empty() {
            let again = (0..5).map(|_| self.all[random.usize(..self.all.len())].clone());
            some.extend(again);
        }
        let others = some.split_off(some.len() / 2);
        [some, others]
    }

    /// All messages that wait.
    pub fn rest(&mut self) -> Vec<String> {
        std::mem::take(&mut self.waiting)
    }

    /// All that ask for records.
    pub fn asked(&mut self) -> Vec<String> {
        std::mem::take(&mut self.asked)
    }

    /// What became a dead letter is put back: for the writer, and for whoever reads records again.
    pub fn takes_back(&mut self, dead: Vec<String>, asked: Vec<String>) {
        self.waiting.extend(dead);
        self.asked.extend(asked);
    }

    /// Whether nothing is on its way.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.asked.is_empty()
    }
}

/// An event as a rule's target gets it.
fn envelope(event: &Event, at: Timestamp, number: u64) -> Value {
    json!({
        "version": "0",
        "id": format!("0b2b4f0e-1111-4222-8333-{number:012x}"),
        "detail-type": event.detail_type,
        "source": event.source,
        "account": "111122223333",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": "eu-central-1",
        "resources": [],
        "detail": event.detail,
    })
}
