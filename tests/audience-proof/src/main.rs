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
use testkit::explore::side_by_side;

/// A consumer that lists and follows, against a model of who it may see.
#[derive(Parser)]
struct Arguments {
    /// More orders and more histories.
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

#[derive(Debug, Clone, Copy)]
enum Work {
    Scene(&'static Scene),
    History(u64),
}

impl Work {
    /// What it found; a panic is a violation.
    fn run(self, most: usize) -> Found {
        let run = panic::catch_unwind(AssertUnwindSafe(|| match self {
            Self::Scene(scene) => scene.explore(most),
            Self::History(seed) => Found {
                runs: 0,
                violations: history(seed, STEPS).into_iter().collect(),
            },
        }));
        run.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            Found {
                runs: 1,
                violations: vec![format!("{self:?}: {text}")],
            }
        })
    }
}

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let (most, histories) = if nightly { (20_000, 500) } else { (100, 24) };
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let scenes = SCENES.iter().map(Work::Scene);
    let work: Vec<Work> = scenes.chain((1..=histories).map(Work::History)).collect();
    let mut all = Found::default();
    for found in side_by_side(&work, |work| work.run(most)) {
        all.runs += found.runs;
        all.violations.extend(found.violations);
    }
    for violation in &all.violations {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |(name, what)| is_caught(name, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!(
        "audience: interleavings {}; histories {histories}; violations {}; planted bugs caught {caught}/{}",
        all.runs,
        all.violations.len(),
        BUGS.len(),
    );
    if all.violations.is_empty() && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plants a bug and looks whether anything finds it.
fn is_caught(name: &'static str, what: &str) -> bool {
    let scenes = SCENES.iter().map(Work::Scene);
    let mut work = scenes.chain((1..25).map(Work::History));
    plant(Some(name));
    let is_caught = work.any(|work| !work.run(100).violations.is_empty());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:30} {verdict}: {what}");
    is_caught
}
