//! How many events partner-ingest takes, and with how much of a processor: its handler on the simulated
//! engines, in real time, in as many processes as there are lanes. What the engines take is told apart.

pub(crate) mod direct;
mod floor;

use std::{
    fs,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use lambda_kit::{Invocation, aws::CallBudget, clock::Clock, config::Environment, ids::IdSource};
use partner_ingest::{App, handle};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use testkit::{
    engine::{Engines, resource_environment},
    tokens::Token,
};
use tokio::runtime::Runtime;

use self::direct::{Direct, thread_time};

pub use self::floor::floor;

/// The type that the tenant takes.
const KIND: &str = "com.example.order.placed.v1";

/// Whom the events are about.
pub(crate) const SUBJECT: &str = "prf_00000000000000000000000000000001";

/// What an event weighs, in bytes.
const EVENT_BYTES: usize = 1_024;

/// After as many batches the engines begin anew: what a table holds is not the function's memory.
const BATCHES_OF_ENGINES: u32 = 50;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many processes there are, each on a thread.
    pub lanes: u32,
    /// How many batches each is sent, one after the other.
    pub batches: u32,
    /// How many events a batch has.
    pub size: u32,
}

/// What it came to.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Events of all lanes in a second.
    pub events_a_second: f64,
    /// How long each batch took, the shortest first.
    pub took: Vec<Duration>,
    /// What an event takes of a processor, without the engines.
    pub function: Duration,
    /// And what the engines take for it.
    pub engines: Duration,
    /// What the whole process has resident once it is warm, and in the end, in KiB.
    pub resident: (u64, u64),
}

/// What one lane came to.
#[derive(Debug, Default)]
struct Lane {
    took: Vec<Duration>,
    processor: Duration,
    engines: Duration,
}

/// A process of partner-ingest that lives on its thread.
struct Process {
    runtime: Runtime,
    direct: Direct,
    app: App,
    clock: Clock,
}

impl Process {
    fn start() -> Self {
        let clock = Clock::system();
        let direct = Direct::new(scene(&clock));
        let environment = Environment::from_pairs(resource_environment());
        let sdk = direct.sdk_config(&CallBudget::HTTP);
        let ids = IdSource::system(clock.clone());
        let app = App::new(&environment, &sdk, clock.clone(), ids);
        Self {
            runtime: runtime(),
            direct,
            app: app.expect("the environment is whole"),
            clock,
        }
    }

    /// Sends batches, and adds what they took to `lane`.
    fn takes(&self, load: Load, lane: &mut Lane, name: &str) {
        for batch in 0..load.batches {
            if batch.is_multiple_of(BATCHES_OF_ENGINES) {
                self.direct.replace(scene(&self.clock));
            }
            let request = request(&self.clock, load.size, &format!("{name}-{batch}"));
            let invocation = Invocation {
                request_id: "request".to_owned(),
                deadline: self.clock.now() + jiff::SignedDuration::from_secs(10),
            };
            let engines = self.direct.spent();
            let (start, processor) = (Instant::now(), thread_time());
            let answer = self
                .runtime
                .block_on(handle(&self.app, &request, invocation));
            lane.took.push(start.elapsed());
            lane.processor += thread_time().saturating_sub(processor);
            lane.engines += self.direct.spent().saturating_sub(engines);
            let status = answer.map(|answer| answer.status_code);
            assert_eq!(status.expect("it is a request"), 202, "events are refused");
        }
        self.direct.replace(scene(&self.clock));
    }
}

/// Puts a load on partner-ingest.
#[must_use]
pub fn measure(load: Load) -> Measured {
    let lanes = usize::try_from(load.lanes).expect("a machine has fewer processors");
    // Warm, noted, done, noted again: all wait for each other.
    let together = Barrier::new(lanes + 1);
    let warming = Load {
        batches: 2 * BATCHES_OF_ENGINES,
        ..load
    };
    let lane = |number: usize| {
        let process = Process::start();
        process.takes(warming, &mut Lane::default(), &format!("warm-{number}"));
        together.wait();
        together.wait();
        let mut lane = Lane::default();
        process.takes(load, &mut lane, &number.to_string());
        together.wait();
        together.wait();
        lane
    };
    let (lane, together) = (&lane, &together);
    let (lanes, resident) = thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|number| scope.spawn(move || lane(number)))
            .collect();
        together.wait();
        let before = resident();
        together.wait();
        together.wait();
        let after = resident();
        together.wait();
        let lanes = running.into_iter().map(thread::ScopedJoinHandle::join);
        let lanes: Vec<Lane> = lanes.map(|lane| lane.expect("a lane ends")).collect();
        (lanes, (before, after))
    });
    summed(load, lanes, resident)
}

fn summed(load: Load, lanes: Vec<Lane>, resident: (u64, u64)) -> Measured {
    let of_a_lane = load.batches * load.size;
    let mut all = Measured {
        resident,
        ..Measured::default()
    };
    let (mut processor, mut engines) = (Duration::ZERO, Duration::ZERO);
    for lane in lanes {
        let took: Duration = lane.took.iter().sum();
        all.events_a_second += f64::from(of_a_lane) / took.as_secs_f64();
        all.took.extend(lane.took);
        processor += lane.processor;
        engines += lane.engines;
    }
    all.took.sort_unstable();
    let events = of_a_lane * load.lanes;
    all.function = processor.saturating_sub(engines) / events;
    all.engines = engines / events;
    all
}

pub(crate) fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime without I/O starts")
}

/// Engines with what the function reads.
fn scene(clock: &Clock) -> Engines {
    let engines = Engines::new(clock);
    for row in directory() {
        engines.put_row("directory", &row);
    }
    engines
}

/// The harbour takes orders, and as many of them as the chandlery sends.
pub(crate) fn directory() -> [Value; 3] {
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "string" }, "note": { "type": "string" } },
        "required": ["order"],
    });
    let client = Token::client_row("harbour", "chandlery", "letters");
    let partner = json!({
        "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery",
        "requests_per_minute": 1_000_000,
    });
    let kind = json!({
        "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
        "schema": schema.to_string(), "registered_by": "operator",
    });
    [client, partner, kind]
}

/// An event of [`EVENT_BYTES`].
pub(crate) fn event(id: &str) -> Value {
    let mut event = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17", "type": KIND,
        "time": "2026-01-15T08:59:00Z", "subject": SUBJECT,
        "datacontenttype": "application/json", "data": { "order": "4711", "note": "" },
    });
    let missing = EVENT_BYTES.saturating_sub(event.to_string().len());
    event["data"]["note"] = "x".repeat(missing).into();
    event
}

/// The request of the chandlery's machine with a batch of `size` events that nobody sent before.
fn request(clock: &Clock, size: u32, name: &str) -> Box<RawValue> {
    let events: Value = (0..size).map(|n| event(&format!("{name}-{n}"))).collect();
    let token = Token::machine(clock.now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "POST /v1/events",
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents-batch+json",
        },
        "body": events.to_string(),
        "requestContext": { "requestId": "request" },
    });
    to_raw_value(&request).expect("a request is JSON")
}

/// What this process has resident, in KiB; 0 where the system does not tell.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}
