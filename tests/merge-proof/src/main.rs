//! Proves merging: every order of a few actors' calls, long histories at random, and that planted
//! bugs are found by both. The last line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_merge_proof::{
    histories::history,
    scenes::{Found, SCENES, Scene},
};
use lambda_kit::planted::plant;
use testkit::explore::side_by_side;

/// Merges, splits and writes in every order, against a model.
#[derive(Parser)]
struct Arguments {
    /// More orders and more histories.
    #[arg(long)]
    nightly: bool,
}

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 4] = [
    (
        "merge-at-any-version",
        "a dropped version: what came during a merge is lost by it",
    ),
    (
        "split-leaves-identifiers",
        "a split forgets to re-point the identifiers",
    ),
    (
        "merge-ignores-parts",
        "a dropped count: a decision that came during a merge is lost by it",
    ),
    (
        "split-leaves-standing",
        "a split forgets to part what the two took",
    ),
];

const STEPS: usize = 30;

#[derive(Debug, Clone, Copy)]
enum Work {
    Scene(&'static Scene),
    History(u64),
}

impl Work {
    fn run(self, most: usize) -> Found {
        match self {
            Self::Scene(scene) => scene.explore(1, most),
            Self::History(seed) => history(seed, STEPS),
        }
    }
}

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let (most, histories) = if nightly { (20_000, 500) } else { (100, 24) };
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let work: Vec<Work> = SCENES
        .iter()
        .map(Work::Scene)
        .chain((1..=histories).map(Work::History))
        .collect();
    let mut all = Found::default();
    for found in side_by_side(&work, |work| caught(*work, most)) {
        all.add(found);
    }
    for violation in &all.violations {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |(name, what)| is_caught(name, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!("planted bugs caught {caught}/{}", BUGS.len());
    println!(
        "merge: interleavings {}; profiles {}; violations {}; split restored {}/{}",
        all.runs,
        all.profiles,
        all.violations.len(),
        all.splits.1,
        all.splits.0,
    );
    if all.violations.is_empty() && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What `work` found; a panic is a violation.
fn caught(work: Work, most: usize) -> Found {
    panic::catch_unwind(AssertUnwindSafe(|| work.run(most))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        Found {
            violations: vec![format!("{work:?}: {text}")],
            ..Found::default()
        }
    })
}

/// Plants a bug and looks whether anything finds it.
fn is_caught(name: &'static str, what: &str) -> bool {
    let scenes = SCENES.iter().map(Work::Scene);
    let mut work = scenes.chain((1..4).map(Work::History));
    plant(Some(name));
    let found = work.find(|work| !caught(*work, 150).violations.is_empty());
    plant(None);
    let verdict = if found.is_some() {
        "caught"
    } else {
        "NOT caught"
    };
    println!("planted {name:28} {verdict}: {what}");
    found.is_some()
}
