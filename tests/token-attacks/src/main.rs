//! Tries forged tokens, then plants bugs and looks whether they are found. The last line is the
//! figure.

use std::process::ExitCode;

use fairlead_token_attacks::{planted::BUGS, run};
use lambda_kit::planted::plant;

/// What is random in the forged tokens comes from here.
const SEED: u64 = 1;

fn main() -> ExitCode {
    let report = run(SEED);
    for name in &report.admitted {
        eprintln!("admitted: {name}");
    }
    for name in &report.refused {
        eprintln!("refused, though it means what a genuine one means: {name}");
    }
    let caught = BUGS.iter().filter(|(bug, what)| {
        plant(Some(bug));
        let admitted = run(SEED).admitted.len();
        plant(None);
        println!("planted: {what}; {admitted} forged tokens were taken");
        admitted > 0
    });
    let caught = caught.count();
    println!("{report}; planted bugs caught {caught}/{}", BUGS.len());
    let proven = report.admitted.is_empty() && report.refused.is_empty() && caught == BUGS.len();
    ExitCode::from(u8::from(!proven))
}
