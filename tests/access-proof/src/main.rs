//! Puts generated questions to the policies and to a model that was written from the rules' prose
//! alone, and compares the answers; then changes the policies, and looks whether it is noticed. The
//! last line is the figure.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test harness stops at once, with a sentence that says why"
)]

mod model;
mod mutants;
mod scene;

use std::{collections::BTreeMap, ops::AddAssign, process::ExitCode, thread, time::Instant};

use access::{Policies, Reason};
use clap::Parser;
use fastrand::Rng;
use tenancy::FieldGroup;

use crate::{mutants::Mutant, scene::Scene};

/// Compares the policies' decisions with those of an independent model.
#[derive(Parser)]
struct Arguments {
    /// Ask ten times as many questions.
    #[arg(long)]
    nightly: bool,
    /// Where the questions come from: the same seed asks the same questions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A question is about one group of one scene, and a scene asks for all four groups.
const SCENES: u64 = 40_000;
const NIGHTLY_SCENES: u64 = 400_000;

/// A mutant that answers so many scenes like the policies is taken for one.
const SCENES_FOR_A_MUTANT: u64 = 20_000;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    questions: u64,
    allowed: u64,
    admitted_wrongly: u64,
    refused_wrongly: u64,
    explained_wrongly: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.questions += other.questions;
        self.allowed += other.allowed;
        self.admitted_wrongly += other.admitted_wrongly;
        self.refused_wrongly += other.refused_wrongly;
        self.explained_wrongly += other.explained_wrongly;
    }
}

impl Tally {
    const fn is_clean(self) -> bool {
        self.admitted_wrongly + self.refused_wrongly + self.explained_wrongly == 0
    }
}

fn main() -> ExitCode {
    let Arguments { nightly, seed } = Arguments::parse();
    let scenes = if nightly { NIGHTLY_SCENES } else { SCENES };
    let policies = Policies::embedded().expect("the policies are Cedar");
    let start = Instant::now();
    let tally = ask(policies, seed, scenes);
    println!(
        "{} of {} questions are answered by yes; reasons told wrongly {}; {:.1} s",
        tally.allowed,
        tally.questions,
        tally.explained_wrongly,
        start.elapsed().as_secs_f32(),
    );
    let mutants = mutants::all(access::POLICIES);
    let noticed = mutants
        .iter()
        .filter(|mutant| is_noticed(mutant, seed))
        .count();
    println!(
        "changes of the policies noticed {noticed}/{}",
        mutants.len()
    );
    println!(
        "access: questions {}; admitted wrongly {}; refused wrongly {}",
        tally.questions, tally.admitted_wrongly, tally.refused_wrongly
    );
    let has_both = tally.allowed > 0 && tally.allowed < tally.questions;
    if tally.is_clean() && has_both && noticed == mutants.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Asks about `scenes` scenes, on all processors.
fn ask(policies: &Policies, seed: u64, scenes: u64) -> Tally {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    for number in (worker..scenes).step_by(usize::try_from(threads).unwrap_or(1)) {
                        tally += compare(policies, &Scene::of(&mut rng(seed, number)), true);
                    }
                    tally
                })
            })
            .collect();
        let mut all = Tally::default();
        for worker in workers {
            all += worker.join().expect("a worker gets through");
        }
        all
    })
}

/// Each scene has a generator of its own, so that how many threads there are makes no difference.
fn rng(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number)
}

/// Compares both answers on each group of a scene, and prints where they differ.
fn compare(policies: &Policies, scene: &Scene, aloud: bool) -> Tally {
    let ruling = scene.rule(policies);
    let expected: BTreeMap<FieldGroup, Option<Reason>> = FieldGroup::ALL
        .into_iter()
        .map(|group| (group, model::objection(scene, group)))
        .collect();
    let mut tally = Tally::default();
    for (group, expected) in expected {
        let told = ruling.withheld().get(&group).copied();
        let allowed = ruling.allowed().contains(&group);
        tally.questions += 1;
        tally.allowed += u64::from(allowed);
        let differs = match (allowed, expected) {
            (true, Some(_)) => &mut tally.admitted_wrongly,
            (false, None) => &mut tally.refused_wrongly,
            (false, Some(_)) if told != expected => &mut tally.explained_wrongly,
            _ => continue,
        };
        *differs += 1;
        if aloud {
            println!("{group}: policies {told:?}, model {expected:?}: {scene:?}");
        }
    }
    tally
}

fn is_noticed(mutant: &Mutant, seed: u64) -> bool {
    let policies = Policies::parse(&mutant.text).expect("a mutant is Cedar");
    let noticed = (0..SCENES_FOR_A_MUTANT)
        .any(|number| !compare(&policies, &Scene::of(&mut rng(seed, number)), false).is_clean());
    let verdict = if noticed { "noticed" } else { "NOT noticed" };
    println!("changed {:64} {verdict}", mutant.what);
    noticed
}
