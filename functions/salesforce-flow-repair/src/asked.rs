//! What an event asks for.

use flow::{Cause, StatusEvent, Told};
use serde_json::{Value, value::RawValue};

/// What is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing: what AppFlow says calls for no look.
    Nothing,
    /// One flow, and what is said of the cause of a failure.
    Flow {
        /// Its name.
        name: String,
        /// What is said.
        cause: Option<Cause>,
    },
    /// All flows.
    All,
}

impl Asked {
    /// Whatever is neither AppFlow's nor a retry of our own is the schedule's: to look at everything is
    /// never wrong.
    pub(crate) fn read(event: &RawValue) -> Self {
        let Ok(event) = serde_json::from_str::<Value>(event.get()) else {
            return Self::All;
        };
        if let Some(flow) = event.pointer("/retry/flow").and_then(Value::as_str) {
            let name = flow.to_owned();
            return Self::Flow { name, cause: None };
        }
        if event.get("source").and_then(Value::as_str) != Some("aws.appflow") {
            return Self::All;
        }
        match StatusEvent::read(&event) {
            None => Self::Nothing,
            Some(status) => match status.told {
                // A flow that is alive, and one that began: how it ends is told.
                Told::Began | Told::Alive | Told::Other => Self::Nothing,
                Told::Ended { .. } | Told::Deactivated { .. } => Self::Flow {
                    cause: status.cause(),
                    name: status.flow,
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::*;

    fn asked(event: &Value) -> Asked {
        Asked::read(&to_raw_value(event).unwrap())
    }

    fn said(kind: &str) -> Value {
        json!({ "source": "aws.appflow", "detail-type": kind, "detail": { "flow-name": "a", "deactivation-reason": "oauth" } })
    }

    #[test]
    fn a_flow_that_was_switched_off_is_looked_at_with_what_was_said_of_it() {
        let (name, cause) = ("a".to_owned(), Some(Cause::Credentials));
        assert_eq!(
            asked(&said("AppFlow Event Flow Deactivated")),
            Asked::Flow { name, cause }
        );
    }

    #[test]
    fn that_a_flow_is_alive_calls_for_no_look() {
        assert_eq!(asked(&said("AppFlow Event Flow Report")), Asked::Nothing);
        assert_eq!(
            asked(&said("AppFlow Start Flow Run Report")),
            Asked::Nothing
        );
    }

    #[test]
    fn a_retry_is_of_one_flow_and_the_schedule_of_all() {
        let retry = json!({ "retry": { "flow": "a" } });
        let (name, cause) = ("a".to_owned(), None);
        assert_eq!(asked(&retry), Asked::Flow { name, cause });
        for tick in [json!(null), json!({ "source": "aws.events" }), json!([1])] {
            assert_eq!(asked(&tick), Asked::All);
        }
    }
}
