//! Proves that a consumer of an audience ends with exactly whom it may see: in every order of a few
//! actors' calls, in histories at random, and that planted bugs are found. The last line is the figure.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_audience_proof::{
    histories::history,
    scenes::{Found, SCENES, Scene},
};
use lambda_kit::planted::plant;

/// A consumer that lists and follows, against a model of who it may see.
#[derive(Parser)]
struct Arguments {
    /// More orders and more histories, and planted bugs that have to be found.
    #[arg(long)]
    nightly: bool,
}

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 5] = [
    (
        "audience-of-an-older-state",
        "a dropped condition: who withdrew is put in by an older state",
    ),
    (
        "audience-number-given-twice",
        "a dropped condition: two changes get one number, and one is lost",
    ),
    (
        "audience-forgets-tombstone",
        "who leaves leaves no tombstone",
    ),
    (
        "audience-keeps-first-version",
        "a member who changes is not told of",
    ),
    ("feed-skips-one", "a place in the feed that is one too far"),
];

const STEPS: usize = 40;

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let (most, histories) = if nightly { (20_000, 500) } else { (150, 24) };
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let mut runs = 0;
    let mut violations = Vec::new();
    for scene in &SCENES {
        let found = explored(scene, most);
        runs += found.runs;
        violations.extend(found.violations);
    }
    violations.extend((1..=histories).filter_map(lived));
    for violation in &violations {
        println!("{violation}");
    }
    let bugs: &[(&str, &str)] = if nightly { &BUGS } else { &[] };
    let caught = bugs.iter().filter(|(name, what)| is_caught(name, what));
    let caught = caught.count();
    println!(
        "audience: interleavings {runs}; histories {histories}; violations {}; planted bugs caught {caught}/{}",
        violations.len(),
        bugs.len(),
    );
    if violations.is_empty() && caught == bugs.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What a scene found; a panic is a violation.
fn explored(scene: &Scene, most: usize) -> Found {
    let explored = panic::catch_unwind(AssertUnwindSafe(|| scene.explore(most)));
    explored.unwrap_or_else(|panic| Found {
        runs: 1,
        violations: vec![format!("{}: {}", scene.name, told(panic.as_ref()))],
    })
}

/// What a history found; a panic is a violation.
fn lived(seed: u64) -> Option<String> {
    let lived = panic::catch_unwind(AssertUnwindSafe(|| history(seed, STEPS)));
    lived.unwrap_or_else(|panic| Some(format!("history {seed}: {}", told(panic.as_ref()))))
}

fn told(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

/// Plants a bug and looks whether anything finds it.
fn is_caught(name: &'static str, what: &str) -> bool {
    plant(Some(name));
    let by_scene = SCENES
        .iter()
        .any(|scene| !explored(scene, 150).violations.is_empty());
    let is_caught = by_scene || (1..8).any(|seed| lived(seed).is_some());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:30} {verdict}: {what}");
    is_caught
}
