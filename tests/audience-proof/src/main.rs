//! Proves that a consumer of an audience ends with exactly whom it may see: in every order of a few
//! actors' calls and in histories at random, that no forged place is taken, and that planted bugs are
//! found. The last line is the figure.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_audience_proof::{
    forging::forge,
    histories::history,
    scenes::{Found, SCENES, Scene},
};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::explore::side_by_side;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A consumer that lists and follows, against a model of who it may see.
#[derive(Parser)]
struct Arguments {
    /// More orders and more histories.
    #[arg(long)]
    nightly: bool,
}

/// The bugs that are planted, what they make of the code, and the scene that is searched first.
const BUGS: [(&str, &str, &str); 6] = [
    (
        "audience-of-an-older-state",
        "a dropped condition: who withdrew is put in by an older state",
        "a grant is kept while it is withdrawn",
    ),
    (
        "audience-number-given-twice",
        "a dropped condition: two changes get one number, and one is lost",
        "two in one shard",
    ),
    (
        "audience-forgets-tombstone",
        "who leaves leaves no tombstone",
        "a withdrawal while the consumer reads",
    ),
    (
        "audience-keeps-first-version",
        "a member who changes is not told of",
        "a write while the consumer begins",
    ),
    (
        "feed-skips-one",
        "a place in the feed that is one too far",
        "a withdrawal while the consumer reads",
    ),
    (
        "cursor-of-anybody",
        "a place of the partner's own making is taken",
        "none: it is forged",
    ),
];

/// In how many orders at random the scene of a planted bug is gone through.
const STIRRED: u64 = 100;

const STEPS: usize = 40;

#[derive(Debug, Clone, Copy)]
enum Work {
    Scene(&'static Scene),
    Stirred(&'static Scene),
    History(u64),
    Forged,
}

impl Work {
    /// What it found; a panic is a violation.
    fn run(self, most: usize) -> Found {
        let run = panic::catch_unwind(AssertUnwindSafe(|| match self {
            Self::Scene(scene) => scene.explore(most),
            Self::Stirred(scene) => scene.stir(STIRRED),
            Self::History(seed) => Found {
                runs: 0,
                violations: history(seed, STEPS).into_iter().collect(),
            },
            Self::Forged => Found {
                runs: 0,
                violations: forge().into_iter().collect(),
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
    let (most, histories) = if nightly { (1_000, 120) } else { (100, 24) };
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let scenes = SCENES.iter().map(Work::Scene);
    let others = (1..=histories).map(Work::History).chain([Work::Forged]);
    let work: Vec<Work> = scenes.chain(others).collect();
    let mut all = Found::default();
    for found in side_by_side(&work, |work| work.run(most)) {
        all.runs += found.runs;
        all.violations.extend(found.violations);
    }
    for violation in &all.violations {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |bug| is_caught(*bug));
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

/// Plants a bug and looks whether anything finds it: its own scene, another one, or a history.
fn is_caught((name, what, exposed_by): (&'static str, &str, &str)) -> bool {
    let (own, others): (Vec<&'static Scene>, Vec<&'static Scene>) =
        SCENES.iter().partition(|scene| scene.name == exposed_by);
    let own = [Work::Forged]
        .into_iter()
        .chain(own.into_iter().map(Work::Stirred));
    let others = others.into_iter().map(Work::Scene);
    let mut work = own.chain(others).chain((1..25).map(Work::History));
    plant(Some(name));
    let is_caught = work.any(|work| !work.run(100).violations.is_empty());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:30} {verdict}: {what}");
    is_caught
}
