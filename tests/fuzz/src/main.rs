//! Tries every parser with inputs that nobody thought of. The last line is the figure.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use fairlead_fuzz::{
    fuzz::{Effort, Panicked, be_quiet, fuzz},
    targets::{PLANTED, Target, all},
};
use testkit::explore::side_by_side;

/// Inputs at random for every parser; none may panic.
#[derive(Parser)]
struct Arguments {
    /// For how many seconds in all; without it, a fixed number of inputs.
    #[arg(long)]
    seconds: Option<u64>,
    /// What all that is random follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only targets whose name has this in it.
    #[arg(long, default_value = "")]
    only: String,
}

/// How many inputs a target is tried with if nobody says for how long.
const INPUTS: usize = 400;

/// A planted bug has to be found by then.
const INPUTS_OF_BUG: usize = 20_000;

fn main() -> ExitCode {
    let Arguments {
        seconds,
        seed,
        only,
    } = Arguments::parse();
    be_quiet();
    let targets: Vec<_> = all()
        .into_iter()
        .filter(|target| target.name.contains(&only))
        .collect();
    let effort = seconds.map_or(Effort::Inputs(INPUTS), |seconds| {
        share(seconds, targets.len())
    });
    let found = side_by_side(&targets, |target| fuzz(target, effort, seed));
    let (mut inputs, mut panics) = (0, 0);
    for (target, found) in targets.iter().zip(&found) {
        inputs += found.inputs;
        println!(
            "{:24} inputs {:>8}, different answers {:>5}",
            target.name, found.inputs, found.answers
        );
        if let Some(panicked) = &found.panicked {
            panics += 1;
            tell(target.name, panicked);
        }
    }
    let missed: Vec<&str> = PLANTED
        .iter()
        .filter(|(target, what)| !is_found(target, what, seed))
        .map(|(target, _)| target.name)
        .collect();
    println!(
        "fuzz: targets {}; inputs {inputs}; panics {panics}",
        targets.len()
    );
    if panics == 0 && missed.is_empty() && !targets.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What each target gets of the time: as many are tried at once as there are processors.
fn share(seconds: u64, targets: usize) -> Effort {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let rounds = targets.div_ceil(processors).max(1);
    let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
    Effort::Time(Duration::from_secs(seconds) / rounds)
}

/// Whether a planted bug is found.
fn is_found(planted: &Target, what: &str, seed: u64) -> bool {
    let found = fuzz(planted, Effort::Inputs(INPUTS_OF_BUG), seed);
    let is_found = found.panicked.is_some();
    let verdict = if is_found { "caught" } else { "NOT caught" };
    println!("{:24} {verdict}: {what}", planted.name);
    is_found
}

/// Prints what a parser died of, and of which input: the one to put into its corpus.
fn tell(name: &str, panicked: &Panicked) {
    let Panicked { input, message } = panicked;
    println!("{name} panics: {message}");
    println!(
        "  put this into tests/fuzz/corpus/{name}: {}",
        input.escape_ascii()
    );
}
