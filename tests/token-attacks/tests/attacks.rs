//! Every forged token is refused and every odd one is taken, whatever the seed.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use std::collections::BTreeSet;

use fairlead_token_attacks::{Genuine, Kind, attacks, run};
use testkit::World;

#[test]
fn forged_tokens_open_nothing_and_odd_ones_open_what_they_should() {
    let report = run(1);
    assert_eq!(report.admitted, Vec::<String>::new());
    assert_eq!(report.refused, Vec::<String>::new());
}

#[test]
fn each_kind_of_caller_is_forged_in_hundreds_of_ways_with_a_name_each() {
    let world = World::new(1);
    for kind in Kind::ALL {
        let attempts = attacks::all(&Genuine::of(kind, world.clock().now()), 1);
        let names: BTreeSet<&str> = attempts.iter().map(|attempt| &*attempt.name).collect();
        let headers: BTreeSet<_> = attempts
            .iter()
            .map(|attempt| (&attempt.authorization, &attempt.keys))
            .collect();
        assert!(names.len() >= 200, "{kind:?}: {}", names.len());
        assert!(headers.len() >= 200, "{kind:?}: {}", headers.len());
    }
}

#[cfg(feature = "planted-bugs")]
#[test]
fn each_planted_bug_lets_a_forged_token_in() {
    for (bug, what) in fairlead_token_attacks::planted::BUGS {
        lambda_kit::planted::plant(Some(bug));
        let report = run(1);
        lambda_kit::planted::plant(None);
        assert!(!report.admitted.is_empty(), "nothing catches this: {what}");
    }
}
