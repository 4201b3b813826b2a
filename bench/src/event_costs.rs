//! What a million events of a kilobyte cost on their way, counted as [`crate::costs`] counts: what is
//! asked of each service, and what Lambda bills if every call of a function takes [`A_CALL`].

use std::{fmt::Write as _, time::Duration};

use lambda_kit::aws::CallBudget;
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use testkit::{Fault, World, tokens::Token};

use crate::{costs::dollars, ingest};

/// As many events as are counted, and as a batch of them has.
const COUNTED: u32 = 100;

/// As many messages as event-router is given at once.
const MESSAGES: u32 = 10;

/// What a call of a function is taken to last. What a function does itself is not counted: the
/// benchmark of partner-ingest measures that.
const A_CALL: Duration = Duration::from_millis(5);

/// What a function has, in GB.
const MEMORY: f64 = 0.25;

/// What a million of each cost in us-east-1, in dollars: requests of the HTTP API, invocations and
/// GB-seconds of Lambda on arm64, entries on the bus, requests of a queue.
const PER_MILLION_API_REQUESTS: f64 = 1.0;
const PER_MILLION_INVOCATIONS: f64 = 0.2;
const PER_MILLION_GB_SECONDS: f64 = 13.3334;
const PER_MILLION_ENTRIES: f64 = 1.0;
const PER_MILLION_QUEUE_REQUESTS: f64 = 0.4;

const MILLION: f64 = 1e6;

const LIMIT: Duration = Duration::from_secs(30);

/// What some of the events are asked for at each service.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    api_requests: f64,
    invocations: f64,
    gb_seconds: f64,
    entries: f64,
    queue_requests: f64,
    reads: f64,
    writes: f64,
}

impl Step {
    /// The same of a million events, if this is of `events`.
    fn of_a_million(self, events: u32) -> Self {
        let times = MILLION / f64::from(events);
        Self {
            api_requests: self.api_requests * times,
            invocations: self.invocations * times,
            gb_seconds: self.gb_seconds * times,
            entries: self.entries * times,
            queue_requests: self.queue_requests * times,
            reads: self.reads * times,
            writes: self.writes * times,
        }
    }

    fn dollars(self) -> f64 {
        let others = [
            (self.api_requests, PER_MILLION_API_REQUESTS),
            (self.invocations, PER_MILLION_INVOCATIONS),
            (self.gb_seconds, PER_MILLION_GB_SECONDS),
            (self.entries, PER_MILLION_ENTRIES),
            (self.queue_requests, PER_MILLION_QUEUE_REQUESTS),
        ];
        let others: f64 = others.iter().map(|(count, price)| count * price).sum();
        (others + dollars(self.reads, self.writes)) / MILLION
    }
}

/// The costs as a table in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table = "| a million events of 1 KB | API requests | invocations | GB-seconds | entries on the bus | queue requests | read units | write units | dollars |\n\
                     | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for (name, step) in steps() {
        let Step {
            api_requests,
            invocations,
            gb_seconds,
            entries,
            queue_requests,
            reads,
            writes,
        } = step;
        let dollars = step.dollars();
        // Writing to a text can't fail.
        let _ = writeln!(
            table,
            "| {name} | {api_requests:.0} | {invocations:.0} | {gb_seconds:.0} | {entries:.0} | \
             {queue_requests:.0} | {reads:.0} | {writes:.0} | {dollars:.2} |"
        );
    }
    table
}

fn steps() -> [(&'static str, Step); 3] {
    let world = world();
    let accepted = accepted(&world);
    let told = told(&world);
    let entered = entered(&world);
    [
        (
            "accepted, a hundred at once",
            accepted.of_a_million(COUNTED),
        ),
        ("told of on the bus", told.of_a_million(COUNTED)),
        (
            "entered in timelines, ten at once",
            entered.of_a_million(MESSAGES),
        ),
    ]
}

/// A process of partner-ingest that is warm takes a batch.
fn accepted(world: &World) -> Step {
    use partner_ingest::{App, handle};
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids());
    let app = app.expect("the environment is whole");
    let takes = |name: &str| {
        let request = batch(world, name);
        let answer = world.block_on(handle(&app, &request, world.invocation(LIMIT)));
        let status = answer.expect("it is a request").status_code;
        assert_eq!(status, 202, "events are refused");
    };
    takes("warm");
    Step {
        api_requests: 1.0,
        ..counted(world, || takes("counted"))
    }
}

/// event-stream is given what they changed, as far as its event source mapping lets it through.
fn told(world: &World) -> Step {
    use event_stream::{App, handle};
    let changes = world.engines().changes("events").into_iter();
    let mut unrelayed: Vec<Value> = changes
        .filter(|change| change.pointer("/dynamodb/NewImage/relay_shard").is_some())
        .collect();
    let counted_from = unrelayed.len() - usize::try_from(COUNTED).expect("it is small");
    let batch = json!({ "Records": unrelayed.split_off(counted_from) });
    let batch = to_raw_value(&batch).expect("a batch is JSON");
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock());
    let app = app.expect("the environment is whole");
    Step {
        entries: f64::from(COUNTED),
        ..counted(world, || {
            let answer = world.block_on(handle(&app, &batch, world.invocation(LIMIT)));
            let answer = answer.expect("it is a batch");
            assert!(answer.batch_item_failures.is_empty(), "{answer:?}");
        })
    }
}

/// A process of event-router that is warm is given some of the announcements, which were put into the
/// queue one by one, and are taken and removed together.
fn entered(world: &World) -> Step {
    use event_router::{App, handle};
    let announced = world.published_events().into_iter().enumerate();
    let mut records = announced.map(
        |(n, event)| json!({ "messageId": n.to_string(), "body": event.envelope().to_string() }),
    );
    let taken = usize::try_from(MESSAGES).expect("it is small");
    let [warm, counts] = [(); 2].map(|()| {
        let batch: Vec<Value> = records.by_ref().take(taken).collect();
        to_raw_value(&json!({ "Records": batch })).expect("a batch is JSON")
    });
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids());
    let app = app.expect("the environment is whole");
    let enters = |batch: &RawValue| {
        let answer = world.block_on(handle(&app, batch, world.invocation(LIMIT)));
        let answer = answer.expect("it is a batch");
        assert!(answer.batch_item_failures.is_empty(), "{answer:?}");
    };
    enters(&warm);
    Step {
        queue_requests: f64::from(MESSAGES) + 2.0,
        ..counted(world, || enters(&counts))
    }
}

/// What one invocation costs at DynamoDB and at Lambda.
fn counted(world: &World, invocation: impl FnOnce()) -> Step {
    world.faults().always(Fault::Delay(A_CALL), |_| true);
    let (start, before) = (world.clock().now(), world.engines().consumed());
    invocation();
    let after = world.engines().consumed();
    let took = world.clock().now().duration_since(start);
    world.faults().heal();
    Step {
        invocations: 1.0,
        gb_seconds: took.as_secs_f64() * MEMORY,
        reads: after.reads - before.reads,
        writes: after.writes - before.writes,
        ..Step::default()
    }
}

fn batch(world: &World, name: &str) -> Box<RawValue> {
    let events = (0..COUNTED).map(|n| ingest::event(&format!("{name}-{n}")));
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "POST /v1/events",
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents-batch+json",
        },
        "body": events.collect::<Value>().to_string(),
        "requestContext": { "requestId": "JKJaXmPLvHcESHA=" },
    });
    to_raw_value(&request).expect("a request is JSON")
}

/// The harbour takes orders of the chandlery, and whom they are about is there.
fn world() -> World {
    let world = World::new(1);
    for row in ingest::directory() {
        world.put_row("directory", row);
    }
    world.put_row(
        "profiles",
        json!({
            "profile_id": ingest::SUBJECT, "part": "profile", "version": 1, "fields": {},
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    world
}
