//! What is tried, and what came of it.

use std::{rc::Rc, time::Duration};

use crate::ground::Ground;

/// Where an attack begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// With code that runs.
    Modules,
    /// With a module that is to be registered.
    Registration,
    /// With code that is said to be compiled already.
    Seals,
    /// With a package.
    Packages,
    /// With what code answers.
    Answers,
}

/// What becomes of an attack that is stopped, in a few words; or how it was not.
pub type Tried = Result<Stopped, String>;

/// How an attack was stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopped {
    /// By what, in a few words.
    pub by: String,
    /// For how much longer than it may it ran.
    pub overrun: Duration,
    /// How much more memory than it may the process had for it, in bytes.
    pub beyond: usize,
}

impl Stopped {
    /// Before anything of it ran.
    #[must_use]
    pub fn before(by: impl Into<String>) -> Self {
        Self {
            by: by.into(),
            overrun: Duration::ZERO,
            beyond: 0,
        }
    }
}

/// Something that somebody tries.
#[derive(Clone)]
pub struct Attack {
    /// What it is called.
    pub name: &'static str,
    /// Where it begins.
    pub room: Room,
    attempt: Rc<dyn Fn(&Ground) -> Tried>,
}

impl Attack {
    /// An attack that is carried out by `attempt`.
    pub fn new(
        name: &'static str,
        room: Room,
        attempt: impl Fn(&Ground) -> Tried + 'static,
    ) -> Self {
        Self {
            name,
            room,
            attempt: Rc::new(attempt),
        }
    }

    /// Carries it out.
    pub fn carry_out(&self, ground: &Ground) -> Tried {
        (self.attempt)(ground)
    }
}

/// Whether `told` is among the reasons for which something was refused.
pub fn refused_for(reasons: &[String], told: &str) -> Tried {
    match reasons.iter().find(|reason| reason.contains(told)) {
        Some(reason) => Ok(Stopped::before(reason.chars().take(72).collect::<String>())),
        None => Err(format!("it was refused, but not for {told:?}: {reasons:?}")),
    }
}
