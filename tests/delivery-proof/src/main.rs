//! Proves that whatever is answered 202 gets into its person's timeline, once and in the order of time,
//! and that planted bugs are found. The last line is the figure.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_delivery_proof::{history::history, model::Found};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::explore::side_by_side;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Partners' events, from the request to the timelines of people, against a model.
#[derive(Parser)]
struct Arguments {
    /// A million events.
    #[arg(long)]
    nightly: bool,
}

/// How many events of a history have to be kept.
const EVENTS: usize = 500;

/// How many histories there are, and how many at night.
const HISTORIES: u64 = 100;
const NIGHTLY_HISTORIES: u64 = 2_000;

/// What a planted bug has to be found in, at the latest.
const HISTORIES_OF_BUG: u64 = 12;

/// As many violations as are printed.
const PRINTED: usize = 50;

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 9] = [
    (
        "event-put-unconditionally",
        "a dropped condition: another event under the same id takes the place of the first",
    ),
    (
        "event-accepted-unkept",
        "an acknowledgement before the effect: an event is answered 202 that is not kept",
    ),
    (
        "duplicate-event-taken-for-another",
        "an event that is sent again is refused",
    ),
    (
        "publish-ignores-failed-entries",
        "a swallowed FailedEntryCount",
    ),
    (
        "outbox-deleted-before-publish",
        "an event leaves the index before it is told of",
    ),
    (
        "sqs-failure-swallowed",
        "a message that failed is reported as done",
    ),
    (
        "unknown-person-dropped",
        "what names somebody whom nobody knows yet is dropped for good",
    ),
    (
        "event-entered-anew",
        "an event that is delivered again is a second entry",
    ),
    (
        "event-entered-by-arrival",
        "a timeline in the order in which events came",
    ),
];

/// What a history came to; a panic is a violation.
fn run(seed: u64, events: usize) -> Found {
    let run = panic::catch_unwind(AssertUnwindSafe(|| history(seed, events)));
    let mut found = run.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        Found {
            violations: vec![text],
            ..Found::default()
        }
    });
    for violation in &mut found.violations {
        violation.insert_str(0, &format!("history {seed}: "));
    }
    found
}

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let histories = if nightly {
        NIGHTLY_HISTORIES
    } else {
        HISTORIES
    };
    // A planted bug may make a sender stop; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let seeds: Vec<u64> = (1..=histories).collect();
    let mut all = Found::default();
    for found in side_by_side(&seeds, |seed| run(*seed, EVENTS)) {
        all.add(found);
    }
    for violation in all.violations.iter().take(PRINTED) {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |(name, what)| is_caught(name, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    let is_right = !all.is_wrong() && caught == BUGS.len();
    println!(
        "delivery: events {}; faults {}; crashes {}; lost {}; duplicate effects {}; reordered {}; \
         planted bugs caught {caught}/{}",
        all.events,
        all.faults,
        all.crashes,
        all.lost,
        all.duplicates,
        all.reordered,
        BUGS.len(),
    );
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plants a bug and looks whether any history finds it.
fn is_caught(name: &'static str, what: &str) -> bool {
    plant(Some(name));
    let is_caught = (1..=HISTORIES_OF_BUG).any(|seed| run(seed, EVENTS).is_wrong());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:34} {verdict}: {what}");
    is_caught
}
