//! What can go wrong with a call, and where it does.

mod answer;
mod half;

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub(crate) use answer::{conflict, throttled, unavailable};
pub(crate) use half::half_applied;

use crate::{Call, Service};

/// One thing that goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The process dies before the call leaves it.
    CrashBefore,
    /// The process dies when the call has been applied and before its answer is read.
    CrashAfter,
    /// The service answers with a server error and does nothing.
    Unavailable,
    /// The service answers that there are too many requests, and does nothing.
    Throttle,
    /// The service does what it was asked; the connection is reset before the answer arrives.
    LoseAcknowledgement,
    /// The call takes that much longer.
    Delay(Duration),
    /// Nothing is done, and there is never an answer.
    BlackHole,
    /// Every other entry of a batch, the first included, is reported as not done.
    HalfApply,
    /// Another writer is at the same rows or the same object; nothing is done.
    Conflict,
}

impl Fault {
    /// The ways in which the process can die at a call.
    pub const CRASHES: [Self; 2] = [Self::CrashBefore, Self::CrashAfter];

    /// The ways in which a call can fail without the process dying.
    pub const FAILURES: [Self; 7] = [
        Self::Unavailable,
        Self::Throttle,
        Self::LoseAcknowledgement,
        Self::Delay(Duration::from_millis(300)),
        Self::BlackHole,
        Self::HalfApply,
        Self::Conflict,
    ];

    /// Whether this can happen to `call`.
    #[must_use]
    pub fn applies_to(self, call: &Call) -> bool {
        match self {
            Self::HalfApply => {
                matches!(
                    call.operation.as_str(),
                    "PutEvents"
                        | "SendMessageBatch"
                        | "BatchGetItem"
                        | "BatchWriteItem"
                        | "DeleteObjects"
                )
            }
            Self::Conflict => {
                call.operation == "TransactGetItems"
                    || call.is_conditional_put()
                    || (call.is_table_write() && call.operation != "BatchWriteItem")
            }
            _ => true,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(duration) => write!(f, "Delay({}ms)", duration.as_millis()),
            other => write!(f, "{other:?}"),
        }
    }
}

/// A text that names no fault.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no fault; faults are written like CrashBefore or Delay(300ms)")]
pub struct UnknownFault(String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let delay = text
            .strip_prefix("Delay(")
            .and_then(|rest| rest.strip_suffix("ms)")?.parse().ok());
        delay
            .map(|ms| Self::Delay(Duration::from_millis(ms)))
            .or_else(|| {
                Self::CRASHES
                    .into_iter()
                    .chain(Self::FAILURES)
                    .find(|fault| fault.to_string() == text)
            })
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

/// The faults that are still to come. Clones are one and the same plan.
#[derive(Clone, Default)]
pub struct FaultPlan(Arc<Mutex<Vec<Rule>>>);

type Condition = dyn Fn(usize, &Call) -> bool + Send + Sync;

struct Rule {
    when: Box<Condition>,
    fault: Fault,
    once: bool,
}

impl FaultPlan {
    /// `fault` happens to the `n`th call, counted from 1.
    pub fn at(&self, n: usize, fault: Fault) {
        self.add(true, fault, move |number, _| number == n);
    }

    /// `fault` happens to the next call that `matches`.
    pub fn once(&self, fault: Fault, matches: impl Fn(&Call) -> bool + Send + Sync + 'static) {
        self.add(true, fault, move |_, call| matches(call));
    }

    /// `fault` happens to every call that `matches`, until [`heal`](Self::heal).
    pub fn always(&self, fault: Fault, matches: impl Fn(&Call) -> bool + Send + Sync + 'static) {
        self.add(false, fault, move |_, call| matches(call));
    }

    /// The service answers every call with a server error, until [`heal`](Self::heal).
    pub fn down(&self, service: Service) {
        self.always(Fault::Unavailable, move |call| call.service == service);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.rules().clear();
    }

    fn add(
        &self,
        once: bool,
        fault: Fault,
        when: impl Fn(usize, &Call) -> bool + Send + Sync + 'static,
    ) {
        self.rules().push(Rule {
            when: Box::new(when),
            fault,
            once,
        });
    }

    /// What happens to the `n`th call.
    pub(crate) fn take(&self, n: usize, call: &Call) -> Option<Fault> {
        let mut rules = self.rules();
        let position = rules
            .iter()
            .position(|rule| rule.fault.applies_to(call) && (rule.when)(n, call))?;
        let rule = rules.get(position)?;
        let fault = rule.fault;
        if rule.once {
            rules.remove(position);
        }
        Some(fault)
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_back_as_it_is_written() {
        for fault in Fault::CRASHES.into_iter().chain(Fault::FAILURES) {
            assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault);
        }
        assert!(
            "Lightning"
                .parse::<Fault>()
                .unwrap_err()
                .to_string()
                .contains("Lightning")
        );
    }
}
