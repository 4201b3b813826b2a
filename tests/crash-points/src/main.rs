//! Explores every crash point and every failing call, then plants bugs and looks whether they are
//! found. The last line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    ops::Range,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use clap::Parser;
use fairlead_crash_points::{
    planted::{BUGS, Bug},
    scenarios::{self, Explorable, How},
};
use lambda_kit::planted::plant;
use testkit::explore::Report;

/// Stops the world at every call of every handler, and compares how it ends.
#[derive(Parser)]
struct Arguments {
    /// Explore under more seeds, and two crashes in one run.
    #[arg(long)]
    nightly: bool,
    /// Explore this scenario alone, and the bugs that it has to expose.
    #[arg(long)]
    only: Option<String>,
}

/// Seeds under which ids, jitter and tokens differ.
const SEEDS: Range<u64> = 1..2;
const NIGHTLY_SEEDS: Range<u64> = 1..11;

fn main() -> ExitCode {
    let Arguments { nightly, only } = Arguments::parse();
    let seeds = if nightly { NIGHTLY_SEEDS } else { SEEDS };
    // A planted bug may make a scenario's own assertion fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let is_wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut scenarios = scenarios::all();
    scenarios.retain(|scenario| is_wanted(&scenario.name));
    let bugs = BUGS.iter().filter(|bug| is_wanted(bug.exposed_by));
    let bugs: Vec<&Bug> = bugs.collect();
    let each: Vec<&Explorable> = scenarios.iter().collect();
    let mut crashes = explore_all(&each, How::Crashes, &seeds);
    let twice = scenarios
        .iter()
        .filter(|scenario| nightly || scenario.is_explored_twice);
    let twice: Vec<&Explorable> = twice.collect();
    crashes.add(explore_all(&twice, How::DoubleCrashes, &SEEDS));
    let failures = explore_all(&each, How::Failures, &seeds);
    let caught = side_by_side(&bugs, |bug| is_caught(&scenarios, bug));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!(
        "failing calls explored: {}; lost {}; duplicated {}; repeated under their own key {}",
        failures.points, failures.lost, failures.duplicated, failures.wire_duplicates
    );
    println!(
        "repeated under their own key after crashes: {}",
        crashes.wire_duplicates
    );
    println!(
        "crash points explored: {}; lost {}; duplicated {}; planted bugs caught {caught}/{}",
        crashes.points,
        crashes.lost + failures.lost,
        crashes.duplicated + failures.duplicated,
        bugs.len(),
    );
    let is_sound = crashes.violations.is_empty() && failures.violations.is_empty();
    if is_sound && caught == bugs.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn explore_all(scenarios: &[&Explorable], how: How, seeds: &Range<u64>) -> Report {
    let runs: Vec<(&Explorable, u64)> = scenarios
        .iter()
        .flat_map(|scenario| seeds.clone().map(move |seed| (*scenario, seed)))
        .collect();
    let mut all = Report::default();
    for report in side_by_side(&runs, |(scenario, seed)| explored(scenario, how, *seed)) {
        all.add(report);
    }
    all
}

fn explored(scenario: &Explorable, how: How, seed: u64) -> Report {
    let start = Instant::now();
    let report = scenario.explore(how, seed);
    for violation in &report.violations {
        println!("\n{violation}");
    }
    println!(
        "{:24} {:13} seed {seed:2}  points {:5}  violations {:3}  {:5.1} s",
        scenario.name,
        format!("{how:?}").to_lowercase(),
        report.points,
        report.violations.len(),
        start.elapsed().as_secs_f32(),
    );
    report
}

/// Plants a bug and looks whether its scenario ends otherwise with it than without it, or under a
/// fault otherwise than undisturbed.
fn is_caught(scenarios: &[Explorable], bug: &Bug) -> bool {
    let scenario = scenarios
        .iter()
        .find(|scenario| scenario.name == bug.exposed_by);
    let scenario = scenario.expect("a bug names a scenario that there is");
    let sound = scenario.undisturbed(SEEDS.start);
    plant(Some(bug.name));
    let exposed = panic::catch_unwind(AssertUnwindSafe(|| {
        let differs = scenario
            .undisturbed(SEEDS.start)
            .difference(&sound)
            .is_some();
        let breaks = |how| !scenario.explore(how, SEEDS.start).violations.is_empty();
        differs || breaks(How::Crashes) || breaks(How::Failures)
    }));
    plant(None);
    let caught = exposed.unwrap_or(true);
    let verdict = if caught { "caught" } else { "NOT caught" };
    println!(
        "planted {:36} {verdict} by {}: {}",
        bug.name, scenario.name, bug.what
    );
    caught
}

/// Does `work` on all `items`, on as many threads as there are processors. Each simulated world
/// lives on one thread, with its time, its randomness and its planted bug.
fn side_by_side<I: Sync, O: Send>(items: &[I], work: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = work(item);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(outcome);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}
