//! Explores every crash point and every failing call, then plants bugs and looks whether they are
//! found. The last line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    ops::Range,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Parser;
use fairlead_crash_points::{
    planted::{Bug, bugs},
    scenarios::{self, Explorable, How, TwoFaults},
};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::explore::{Part, Report, side_by_side};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Stops the world at every call of every handler, and compares how it ends.
#[derive(Parser)]
struct Arguments {
    /// Stop the world at every call, and of all else explore a few places.
    #[arg(long)]
    quick: bool,
    /// Explore under more seeds, and more ways in which two things go wrong in one run.
    #[arg(long, conflicts_with = "quick")]
    nightly: bool,
    /// Explore this scenario alone, and the bugs that it has to expose.
    #[arg(long)]
    only: Option<String>,
}

/// How much is explored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Quick,
    Day,
    Night,
}

impl Arguments {
    const fn depth(&self) -> Depth {
        match (self.quick, self.nightly) {
            (true, _) => Depth::Quick,
            (_, true) => Depth::Night,
            (false, false) => Depth::Day,
        }
    }
}

/// Seeds under which ids, jitter and tokens differ.
const SEEDS: Range<u64> = 1..2;
const NIGHTLY_SEEDS: Range<u64> = 1..4;

/// Of how many places of a first fault one is followed by a second, in scenarios of which it is not
/// asked by day: all of them would take hours.
const NIGHTLY_SHARE: usize = 8;

/// At how many places of a scenario calls fail if it has to be quick.
const QUICK_FAILURES: usize = 16;

/// At how many places of a scenario two faults of one kind are explored by day where all of them would
/// take too long, and at how many a call that fails is followed by another one at night.
const SOME: usize = 12;
const NIGHTLY_SOME: usize = 200;

/// Into how many parts an exploration is cut, so that no processor waits for a long one.
const PARTS: usize = 8;

/// One scenario and what goes wrong in it.
#[derive(Clone, Copy)]
struct Task<'a> {
    scenario: &'a Explorable,
    how: How,
    seed: u64,
    /// Of how many places one is explored.
    share: usize,
}

impl Task<'_> {
    /// What of it is explored, cut into parts.
    fn parts(self) -> impl Iterator<Item = Part> {
        let count = PARTS * self.share;
        (0..count)
            .step_by(self.share)
            .map(move |n| Part { n, count })
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let is_wanted = |name: &str| arguments.only.as_deref().is_none_or(|only| only == name);
    let mut scenarios = scenarios::all();
    scenarios.retain(|scenario| is_wanted(&scenario.name));
    let bugs: Vec<&Bug> = bugs().filter(|bug| is_wanted(bug.exposed_by)).collect();
    let found = explore_all(&tasks(&scenarios, arguments.depth()));
    let idle = idle(&scenarios, &found);
    let (mut crashes, mut failures) = (Report::default(), Report::default());
    for (task, report) in found {
        let sum = if task.how.is_without_crashes() {
            &mut failures
        } else {
            &mut crashes
        };
        sum.add(report);
    }
    // A planted bug may make a scenario's own assertion fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
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
    let violations = crashes.violations.len() + failures.violations.len();
    if violations > 0 {
        println!("violations: {violations}, each told above");
    }
    if !idle.is_empty() {
        println!(
            "scenarios that call nothing, and so prove nothing: {}",
            idle.join(", ")
        );
    }
    if violations == 0 && idle.is_empty() && caught == bugs.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The scenarios in which there was no call that could go wrong. One that only reads has no crash
/// points, but calls that fail.
fn idle<'a>(scenarios: &'a [Explorable], found: &[(Task<'_>, Report)]) -> Vec<&'a str> {
    let names = scenarios.iter().map(|scenario| scenario.name.as_str());
    names
        .filter(|name| {
            let mut of_it = found.iter().filter(|(task, _)| task.scenario.name == *name);
            of_it.all(|(_, report)| report.points == 0)
        })
        .collect()
}

/// All that is explored: in each scenario the world stops at every call.
fn tasks(scenarios: &[Explorable], depth: Depth) -> Vec<Task<'_>> {
    let night = depth == Depth::Night;
    let seeds = if night { NIGHTLY_SEEDS } else { SEEDS };
    let mut tasks = Vec::new();
    for scenario in scenarios {
        let mut add = |how, seeds: Range<u64>, share| {
            tasks.extend(seeds.map(|seed| Task {
                scenario,
                how,
                seed,
                share,
            }));
        };
        add(How::Crashes, seeds.clone(), 1);
        if depth == Depth::Quick {
            add(How::SomeFailures(QUICK_FAILURES), seeds.clone(), 1);
        } else {
            add(How::Failures, seeds.clone(), 1);
        }
        match (scenario.two_faults, depth) {
            (TwoFaults::Everywhere, Depth::Day | Depth::Night)
            | (TwoFaults::InPart, Depth::Night) => {
                add(How::DoubleCrashes, SEEDS, 1);
                add(How::CrashAndLoss, SEEDS, 1);
            }
            (TwoFaults::Nowhere, Depth::Night) => {
                add(How::DoubleCrashes, SEEDS, NIGHTLY_SHARE);
                add(How::CrashAndLoss, SEEDS, NIGHTLY_SHARE);
            }
            (TwoFaults::Everywhere, Depth::Quick) => {
                add(How::SomeDoubleCrashes(SOME), SEEDS, 1);
                add(How::SomeCrashAndLoss(SOME), SEEDS, 1);
            }
            (TwoFaults::InPart, _) => add(How::SomeDoubleCrashes(SOME), SEEDS, 1),
            (TwoFaults::Nowhere, _) => {}
        }
        if scenario.two_faults != TwoFaults::Nowhere {
            let some = if night { NIGHTLY_SOME } else { SOME };
            add(How::SomeDoubleFailures(some), SEEDS, 1);
        }
        if night && scenario.two_faults == TwoFaults::Everywhere {
            add(How::MixedFaults, SEEDS, NIGHTLY_SHARE);
        }
    }
    tasks
}

/// How far a task is.
struct Progress {
    report: Report,
    took: Duration,
    /// How many parts of it are to be explored yet.
    left: usize,
}

/// Explores everything on all processors, and tells of each task as soon as it is done.
fn explore_all<'a>(tasks: &[Task<'a>]) -> Vec<(Task<'a>, Report)> {
    let parts: Vec<(usize, Part)> = tasks
        .iter()
        .enumerate()
        .flat_map(|(place, task)| task.parts().map(move |part| (place, part)))
        .collect();
    let begun = || {
        Mutex::new(Progress {
            report: Report::default(),
            took: Duration::ZERO,
            left: PARTS,
        })
    };
    let each: Vec<(Task<'a>, Mutex<Progress>)> =
        tasks.iter().map(|task| (*task, begun())).collect();
    side_by_side(&parts, |(place, part)| {
        let Some((task, progress)) = each.get(*place) else {
            return;
        };
        let start = Instant::now();
        let report = task.scenario.explore(task.how, task.seed, *part);
        for violation in &report.violations {
            println!("\n{violation}");
        }
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.report.add(report);
        progress.took += start.elapsed();
        progress.left -= 1;
        if progress.left == 0 {
            tell(task, &progress);
        }
    });
    let report = |progress: Mutex<Progress>| {
        let progress = progress.into_inner();
        progress.unwrap_or_else(PoisonError::into_inner).report
    };
    let each = each.into_iter();
    each.map(|(task, progress)| (task, report(progress)))
        .collect()
}

fn tell(task: &Task<'_>, Progress { report, took, .. }: &Progress) {
    println!(
        "{:24} {:23} seed {:2}  points {:5}  violations {:3}  {:5.1} s",
        task.scenario.name,
        format!("{:?}", task.how).to_lowercase(),
        task.seed,
        report.points,
        report.violations.len(),
        took.as_secs_f32(),
    );
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
        let differs = scenario.undisturbed(SEEDS.start).difference(&sound);
        differs.is_some() || scenario.breaks(SEEDS.start)
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
