//! A few histories of the proof, in every test run; `cargo xtask prove delivery` has more.

use fairlead_delivery_proof::history::history;

const EVENTS: usize = 200;

#[test]
fn what_is_answered_202_is_in_its_persons_timeline_once_and_in_the_order_of_time() {
    let (mut faults, mut crashes) = (0, 0);
    for seed in 1..4 {
        let found = history(seed, EVENTS);
        assert_eq!(found.violations, Vec::<String>::new(), "history {seed}");
        assert_eq!((found.lost, found.duplicates, found.reordered), (0, 0, 0));
        assert_eq!(found.events, EVENTS);
        faults += found.faults;
        crashes += found.crashes;
    }
    assert!(faults > 0 && crashes > 0, "nothing went wrong");
}

#[test]
fn a_history_is_the_same_each_time() {
    let [one, other] = [(); 2].map(|()| history(8, 80));
    assert_eq!(
        (one.events, one.faults, one.crashes),
        (other.events, other.faults, other.crashes)
    );
}
