//! Proves merging: every order of a few actors' calls, depth first as far as there is time and others
//! at random, long histories at random, and that planted bugs are found. The last line is the figure.
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
use mimalloc::MiMalloc;
use testkit::explore::side_by_side;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Merges, splits, writes and sign-ins in every order, against a model.
#[derive(Parser)]
struct Arguments {
    /// More orders and more histories.
    #[arg(long)]
    nightly: bool,
}

/// A bug that is planted.
struct Bug {
    name: &'static str,
    /// What it makes of the code.
    what: &'static str,
    /// The scene that is looked at first; of a bug without one, histories are.
    exposed_by: Option<&'static str>,
}

const BUGS: [Bug; 6] = [
    Bug {
        name: "merge-at-any-version",
        what: "a dropped version: what came during a merge is lost by it",
        exposed_by: Some("a merge and a write"),
    },
    Bug {
        name: "split-leaves-identifiers",
        what: "a split forgets to re-point the identifiers",
        exposed_by: Some("a split and a write"),
    },
    Bug {
        name: "merge-ignores-parts",
        what: "a dropped count: a decision that came during a merge is lost by it",
        exposed_by: Some("a merge and a decision of the younger"),
    },
    Bug {
        name: "split-leaves-standing",
        what: "a split forgets to part what the two took",
        exposed_by: None,
    },
    Bug {
        name: "contested-identifier-left-there",
        what: "two who prove the same number at once stay two",
        exposed_by: Some("two who prove the same number"),
    },
    Bug {
        name: "shared-device-joined",
        what: "two who log in on one device at once are taken for one",
        exposed_by: Some("two on the device of a visitor"),
    },
];

const STEPS: usize = 30;

/// How much of everything is gone through.
struct Extent {
    /// Orders of a scene, depth first.
    orders: usize,
    /// Orders of a scene at random, beside those.
    stirred: u64,
    histories: u64,
}

const DAY: Extent = Extent {
    orders: 100,
    stirred: 60,
    histories: 24,
};

const NIGHT: Extent = Extent {
    orders: 1_000,
    stirred: 1_000,
    histories: 120,
};

#[derive(Debug, Clone, Copy)]
enum Work {
    Scene(&'static Scene),
    /// One order at random.
    Stirred(&'static Scene, u64),
    History(u64),
}

impl Work {
    fn run(self, most: usize) -> Found {
        match self {
            Self::Scene(scene) => scene.explore(1, most),
            Self::Stirred(scene, order) => scene.stir(1, order),
            Self::History(seed) => history(seed, STEPS),
        }
    }
}

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let Extent {
        orders,
        stirred,
        histories,
    } = if nightly { NIGHT } else { DAY };
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let at_random = |scene| (1..=stirred).map(move |order| Work::Stirred(scene, order));
    let work: Vec<Work> = SCENES
        .iter()
        .map(Work::Scene)
        .chain((1..=histories).map(Work::History))
        .chain(SCENES.iter().flat_map(at_random))
        .collect();
    let mut all = Found::default();
    for found in side_by_side(&work, |work| caught(*work, orders)) {
        all.add(found);
    }
    for violation in &all.violations {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, is_caught);
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

/// Plants a bug and looks whether anything finds it, where it is exposed first.
fn is_caught(bug: &Bug) -> bool {
    let scenes = SCENES.iter();
    let (first, others): (Vec<&Scene>, Vec<&Scene>) =
        scenes.partition(|scene| Some(scene.name) == bug.exposed_by);
    let first = first.into_iter().map(Work::Scene);
    let others = others.into_iter().map(Work::Scene);
    let histories = (1..4).map(Work::History);
    let mut work = first.chain(histories).chain(others);
    plant(Some(bug.name));
    let found = work.find(|work| !caught(*work, 150).violations.is_empty());
    plant(None);
    let verdict = if found.is_some() {
        "caught"
    } else {
        "NOT caught"
    };
    println!("planted {:31} {verdict}: {}", bug.name, bug.what);
    found.is_some()
}
