//! Proves that whatever the functions' executables answer 202 gets into its person's timeline, once,
//! though processes are killed at random calls; and that planted bugs are found. The last line is the
//! figure.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use fairlead_chaos::{
    executables::Executables,
    run::{Plan, Ran, Slip, run},
    weather::Met,
};
use fairlead_delivery_proof::history::LARGE;
use testkit::explore::side_by_side;

/// Partners' events through real processes that are killed, against a model.
#[derive(Parser)]
struct Arguments {
    /// The folder with the functions' executables, as they are deployed.
    #[arg(long)]
    functions: PathBuf,
    /// At least 20,000 events and 500 kills.
    #[arg(long)]
    nightly: bool,
}

/// How many events of a run have to be kept.
const EVENTS: usize = 1_000;

/// How many processes have to be killed in each run, or it was too fair to say anything.
const KILLS: usize = 30;

/// How many runs there are at night. Each has a seed of its own, and an event that no row holds.
const NIGHTLY_RUNS: u64 = 20;

/// What a planted bug has to be found in, at the latest.
const RUNS_OF_BUG: u64 = 4;
const EVENTS_OF_BUG: usize = 120;

/// As many violations as are printed.
const PRINTED: usize = 50;

/// Where a bug is planted.
enum Bug {
    /// In the functions.
    Planted(&'static str),
    /// In what carries events between them.
    Slip(Slip),
}

/// The bugs, and what they are.
const BUGS: [(Bug, &str); 8] = [
    (
        Bug::Planted("event-put-unconditionally"),
        "a dropped condition: another event under the same id takes the place of the first",
    ),
    (
        Bug::Planted("event-accepted-unkept"),
        "an acknowledgement before the effect: an event is answered 202 that is not kept",
    ),
    (
        Bug::Planted("publish-ignores-failed-entries"),
        "a swallowed FailedEntryCount",
    ),
    (
        Bug::Planted("sqs-failure-swallowed"),
        "a message that failed is reported as done",
    ),
    (
        Bug::Planted("event-entered-anew"),
        "an event that is delivered again is a second entry",
    ),
    (
        Bug::Slip(Slip::QueueForgets),
        "a message leaves the queue before it is handled",
    ),
    (
        Bug::Slip(Slip::FailuresOverlooked),
        "what a function reports as failed is taken for done",
    ),
    (
        Bug::Slip(Slip::SenderHopes),
        "a sender takes no answer for a good one",
    ),
];

fn main() -> ExitCode {
    let Arguments { functions, nightly } = Arguments::parse();
    let runs = if nightly { NIGHTLY_RUNS } else { 1 };
    let mut all = Ran::default();
    for n in 1..=runs {
        let ran = run(&Plan {
            seed: n * LARGE,
            events: EVENTS,
            executables: Executables::AsDeployed(functions.clone()),
            slip: None,
        });
        println!(
            "run {n} of {runs}: events {}; kills {}; faults {}",
            ran.found.events, ran.found.crashes, ran.found.faults
        );
        all.add(ran);
    }
    for violation in all
        .trouble
        .iter()
        .chain(&all.found.violations)
        .take(PRINTED)
    {
        println!("{violation}");
    }
    show(&all.met);
    println!(
        "the bus was told again {} times; dead letters redriven: {}",
        all.told_again, all.redriven
    );
    let is_too_fair = u64::try_from(all.found.crashes / KILLS).is_ok_and(|enough| enough < runs);
    if is_too_fair {
        println!("too few processes were killed to say anything");
    }
    let caught = side_by_side(&BUGS, |(bug, what)| is_caught(bug, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!(
        "chaos: events {}; kills {}; faults {}; lost {}; duplicate effects {}; planted bugs caught {caught}/{}",
        all.found.events,
        all.found.crashes,
        all.found.faults,
        all.found.lost,
        all.found.duplicates,
        BUGS.len(),
    );
    let is_right = !is_too_fair && !all.found.is_wrong() && all.trouble.is_empty();
    if is_right && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints which calls met which faults.
fn show(met: &Met) {
    let mut last = "";
    for ((operation, fault), count) in met {
        let shown = if operation == last {
            ""
        } else {
            operation.as_str()
        };
        println!("{shown:30} {fault:24} {count:>6}");
        last = operation;
    }
}

/// Plants a bug and looks whether any run finds it. A run that broke finds nothing.
fn is_caught(bug: &Bug, what: &str) -> bool {
    let (planted, slip, name) = match bug {
        Bug::Planted(name) => (Some(*name), None, (*name).to_owned()),
        Bug::Slip(slip) => (None, Some(*slip), format!("{slip:?}")),
    };
    let is_caught = (1..=RUNS_OF_BUG).any(|seed| {
        let ran = run(&Plan {
            seed,
            events: EVENTS_OF_BUG,
            executables: Executables::Planted(any_function(), planted),
            slip,
        });
        for trouble in &ran.trouble {
            println!("planted {name}: {trouble}");
        }
        ran.trouble.is_empty() && ran.found.is_wrong()
    });
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:34} {verdict}: {what}");
    is_caught
}

/// The executable that is any of the functions lies beside this one.
fn any_function() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.with_file_name("planted-function")
}
