//! An extension that keeps failing is not run for a while: its events wait in the tenant's queue. How it has been
//! doing is a [`Circuit`], as that of an endpoint of webhooks: it opens after five failures in a row, for half a
//! minute at first and for an hour at most; then one run tries whether it works again, and closes it if it does.
//!
//! Here is added what the tenant is to be told of it, which stands in the row with it until it was told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};
pub use webhook::{Circuit, Permit};

use crate::message::digest;

/// How an extension has been doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// How it has been doing.
    pub circuit: Circuit,
    /// Since when it is not run as ever, and why it failed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
    /// What the tenant is still to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Notice>,
}

/// That an extension is not run as ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Since when.
    pub since: Timestamp,
    /// Why it failed then.
    pub cause: String,
}

/// Something that the tenant is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whether it is run again, or not for a while.
    pub is_running: bool,
    /// When it came to be so.
    pub at: Timestamp,
    /// Since when it was paused, and why.
    pub paused: Paused,
}

impl Notice {
    /// The id of the event that tells of it: the same however often it is told.
    #[must_use]
    pub fn id(&self, tenant: &TenantId, extension: &ExtensionName) -> String {
        let what = if self.is_running { "resumed" } else { "paused" };
        let since = self.paused.since.to_string();
        let digest = digest(&[what, tenant.as_str(), extension.as_str(), &since]);
        format!("evt_{digest}")
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            circuit: Circuit::CLOSED,
            paused: None,
            untold: Vec::new(),
        }
    }
}

impl Breaker {
    /// Whether the extension may be run at `now`.
    #[must_use]
    pub fn permit(&self, now: Timestamp) -> Permit {
        self.circuit.permit(now)
    }

    /// What it is after a run that failed at `now` for `cause`.
    #[must_use]
    pub fn failed(&self, now: Timestamp, cause: &str) -> Self {
        let mut after = Self {
            circuit: self.circuit.failed(now),
            ..self.clone()
        };
        if after.circuit.is_open() && after.paused.is_none() {
            let paused = Paused {
                since: now,
                cause: cause.to_owned(),
            };
            after.paused = Some(paused.clone());
            after.untold.push(Notice {
                is_running: false,
                at: now,
                paused,
            });
        }
        after
    }

    /// What it is after a run that succeeded at `now`.
    #[must_use]
    pub fn succeeded(&self, now: Timestamp) -> Self {
        let mut after = Self {
            circuit: Circuit::CLOSED,
            ..self.clone()
        };
        if let Some(paused) = after.paused.take() {
            after.untold.push(Notice {
                is_running: true,
                at: now,
                paused,
            });
        }
        after
    }

    /// The same, as long as somebody finds out whether it works again.
    #[must_use]
    pub fn trying(&self, circuit: Circuit) -> Self {
        Self {
            circuit,
            ..self.clone()
        }
    }

    /// The same once `told` was told.
    #[must_use]
    pub fn told(&self, told: &[Notice]) -> Self {
        let mut after = self.clone();
        after.untold.retain(|notice| !told.contains(notice));
        after
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    const MOST_FAILURES: usize = 5;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    fn failing(times: usize) -> Breaker {
        (0..times).fold(Breaker::default(), |breaker, _| {
            breaker.failed(at(0), "trap")
        })
    }

    #[test]
    fn after_five_failures_in_a_row_it_is_paused_and_the_tenant_is_told_once() {
        let almost = failing(MOST_FAILURES - 1);
        assert_eq!(almost.permit(at(0)), Permit::Yes);
        assert_eq!(almost.untold, []);
        let open = failing(MOST_FAILURES + 3);
        assert_eq!(open.permit(at(1)), Permit::NotBefore(at(30)));
        let [notice] = open.untold.as_slice() else {
            panic!("the tenant is told once: {open:?}")
        };
        assert!(!notice.is_running);
        assert_eq!(notice.paused.cause, "trap");
        assert_eq!(open.told(&open.untold).untold, []);
    }

    #[test]
    fn a_trial_that_works_closes_it_and_one_that_fails_doubles_the_pause_without_a_word() {
        let open = failing(MOST_FAILURES);
        let open = open.told(&open.untold);
        let Permit::Trial(trial) = open.permit(at(30)) else {
            panic!("it half-opens by itself")
        };
        let trying = open.trying(trial);
        assert_eq!(trying.permit(at(31)), Permit::BeingTried);
        let works = trying.succeeded(at(32));
        assert_eq!(works.permit(at(32)), Permit::Yes);
        assert_eq!((works.paused, works.untold.len()), (None, 1));
        let fails = trying.failed(at(32), "out-of-time");
        assert_eq!(fails.permit(at(33)), Permit::NotBefore(at(92)));
        assert_eq!(fails.untold, []);
        assert_eq!(fails.paused, open.paused);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Fails,
        Works,
        Waits(u16),
        Tells,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Fails),
            1 => Just(Step::Works),
            2 => any::<u16>().prop_map(Step::Waits),
            1 => Just(Step::Tells),
        ]
    }

    proptest! {
        #[test]
        fn it_opens_after_five_lets_one_try_and_tells_of_each_pause_and_its_end(
            steps in prop::collection::vec(step(), 0..80),
        ) {
            let (mut breaker, mut now, mut in_a_row) = (Breaker::default(), at(0), 0);
            let mut told = Vec::new();
            for step in steps {
                let permit = breaker.permit(now);
                match step {
                    Step::Waits(seconds) => now += SignedDuration::from_secs(seconds.into()),
                    Step::Tells => {
                        told.extend(breaker.untold.clone());
                        breaker = breaker.told(&breaker.untold);
                    }
                    Step::Fails | Step::Works => {
                        match permit {
                            Permit::Yes => {}
                            Permit::Trial(circuit) => {
                                breaker = breaker.trying(circuit);
                                // While one tries, no other does.
                                prop_assert_eq!(breaker.permit(now), Permit::BeingTried);
                            }
                            Permit::NotBefore(until) => {
                                // It opens by itself, and within an hour.
                                prop_assert!(until > now && until <= now + SignedDuration::from_hours(1));
                                continue;
                            }
                            Permit::BeingTried => continue,
                        }
                        if matches!(step, Step::Works) {
                            in_a_row = 0;
                            breaker = breaker.succeeded(now);
                            prop_assert_eq!(breaker.permit(now), Permit::Yes);
                            prop_assert_eq!(&breaker.paused, &None);
                        } else {
                            in_a_row += 1;
                            breaker = breaker.failed(now, "trap");
                            let is_open = matches!(breaker.permit(now), Permit::NotBefore(_));
                            prop_assert_eq!(is_open, in_a_row >= MOST_FAILURES);
                            prop_assert_eq!(breaker.paused.is_some(), is_open);
                        }
                    }
                }
            }
            told.extend(breaker.untold.clone());
            // That it is paused and that it runs again are told in turn, beginning with the pause.
            for (number, notice) in told.iter().enumerate() {
                prop_assert_eq!(notice.is_running, number % 2 == 1);
            }
            prop_assert_eq!(told.len() % 2 == 1, breaker.paused.is_some());
        }
    }
}
