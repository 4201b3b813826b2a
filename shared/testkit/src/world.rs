//! One simulated AWS account with its clock, its ids and its SDK configuration.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{rt::sleep::TokioSleep, time::TimeSource};
use aws_types::{SdkConfig, region::Region};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{
    Invocation,
    aws::{CallBudget, apply_budget},
    clock::Clock,
    config::Environment,
    ids::IdSource,
    outside::Outside,
};
use serde_json::Value;
use tokio::{runtime::Runtime, time::Instant};

use crate::{
    Waiting,
    connector::{Connector, TracedCall},
    delivery::Redelivery,
    engine::{
        Engines, Notification, PublishedEvent, SECRET_ACCESS_KEY, SentMessage, StoredObject,
        answer::numbered_id, resource_environment,
    },
    fault::FaultPlan,
    turnstile::ACTOR,
};

/// 2026-01-15T09:00:00Z, when every world begins.
const BEGINNING: Timestamp = Timestamp::constant(1_768_467_600, 0);

/// Nothing that is tested takes longer, in simulated time.
const PATIENCE: Duration = Duration::from_hours(7 * 24);

const ID_MAKER: u32 = 0x1a_3bda;

/// A simulated AWS account. Everything in it is repeatable for a seed.
pub struct World {
    seed: u64,
    runtime: Runtime,
    clock: Clock,
    engines: Engines,
    connector: Connector,
    state: Mutex<State>,
}

struct State {
    ids: IdSource,
    /// How many processes have been started, the first included.
    processes: u64,
    /// How many times a function has been invoked.
    invocations: usize,
    redelivery: Redelivery,
    /// How many of a stream's records have been delivered, by table.
    delivered: BTreeMap<String, usize>,
}

impl World {
    /// A world with empty tables, in which all that is random comes from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with(seed, Engines::new)
    }

    /// A world around services that executables have worked with, to look at them by the same means.
    /// It has a time of its own.
    #[must_use]
    pub fn around(engines: &Engines) -> Self {
        Self::with(0, |_| engines.clone())
    }

    fn with(seed: u64, engines: impl FnOnce(&Clock) -> Engines) -> Self {
        // The SDK's jitter and its idempotency tokens come from this thread's generator.
        fastrand::seed(seed);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O starts");
        let clock = virtual_clock(&runtime);
        let engines = engines(&clock);
        let state = State {
            ids: IdSource::seeded(seed, clock.clone()),
            processes: 1,
            invocations: 0,
            redelivery: Redelivery::Same,
            delivered: BTreeMap::new(),
        };
        let connector = Connector::new(engines.clone(), clock.clone(), seed);
        Self {
            seed,
            runtime,
            clock,
            engines,
            connector,
            state: Mutex::new(state),
        }
    }

    /// Runs `future` to its end. Time passes only when there is nothing to do but wait.
    ///
    /// # Panics
    /// If a crash stops the world and no [`delivery`](crate::delivery) is there to start it again,
    /// or if `future` still waits after a week.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                result = tokio::time::timeout(PATIENCE, future) => {
                    result.unwrap_or_else(|_| panic!("it still waits after a week; its last call: {}", self.last_call()))
                }
                () = self.connector.stopped() => panic!(
                    "the world stopped at call {}, and no delivery of testkit::delivery is there to go on",
                    self.last_call(),
                ),
            }
        })
    }

    /// Runs `actors` at once, each call of theirs alone: whenever nothing can go on but by a call,
    /// `choose` says which of those that wait passes next. Returns what came of each actor.
    ///
    /// # Panics
    /// As [`block_on`](Self::block_on) does.
    pub fn interleave<T>(
        &self,
        actors: Vec<Pin<Box<dyn Future<Output = T> + '_>>>,
        mut choose: impl FnMut(&[Waiting]) -> usize,
    ) -> Vec<T> {
        let turnstile = self.connector.turnstile();
        turnstile.close();
        let actors = actors.into_iter().enumerate();
        let acting = join_all(actors.map(|(n, actor)| ACTOR.scope(n, actor)));
        let letting_pass = async {
            loop {
                // Time stands still until there is nothing else to do.
                tokio::time::sleep(Duration::from_millis(1)).await;
                let waiting = turnstile.waiting();
                if !waiting.is_empty() {
                    turnstile.let_pass(choose(&waiting));
                }
            }
        };
        let done = self.block_on(async {
            tokio::select! {
                biased;
                done = acting => done,
                () = letting_pass => Vec::new(),
            }
        });
        turnstile.open();
        done
    }

    /// Lets time pass in which nothing happens; what is async sleeps with `tokio::time::sleep`.
    pub fn advance(&self, duration: Duration) {
        self.runtime
            .block_on(async { tokio::time::sleep(duration).await });
    }

    /// The simulated time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The ids of the process that runs now; another process makes other ids.
    #[must_use]
    pub fn ids(&self) -> IdSource {
        self.state().ids.clone()
    }

    /// What a process that starts now configures its clients with: `budget` as in production, and
    /// below it the simulated services.
    #[must_use]
    pub fn sdk_config(&self, budget: &CallBudget) -> SdkConfig {
        // The SDK keeps one quota of retries per service and region for the whole process that it
        // runs in. A region of its own gives each simulated process its own quota.
        static PROCESSES: AtomicUsize = AtomicUsize::new(1);
        let region = format!("eu-simulated-{}", PROCESSES.fetch_add(1, Ordering::Relaxed));
        let credentials = Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            SECRET_ACCESS_KEY,
            None,
            None,
            "testkit",
        );
        let builder = SdkConfig::builder()
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.connector.clone())
            .sleep_impl(TokioSleep::new())
            .time_source(SimulatedTime(self.clock.clone()));
        apply_budget(builder, budget).build()
    }

    /// The way to the outside, on which calls are numbered and fail as those to the services do.
    #[must_use]
    pub fn outside(&self) -> Outside {
        let connector = self.connector.clone();
        Outside::over(self.engines.names(), move |address| {
            connector.led_to(address)
        })
    }

    /// A function's environment, with the names of all resources.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment::from_pairs(resource_environment())
    }

    /// What is to go wrong.
    #[must_use]
    pub fn faults(&self) -> FaultPlan {
        self.connector.faults()
    }

    /// Every call that left a process so far.
    #[must_use]
    pub fn trace(&self) -> Vec<TracedCall> {
        self.connector.trace()
    }

    /// How many calls there were so far.
    #[must_use]
    pub fn calls_so_far(&self) -> usize {
        self.connector.calls_so_far()
    }

    /// The calls since there were `before` of them: what a long history looks at, whose trace is large.
    #[must_use]
    pub fn trace_after(&self, before: usize) -> Vec<TracedCall> {
        self.connector.trace_after(before)
    }

    /// One figure for all calls so far with their inputs, answers, faults and times.
    #[must_use]
    pub fn trace_hash(&self) -> String {
        self.connector.trace_hash()
    }

    /// The simulated services.
    #[must_use]
    pub const fn engines(&self) -> &Engines {
        &self.engines
    }

    /// Puts a row into a table as if it had always been there. `row` is plain JSON.
    pub fn put_row(&self, table: &str, row: impl Into<Value>) {
        self.engines.put_row(table, &row.into());
    }

    /// The rows of a table as plain JSON, in the order of their keys.
    #[must_use]
    pub fn rows(&self, table: &str) -> Vec<Value> {
        self.engines.rows(table)
    }

    /// What a bucket holds, in the order of the keys.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> Vec<StoredObject> {
        self.engines.objects(bucket)
    }

    /// The events that the bus has taken.
    #[must_use]
    pub fn published_events(&self) -> Vec<PublishedEvent> {
        self.engines.published_events()
    }

    /// The messages that a queue has taken.
    #[must_use]
    pub fn sent_messages(&self, queue: &str) -> Vec<SentMessage> {
        self.engines.sent_messages(queue)
    }

    /// What SNS has taken, to the topic and to phone numbers.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.engines.notifications()
    }

    /// How batches come again after a crash or a failure.
    #[must_use]
    pub fn redelivery(&self) -> Redelivery {
        self.state().redelivery
    }

    /// Sets how batches come again after a crash or a failure.
    pub fn set_redelivery(&self, redelivery: Redelivery) {
        self.state().redelivery = redelivery;
    }

    /// The next invocation of a function that may run for `limit` from now.
    #[must_use]
    pub fn invocation(&self, limit: Duration) -> Invocation {
        let mut state = self.state();
        state.invocations += 1;
        let limit = SignedDuration::try_from(limit).expect("a function runs for minutes at most");
        Invocation {
            request_id: numbered_id(ID_MAKER, state.invocations),
            deadline: self.clock.now() + limit,
        }
    }

    pub(crate) const fn connector(&self) -> &Connector {
        &self.connector
    }

    /// A new process takes the place of the one that crashed.
    pub(crate) fn restart(&self) {
        let mut state = self.state();
        state.processes += 1;
        let seed = self.seed ^ state.processes.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state.ids = IdSource::seeded(seed, self.clock.clone());
        drop(state);
        self.connector.resume();
    }

    /// The records of a table's stream that no delivery has taken yet.
    pub(crate) fn take_changes(&self, table: &str) -> Vec<Value> {
        let mut state = self.state();
        let delivered = state.delivered.entry(table.to_owned()).or_default();
        let changes = self.engines.changes_after(table, *delivered);
        *delivered += changes.len();
        changes
    }

    fn last_call(&self) -> String {
        self.trace()
            .last()
            .map_or_else(|| "none".to_owned(), ToString::to_string)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the runtime's paused time, also from outside of it.
fn virtual_clock(runtime: &Runtime) -> Clock {
    let handle = runtime.handle().clone();
    let start = {
        let _inside = handle.enter();
        Instant::now()
    };
    Clock::from_fn(move || {
        let _inside = handle.enter();
        let passed = SignedDuration::try_from(start.elapsed())
            .expect("a world lasts no longer than a clock counts");
        BEGINNING + passed
    })
}

#[derive(Debug)]
struct SimulatedTime(Clock);

impl TimeSource for SimulatedTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}
