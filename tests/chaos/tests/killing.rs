//! A short run of the proof, in every test run; `cargo xtask prove chaos` has longer ones.

use fairlead_chaos::{
    executables::Executables,
    run::{Plan, run},
};

const EVENTS: usize = 160;

#[test]
fn what_is_answered_202_is_in_its_persons_timeline_once_whichever_process_is_killed() {
    let executable = env!("CARGO_BIN_EXE_planted-function");
    let ran = run(&Plan {
        seed: 8,
        events: EVENTS,
        executables: Executables::Planted(executable.into(), None),
        slip: None,
    });
    assert_eq!(ran.trouble, Vec::<String>::new());
    let found = ran.found;
    assert_eq!(found.violations, Vec::<String>::new());
    assert_eq!((found.lost, found.duplicates, found.reordered), (0, 0, 0));
    assert_eq!(found.events, EVENTS);
    assert!(found.faults > 0 && found.crashes > 0, "nothing went wrong");
}
