//! Who asks.

use std::collections::BTreeSet;

use lambda_kit::problem::Problem;
use token::{Machine, Verified};

/// A machine that asks by a token that holds, whatever the token allows: that is decided, and on record.
#[derive(Debug, Clone)]
pub struct Asker {
    machine: Machine,
    scopes: BTreeSet<String>,
}

impl Asker {
    /// The machine for which the token speaks.
    pub(crate) fn of(verified: &Verified) -> Result<Self, Problem> {
        Ok(Self {
            machine: verified.any_machine()?.clone(),
            scopes: verified.scopes().names().clone(),
        })
    }

    /// For whom it speaks.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What its token was granted.
    pub(crate) const fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }
}
