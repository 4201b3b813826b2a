//! The crash-point explorer: for every call of a scenario the world stops just before and just
//! after it, the trigger comes again, and the end must be that of the undisturbed run.
//!
//! ```no_run
//! # use lambda_kit::{Invocation, aws::CallBudget, config::Environment};
//! # use serde_json::value::RawValue;
//! use serde_json::{Value, json};
//! use testkit::{World, delivery, explore::{self, Scenario}};
//!
//! # struct App; impl App { fn new<A, B, C, D>(_: A, _: B, _: C, _: D) -> Self { Self } }
//! # async fn handle(_: &App, _: &RawValue, _: Invocation) -> Result<(), std::fmt::Error> { Ok(()) }
//! struct SignUp;
//!
//! impl Scenario for SignUp {
//!     fn name(&self) -> &str {
//!         "sign-up"
//!     }
//!
//!     fn setup(&self, world: &World) {
//!         world.put_row("directory", json!({ "tenant": "ten_1", "part": "tenant" }));
//!     }
//!
//!     async fn run(&self, world: &World) -> Value {
//!         let event = json!({ "triggerSource": "PostConfirmation_ConfirmSignUp" });
//!         delivery::cognito(world, &event, async |event, invocation| {
//!             let sdk = world.sdk_config(&CallBudget::COGNITO);
//!             let app = App::new(world.environment(), sdk, world.clock(), world.ids());
//!             handle(&app, event, invocation).await
//!         })
//!         .await
//!         .unwrap()
//!     }
//! }
//!
//! let report = explore::crashes(&SignUp, 1);
//! assert!(report.violations.is_empty(), "{report}");
//! ```

mod observation;
mod point;
mod report;
mod side_by_side;
mod two_faults;

use std::{collections::BTreeSet, panic::AssertUnwindSafe};

use fastrand::Rng;
use serde_json::Value;

pub use observation::{Effect, Observation};
pub use point::{NotAPoint, Point};
pub use report::Report;
pub use side_by_side::side_by_side;
pub use two_faults::{
    DOUBLE_CRASHES, LEAST_MIXED_FAULTS, double_failures, mixed_faults, pairs, sample,
};

use crate::{Fault, World, canonical::Canonical, connector::TracedCall, delivery::Redelivery};

/// What is explored: a state of the world, and what happens in it.
pub trait Scenario {
    /// What it is called in reports.
    fn name(&self) -> &str;

    /// Brings the world to where the scenario begins.
    fn setup(&self, world: &World);

    /// Hands triggers to handlers by [`delivery`](crate::delivery) until all is done, and returns
    /// what whoever triggered it sees; `Value::Null` if nobody looks.
    fn run(&self, world: &World) -> impl Future<Output = Value>;

    /// What is compared between two runs.
    fn observe(&self, world: &World) -> Observation {
        Observation::of(world)
    }

    /// How its batches may come again.
    fn redeliveries(&self) -> &[Redelivery] {
        &[Redelivery::Same]
    }
}

/// Stops the world before and after every call of the scenario's run.
pub fn crashes(scenario: &impl Scenario, seed: u64) -> Report {
    faults(scenario, seed, &Fault::CRASHES, Part::WHOLE)
}

/// Lets every call of the scenario's run fail in every way that does not kill the process.
pub fn failures(scenario: &impl Scenario, seed: u64) -> Report {
    faults(scenario, seed, &Fault::FAILURES, Part::WHOLE)
}

/// Lets each of `faults` meet every call of the scenario's run, as far as it is in `part`.
pub fn faults(scenario: &impl Scenario, seed: u64, faults: &[Fault], part: Part) -> Report {
    let undisturbed = run(scenario, seed, None);
    let mut report = Report::default();
    if part.is_first() {
        check_undisturbed(scenario, seed, &undisturbed, &mut report);
    }
    let points = points(scenario, seed, &undisturbed.trace, faults);
    for point in part.of(points) {
        check(scenario, &undisturbed, &point, &mut report);
    }
    report
}

/// The same at `most` places at random, which follow from `seed`.
pub fn some_faults(
    scenario: &impl Scenario,
    seed: u64,
    faults: &[Fault],
    most: usize,
    part: Part,
) -> Report {
    let undisturbed = run(scenario, seed, None);
    let points = points(scenario, seed, &undisturbed.trace, faults);
    let chosen = Rng::with_seed(seed).choose_multiple(points, most);
    let mut report = Report::default();
    for point in part.of(chosen) {
        check(scenario, &undisturbed, &point, &mut report);
    }
    report
}

/// Whether one of `faults`, met by any call of the scenario's run, makes it end otherwise than the
/// undisturbed run does.
pub fn breaks(scenario: &impl Scenario, seed: u64, faults: &[Fault]) -> bool {
    let undisturbed = run(scenario, seed, None);
    let mut report = Report::default();
    check_undisturbed(scenario, seed, &undisturbed, &mut report);
    let mut points = points(scenario, seed, &undisturbed.trace, faults).into_iter();
    while report.violations.is_empty() {
        let Some(point) = points.next() else {
            return false;
        };
        check(scenario, &undisturbed, &point, &mut report);
    }
    true
}

/// Some of the places in which something goes wrong, so that several threads share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which, from 0.
    pub n: usize,
    /// Of how many.
    pub count: usize,
}

impl Part {
    /// All of them.
    pub const WHOLE: Self = Self { n: 0, count: 1 };

    const fn is_first(self) -> bool {
        self.n == 0
    }

    fn of<T>(self, all: Vec<T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.n).step_by(self.count.max(1))
    }
}

/// How the scenario ends if nothing goes wrong. Two versions of the code that should do the same
/// end alike.
pub fn undisturbed(scenario: &impl Scenario, seed: u64) -> Canonical {
    run(scenario, seed, None).state
}

/// Runs one point again, given as a violation's first line has it.
pub fn replay(scenario: &impl Scenario, line: &str) -> Result<Report, NotAPoint> {
    let point: Point = line.parse()?;
    let undisturbed = run(scenario, point.seed, None);
    let mut report = Report::default();
    check(scenario, &undisturbed, &point, &mut report);
    Ok(report)
}

/// Each way in which one of `faults` can meet a call of `trace`.
fn points(
    scenario: &impl Scenario,
    seed: u64,
    trace: &[TracedCall],
    faults: &[Fault],
) -> Vec<Point> {
    let mut points = Vec::new();
    for traced in trace {
        for &fault in faults.iter().filter(|fault| fault.applies_to(&traced.call)) {
            for &redelivery in scenario.redeliveries() {
                points.push(Point {
                    scenario: scenario.name().to_owned(),
                    seed,
                    call: traced.n,
                    fault,
                    redelivery,
                    then: None,
                });
            }
        }
    }
    points
}

/// How a run ended.
struct End {
    state: Canonical,
    wire_duplicates: usize,
    /// The calls since the scenario was set up.
    trace: Vec<TracedCall>,
    trace_hash: String,
}

impl End {
    fn calls(&self) -> String {
        self.trace
            .iter()
            .map(|call| format!("\n  {call}"))
            .collect::<Vec<_>>()
            .concat()
    }

    /// The first call in which it differs from another run, as either made it.
    fn parting(&self, other: &Self) -> String {
        let of = |end: &Self| end.trace.iter().map(|call| format!("{call:?}")).collect();
        let (ours, theirs): (Vec<String>, Vec<String>) = (of(self), of(other));
        let both = ours
            .iter()
            .zip(&theirs)
            .find(|(ours, theirs)| ours != theirs);
        both.map_or_else(
            || {
                format!(
                    " before it begins, or in how long they are: {} and {} calls",
                    ours.len(),
                    theirs.len()
                )
            },
            |(ours, theirs)| format!(", first in\n  {ours}\n  {theirs}"),
        )
    }
}

/// A run in which nothing goes wrong repeats itself, and repeats nothing.
fn check_undisturbed(scenario: &impl Scenario, seed: u64, end: &End, report: &mut Report) {
    let name = scenario.name();
    let again = run(scenario, seed, None);
    if again.trace_hash != end.trace_hash {
        let parting = end.parting(&again);
        report.violate(format!(
            "{name} seed={seed}\n  two undisturbed runs differ{parting}"
        ));
    }
    if end.wire_duplicates > 0 {
        let calls = end.calls();
        report.violate(format!(
            "{name} seed={seed}\n  an effect is repeated without need{calls}"
        ));
    }
}

fn check(scenario: &impl Scenario, undisturbed: &End, point: &Point, report: &mut Report) {
    report.points += 1;
    let disturbed =
        std::panic::catch_unwind(AssertUnwindSafe(|| run(scenario, point.seed, Some(point))));
    let disturbed = match disturbed {
        Ok(end) => end,
        Err(panic) => return report.violate(format!("{point}\n  panicked: {}", message(&*panic))),
    };
    let is_met = |(call, fault): (usize, Fault)| {
        let met = disturbed.trace.iter().find(|traced| traced.n == call);
        met.and_then(|traced| traced.fault) == Some(fault)
    };
    if !is_met((point.call, point.fault)) || !point.then.is_none_or(is_met) {
        let calls = disturbed.calls();
        report.violate(format!("{point}\n  the fault did not meet its call{calls}"));
    }
    report.wire_duplicates += disturbed
        .wire_duplicates
        .saturating_sub(undisturbed.wire_duplicates);
    if let Some(difference) = undisturbed.state.difference(&disturbed.state) {
        report.lost += counted(&difference.lost);
        report.duplicated += counted(&difference.extra);
        report.violate(format!("{point}\n{difference}{}", disturbed.calls()));
    }
}

/// What is told to a caller is compared too, but it is neither lost nor duplicated.
fn counted(documents: &[String]) -> usize {
    documents
        .iter()
        .filter(|document| !document.starts_with(observation::ANSWER))
        .count()
}

fn run(scenario: &impl Scenario, seed: u64, point: Option<&Point>) -> End {
    let world = World::new(seed);
    scenario.setup(&world);
    let known: BTreeSet<String> = Observation::of(&world).end_state(Value::Null).ids();
    let set_up = world.calls_so_far();
    if let Some(point) = point {
        world.faults().at(point.call, point.fault);
        if let Some((call, fault)) = point.then {
            world.faults().at(call, fault);
        }
        world.set_redelivery(point.redelivery);
    }
    let answer = world.block_on(scenario.run(&world));
    let observation = scenario.observe(&world);
    End {
        wire_duplicates: observation.wire_duplicates(),
        state: observation.end_state(answer).canonical(&known),
        trace: world.trace_after(set_up),
        trace_hash: world.trace_hash(),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
        .to_owned()
}
