//! Proves that every edit in Salesforce gets to the contact centre, and what became of it back to its
//! record, in the right order, although flows break; and that planted bugs are found. The last line is the
//! figure.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_salesforce_proof::{history::history, model::Found};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::explore::side_by_side;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Edits in Salesforce, from the operator's screen to the contact centre and back, against a model.
#[derive(Parser)]
struct Arguments {
    /// Ten times as many edits.
    #[arg(long)]
    nightly: bool,
}

/// How many edits a history has: two flows break in it.
const EDITS: usize = 200;

/// How many histories there are, and how many at night.
const HISTORIES: u64 = 12;
const NIGHTLY_HISTORIES: u64 = 240;

/// What a planted bug has to be found in, at the latest.
const HISTORIES_OF_BUG: u64 = 8;

/// As many violations as are printed.
const PRINTED: usize = 50;

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 4] = [
    (
        "older-configuration-overwrites-newer",
        "whatever arrives last counts",
    ),
    (
        "what-was-deleted-is-not-read",
        "a record that was deleted while a flow was broken stays",
    ),
    (
        "outcome-counted-before-it-is-written",
        "an outcome that counts as written before it is has no file when its writer dies",
    ),
    (
        "contact-open-on-holidays",
        "the look-up names the holiday, and is open",
    ),
];

/// What a history came to; a panic is a violation.
fn run(seed: u64) -> Found {
    let run = panic::catch_unwind(AssertUnwindSafe(|| history(seed, EDITS)));
    let mut found = run.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Found {
            violations: vec![text.unwrap_or_default()],
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
    // A planted bug may make a history panic; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let seeds: Vec<u64> = (1..=histories).collect();
    let mut all = Found::default();
    for found in side_by_side(&seeds, |seed| run(*seed)) {
        all.add(found);
    }
    for violation in all.violations.iter().take(PRINTED) {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |(name, what)| is_caught(name, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!(
        "salesforce: edits {}; seen {}; outcomes {}; lost {}; wrong order {}; repairs tried {}, repaired {}, \
         reported {}; planted bugs caught {caught}/{}",
        all.edits,
        all.seen,
        all.outcomes,
        all.lost,
        all.wrong_order,
        all.tried,
        all.mended,
        all.given_up,
        BUGS.len(),
    );
    if !all.is_wrong() && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plants a bug and looks whether any history finds it.
fn is_caught(name: &'static str, what: &str) -> bool {
    plant(Some(name));
    let is_caught = (1..=HISTORIES_OF_BUG).any(|seed| run(seed).is_wrong());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:38} {verdict}: {what}");
    is_caught
}
