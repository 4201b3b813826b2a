//! Explores every crash point and every failing call, then plants bugs and looks whether they are
//! found. The last line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
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
    /// Explore under more seeds.
    #[arg(long)]
    nightly: bool,
}

/// Seeds under which ids, jitter and tokens differ.
const SEEDS: std::ops::Range<u64> = 1..2;
const NIGHTLY_SEEDS: std::ops::Range<u64> = 1..26;

fn main() -> ExitCode {
    let seeds = if Arguments::parse().nightly { NIGHTLY_SEEDS } else { SEEDS };
    // A planted bug may make a scenario's own assertion fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let scenarios = scenarios::all();
    let mut crashes = Report::default();
    let mut failures = Report::default();
    for scenario in &scenarios {
        for seed in seeds.clone() {
            crashes.add(explored(scenario, How::Crashes, seed));
            failures.add(explored(scenario, How::Failures, seed));
        }
    }
    println!("{:28} points {:6}  wire duplicates {:4}", "failing calls, all", failures.points, failures.wire_duplicates);
    println!("{:28} points {:6}  wire duplicates {:4}", "crashes, all", crashes.points, crashes.wire_duplicates);
    let caught = BUGS.iter().filter(|bug| is_caught(&scenarios, bug)).count();

    let violations = crashes.violations.len() + failures.violations.len();
    println!(
        "crash points explored: {}; lost {}; duplicated {}; planted bugs caught {caught}/{}",
        crashes.points,
        crashes.lost + failures.lost,
        crashes.duplicated + failures.duplicated,
        BUGS.len(),
    );
    if violations == 0 && caught == BUGS.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn explored(scenario: &Explorable, how: How, seed: u64) -> Report {
    let start = Instant::now();
    let report = scenario.explore(how, seed);
    for violation in &report.violations {
        println!("\n{violation}");
    }
    println!(
        "{:28} points {:6}  wire duplicates {:4}  violations {:3}  {:.1} s",
        format!("{} {how:?} {seed}", scenario.name).to_lowercase(),
        report.points,
        report.wire_duplicates,
        report.violations.len(),
        start.elapsed().as_secs_f32(),
    );
    report
}

/// Plants a bug and looks for a scenario that ends otherwise with it than without it, or under a
/// fault otherwise than undisturbed.
fn is_caught(scenarios: &[Explorable], bug: &Bug) -> bool {
    let finder = scenarios.iter().find(|scenario| {
        let sound = scenario.undisturbed(SEEDS.start);
        plant(Some(bug.name));
        let exposed = panic::catch_unwind(AssertUnwindSafe(|| {
            scenario.undisturbed(SEEDS.start).difference(&sound).is_some()
                || [How::Crashes, How::Failures]
                    .into_iter()
                    .any(|how| !scenario.explore(how, SEEDS.start).violations.is_empty())
        }));
        plant(None);
        exposed.unwrap_or(true)
    });
    let Bug { name, what } = bug;
    match finder {
        Some(scenario) => println!("planted {name}: caught by {} ({what})", scenario.name),
        None => println!("planted {name}: NOT caught ({what})"),
    }
    finder.is_some()
}
