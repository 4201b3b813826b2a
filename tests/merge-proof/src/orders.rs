//! Every order in which calls can meet, or as many as there is time for.
//!
//! Two orders that differ only in calls that don't concern each other end alike: reads do not
//! concern reads. Of such orders one is enough, and sleep sets (Godefroid, "Partial-Order Methods
//! for the Verification of Concurrent Systems", 1996, chapter 5) leave out the others.

use std::collections::BTreeSet;

use testkit::Waiting;

/// Goes through the orders, one run after the other.
#[derive(Debug, Default)]
pub struct Orders {
    path: Vec<Choice>,
    depth: usize,
    is_redundant: bool,
}

/// A place where several calls waited.
#[derive(Debug)]
struct Choice {
    waiting: Vec<Step>,
    /// What need not go first here: it did in another run, to the same effect.
    asleep: BTreeSet<Step>,
    chosen: Step,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    actor: usize,
    call: String,
    is_write: bool,
}

impl From<&Waiting> for Step {
    fn from(waiting: &Waiting) -> Self {
        Self {
            actor: waiting.actor,
            call: waiting.call.to_string(),
            is_write: waiting.call.is_table_write(),
        }
    }
}

impl Step {
    fn concerns(&self, other: &Self) -> bool {
        self.is_write || other.is_write
    }
}

impl Orders {
    /// Which of the waiting calls passes next in this run.
    pub fn choose(&mut self, waiting: &[Waiting]) -> usize {
        let steps: Vec<Step> = waiting.iter().map(Step::from).collect();
        if self.depth == self.path.len() && !self.is_redundant {
            let asleep = self.path.last().map(|last| {
                let chosen = &last.chosen;
                let still = last.asleep.iter().filter(|step| !step.concerns(chosen));
                still.cloned().collect::<BTreeSet<_>>()
            });
            let asleep = asleep.unwrap_or_default();
            match steps.iter().find(|step| !asleep.contains(step)).cloned() {
                Some(chosen) => self.path.push(Choice {
                    waiting: steps.clone(),
                    asleep,
                    chosen,
                }),
                // Whatever comes now came before in another order.
                None => self.is_redundant = true,
            }
        }
        let chosen = self.path.get(self.depth).map(|choice| &choice.chosen);
        self.depth += 1;
        let place = chosen.and_then(|chosen| steps.iter().position(|step| step == chosen));
        place.unwrap_or_default()
    }

    /// Whether the run that just ended came before in another order.
    #[must_use]
    pub const fn is_redundant(&self) -> bool {
        self.is_redundant
    }

    /// Turns to the next order; `false` if that was the last.
    pub fn turn(&mut self) -> bool {
        self.depth = 0;
        self.is_redundant = false;
        while let Some(choice) = self.path.last_mut() {
            choice.asleep.insert(choice.chosen.clone());
            let mut left = choice.waiting.iter();
            if let Some(step) = left.find(|step| !choice.asleep.contains(step)) {
                choice.chosen = step.clone();
                return true;
            }
            self.path.pop();
        }
        false
    }
}
