//! Code, packages and compiled code of somebody who means harm, and what becomes of each.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness stops where something is not as it says"
)]

pub mod answers;
pub mod archive;
pub mod attack;
pub mod bombs;
pub mod ground;
pub mod imports;
pub mod modules;
pub mod neighbour;
pub mod packages;
pub mod seals;

use attack::Attack;

/// All of them.
#[must_use]
pub fn all() -> Vec<Attack> {
    [
        modules::all(),
        imports::all(),
        bombs::all(),
        seals::all(),
        packages::all(),
        answers::all(),
    ]
    .concat()
}
