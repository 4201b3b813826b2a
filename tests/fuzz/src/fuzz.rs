//! One target after the other: its corpus, then what is made of it. What is answered as nothing was
//! before joins the inputs that others are made of.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
    time::{Duration, Instant},
};

use crate::{
    corpus,
    mutate::Mutator,
    targets::{Parser, Target},
};

/// No pool grows larger.
const LARGEST_POOL: usize = 1_000;

/// What takes longer for one input counts as a panic: somebody could keep a function busy by it.
const SLOWEST: Duration = Duration::from_secs(10);

/// How often an input that panics is made smaller.
const SHRINKS: usize = 2_000;

/// For how long a target is tried.
#[derive(Debug, Clone, Copy)]
pub enum Effort {
    /// With as many inputs, beside the corpus.
    Inputs(usize),
    /// For as long.
    Time(Duration),
}

/// An input that a parser does not survive.
#[derive(Debug, Clone)]
pub struct Panicked {
    /// The input, as small as it was made.
    pub input: Vec<u8>,
    /// What it died of.
    pub message: String,
}

/// What came of a target.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many inputs were tried.
    pub inputs: usize,
    /// How many different answers there were.
    pub answers: usize,
    /// The first input that panicked; after it the target is left.
    pub panicked: Option<Panicked>,
}

/// Tries `target`; what is random in it follows from `seed`.
#[must_use]
pub fn fuzz(target: &Target, effort: Effort, seed: u64) -> Found {
    let parser = (target.parser)();
    let mut pool = corpus::of(target.name);
    pool.extend((target.more)());
    assert!(!pool.is_empty(), "{} has no corpus", target.name);
    let mut found = Found::default();
    let mut answers = BTreeSet::new();
    for input in &pool {
        found.inputs += 1;
        match survives(&parser, input) {
            Ok(answer) => {
                answers.insert(answer);
            }
            Err(message) => return found.with_panic(&parser, input, message),
        }
    }
    // Each target goes its own way, however many others there are.
    let own = target.name.bytes().fold(seed, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut mutator = Mutator::new(own);
    let start = Instant::now();
    let goes_on = |made: usize| match effort {
        Effort::Inputs(most) => made < most,
        Effort::Time(most) => start.elapsed() < most,
    };
    let mut made = 0;
    while goes_on(made) {
        made += 1;
        found.inputs += 1;
        let input = mutator.next(&pool);
        match survives(&parser, &input) {
            Ok(answer) => {
                if answers.insert(answer) && pool.len() < LARGEST_POOL {
                    pool.push(input);
                }
            }
            Err(message) => return found.with_panic(&parser, &input, message),
        }
    }
    found.answers = answers.len();
    found
}

impl Found {
    fn with_panic(mut self, parser: &Parser, input: &[u8], message: String) -> Self {
        let input = smaller(parser, input.to_vec());
        self.panicked = Some(Panicked { input, message });
        self
    }
}

thread_local! { static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) }; }

/// Keeps what panics say, instead of printing it.
pub fn be_quiet() {
    panic::set_hook(Box::new(|panic| {
        MESSAGE.set(panic.to_string());
    }));
}

/// What the parser answers, or what it dies of.
fn survives(parser: &Parser, input: &[u8]) -> Result<String, String> {
    let start = Instant::now();
    let answer = panic::catch_unwind(AssertUnwindSafe(|| parser(input)));
    let took = start.elapsed();
    if took > SLOWEST {
        return Err(format!("it takes {} ms", took.as_millis()));
    }
    answer.map_err(|_| MESSAGE.take())
}

/// The input without whatever it panics without.
fn smaller(parser: &Parser, mut input: Vec<u8>) -> Vec<u8> {
    let mut tries = 0;
    let mut part = input.len() / 2;
    while part > 0 {
        let mut from = 0;
        while from < input.len() && tries < SHRINKS {
            tries += 1;
            let to = (from + part).min(input.len());
            let mut without = input.clone();
            without.drain(from..to);
            if survives(parser, &without).is_err() {
                input = without;
            } else {
                from = to;
            }
        }
        part /= 2;
    }
    input
}
