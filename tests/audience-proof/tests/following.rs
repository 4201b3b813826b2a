//! A few orders and histories of the proof, in every test run; `cargo xtask prove audience` has more.

use fairlead_audience_proof::{forging::forge, histories::history, scenes::SCENES};

#[test]
fn a_consumer_ends_with_whom_it_may_see_in_any_order_of_calls() {
    for scene in &SCENES {
        let found = scene.explore(12);
        assert_eq!(found.violations, Vec::<String>::new(), "{}", scene.name);
    }
}

#[test]
fn a_consumer_ends_with_whom_it_may_see_whatever_happened() {
    for seed in 1..4 {
        assert_eq!(history(seed, 40), None);
    }
}

#[test]
fn no_place_of_a_partners_own_making_tells_who_left_before_it_came() {
    assert_eq!(forge(), None);
}
