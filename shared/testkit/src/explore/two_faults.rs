//! Two things that go wrong in one run.

use fastrand::Rng;

use super::{End, Part, Point, Report, Scenario, check, points, run};
use crate::{Fault, Service, connector::TracedCall};

/// The world stops twice.
pub const DOUBLE_CRASHES: [(Fault, Fault); 4] = [
    (Fault::CrashBefore, Fault::CrashBefore),
    (Fault::CrashBefore, Fault::CrashAfter),
    (Fault::CrashAfter, Fault::CrashBefore),
    (Fault::CrashAfter, Fault::CrashAfter),
];

/// The world stops, and a call fails: the least of [`mixed_faults`], in which state and what was
/// heard of it differ.
pub const LEAST_MIXED_FAULTS: [(Fault, Fault); 3] = [
    (Fault::CrashAfter, Fault::LoseAcknowledgement),
    (Fault::LoseAcknowledgement, Fault::CrashBefore),
    (Fault::LoseAcknowledgement, Fault::CrashAfter),
];

/// The world stops, and a call fails in any way, the one before the other and the other before the
/// one.
#[must_use]
pub fn mixed_faults() -> Vec<(Fault, Fault)> {
    let both = |crash, failure| [(crash, failure), (failure, crash)];
    let failures = Fault::FAILURES.into_iter();
    let each = failures.flat_map(|failure| Fault::CRASHES.map(|crash| both(crash, failure)));
    let mut pairs: Vec<(Fault, Fault)> = each.flatten().collect();
    pairs.sort_by_key(|(first, _)| first.to_string());
    pairs
}

/// A call fails in any way, and then it, or another one, in any way as well.
#[must_use]
pub fn double_failures() -> Vec<(Fault, Fault)> {
    let failures = Fault::FAILURES.into_iter();
    failures
        .flat_map(|first| Fault::FAILURES.map(|second| (first, second)))
        .collect()
}

/// Lets both faults of each of `pairs` meet the scenario's run: the first one every call, the second
/// one every call that the run then makes; as far as the first one's place is in `part`.
///
/// A read changes nothing, so that it makes no difference to the world whether it stops before a
/// read or after it, and whether the read fails or its answer is lost: the second of each two is
/// left out. Of two failures only one meets the calls that Cognito waits for: its triggers go on
/// without what two attempts did not get.
pub fn pairs(scenario: &impl Scenario, seed: u64, pairs: &[(Fault, Fault)], part: Part) -> Report {
    let undisturbed = run(scenario, seed, None);
    let mut report = Report::default();
    for first in part.of(firsts(scenario, seed, &undisturbed, pairs)) {
        let again = run(scenario, seed, Some(&first)).trace;
        for then in seconds(&first, &again, pairs) {
            check_both(scenario, &undisturbed, (&first, then), &mut report);
        }
    }
    report
}

/// The same at `most` places at random, which follow from `seed`: a first one and one after it, the next
/// call every other time.
pub fn sample(
    scenario: &impl Scenario,
    seed: u64,
    pairs: &[(Fault, Fault)],
    most: usize,
    part: Part,
) -> Report {
    let undisturbed = run(scenario, seed, None);
    let mut report = Report::default();
    let mut random = Rng::with_seed(seed);
    let firsts = firsts(scenario, seed, &undisturbed, pairs);
    let chosen = random.choose_multiple(firsts, most).into_iter();
    // Each goes on by itself, so that what one part takes is the same without the others.
    let chosen: Vec<(Point, Rng)> = chosen.map(|first| (first, random.fork())).collect();
    for (first, mut random) in part.of(chosen) {
        let again = run(scenario, seed, Some(&first)).trace;
        let mut seconds = seconds(&first, &again, pairs);
        let is_next = |(n, _): &(usize, Fault)| *n == first.call + 1;
        if random.bool() && seconds.iter().any(is_next) {
            seconds.retain(is_next);
        }
        if let Some(then) = random.choice(seconds) {
            check_both(scenario, &undisturbed, (&first, then), &mut report);
        }
    }
    report
}

/// Where the first fault of one of `pairs` can meet the run.
fn firsts(
    scenario: &impl Scenario,
    seed: u64,
    undisturbed: &End,
    pairs: &[(Fault, Fault)],
) -> Vec<Point> {
    let mut faults: Vec<Fault> = pairs.iter().map(|(first, _)| *first).collect();
    faults.dedup();
    let mut firsts = points(scenario, seed, &undisturbed.trace, &faults);
    firsts.retain(|point| {
        let met = call(&undisturbed.trace, point.call);
        met.is_some_and(|met| makes_a_difference(point.fault, met))
    });
    firsts
}

/// Where the second fault can follow `first` in the run that this one met.
fn seconds(first: &Point, again: &[TracedCall], pairs: &[(Fault, Fault)]) -> Vec<(usize, Fault)> {
    let fault = first.fault;
    let is_first_for_cognito = call(again, first.call).is_some_and(|met| met.is_for_cognito);
    let later = again.iter().filter(|traced| traced.n > first.call);
    let each = later.flat_map(|traced| {
        let seconds = pairs.iter().filter(move |(first, _)| *first == fault);
        seconds.map(move |(_, second)| (traced, *second))
    });
    let can_follow = |(traced, second): &(&TracedCall, Fault)| {
        let are_failures = [fault, *second]
            .iter()
            .all(|fault| !Fault::CRASHES.contains(fault));
        let are_too_many = are_failures && is_first_for_cognito && traced.is_for_cognito;
        second.applies_to(&traced.call) && makes_a_difference(*second, traced) && !are_too_many
    };
    let seconds = each.filter(can_follow);
    seconds.map(|(traced, second)| (traced.n, second)).collect()
}

fn check_both(
    scenario: &impl Scenario,
    undisturbed: &End,
    (first, then): (&Point, (usize, Fault)),
    report: &mut Report,
) {
    let point = Point {
        then: Some(then),
        ..first.clone()
    };
    check(scenario, undisturbed, &point, report);
}

fn call(trace: &[TracedCall], n: usize) -> Option<&TracedCall> {
    trace.iter().find(|traced| traced.n == n)
}

fn makes_a_difference(fault: Fault, met: &TracedCall) -> bool {
    let is_read = met.call.service == Service::DynamoDb && !met.call.is_table_write();
    !is_read || !matches!(fault, Fault::CrashAfter | Fault::LoseAcknowledgement)
}
