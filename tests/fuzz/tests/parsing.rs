//! A few inputs for every parser, in every test run; `cargo xtask prove fuzz` has more.

use std::collections::BTreeSet;

use fairlead_fuzz::{
    fuzz::{Effort, fuzz},
    targets::{PLANTED, all},
};

#[test]
fn no_input_makes_a_parser_panic() {
    for target in all() {
        let found = fuzz(&target, Effort::Inputs(50), 7);
        let panicked = found.panicked.map(|panicked| {
            let input = panicked.input.escape_ascii().to_string();
            (input, panicked.message)
        });
        assert_eq!(panicked, None, "{}", target.name);
        assert!(found.inputs > 50, "{} has no corpus", target.name);
    }
}

#[test]
fn a_parser_that_panics_is_found_and_its_input_is_made_small() {
    let (target, _) = PLANTED
        .iter()
        .find(|(target, _)| target.name == "planted-slice")
        .unwrap();
    let found = fuzz(target, Effort::Inputs(20_000), 7);
    let input = found.panicked.unwrap().input;
    assert!(input.len() <= 16, "{}", input.escape_ascii());
}

#[test]
fn there_are_at_least_twenty_targets_each_with_a_name_of_its_own() {
    let targets = all();
    let names: BTreeSet<_> = targets.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), targets.len());
    assert!(names.len() >= 20);
}
