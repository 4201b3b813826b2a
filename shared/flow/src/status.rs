//! What AppFlow says on the account's bus (<https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-appflow.html>).
//!
//! The page describes no shapes. As they have been seen, all counts are texts, times end in `[UTC]`, and
//! `resources` names no flow: which one it is stands in `detail.flow-name` alone. What is unknown is
//! let be: an event only says that it is time to look.

use jiff::Timestamp;
use serde_json::Value;

use crate::Cause;

/// What AppFlow said of one flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEvent {
    /// Its name.
    pub flow: String,
    /// What it said.
    pub told: Told,
}

/// What AppFlow tells of flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A run began.
    Began,
    /// A run ended.
    Ended {
        /// Whether AppFlow calls it a success; whatever else it calls it is none.
        is_success: bool,
        /// How many records it processed, those that failed included.
        processed: u64,
        /// How many the other side did not take.
        failures: u64,
        /// When.
        at: Option<Timestamp>,
        /// What its error says.
        cause: Option<Cause>,
    },
    /// The flow was switched off.
    Deactivated {
        /// What the reason says.
        cause: Option<Cause>,
    },
    /// A flow of events is alive.
    Alive,
    /// Something else.
    Other,
}

impl StatusEvent {
    /// Reads an event of the bus; `None` if AppFlow did not send it, or if it is about no flow.
    #[must_use]
    pub fn read(event: &Value) -> Option<Self> {
        if event.get("source")?.as_str()? != "aws.appflow" {
            return None;
        }
        let detail = event.get("detail")?;
        let text = |name: &str| detail.get(name).and_then(Value::as_str);
        let said = |name: &str| text(name).and_then(Cause::said_by);
        let told = match event.get("detail-type")?.as_str()? {
            "AppFlow Start Flow Run Report" => Told::Began,
            "AppFlow End Flow Run Report" => Told::Ended {
                is_success: text("status") == Some("Execution Successful"),
                processed: count(detail.get("num-of-records-processed")),
                failures: count(detail.get("num-of-record-failures")),
                at: text("end-time").and_then(time),
                cause: said("error"),
            },
            "AppFlow Event Flow Deactivated" | "AppFlow Scheduled Flow Deactivated" => {
                Told::Deactivated {
                    cause: said("deactivation-reason"),
                }
            }
            "AppFlow Event Flow Report" => Told::Alive,
            _ => Told::Other,
        };
        let flow = text("flow-name").filter(|name| !name.is_empty())?;
        Some(Self {
            flow: flow.to_owned(),
            told,
        })
    }

    /// What it says of the cause of a failure.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        match self.told {
            Told::Ended { cause, .. } | Told::Deactivated { cause } => cause,
            Told::Began | Told::Alive | Told::Other => None,
        }
    }
}

/// A count, which is a text.
fn count(value: Option<&Value>) -> u64 {
    let number = value.and_then(Value::as_u64);
    let text = value.and_then(Value::as_str);
    number
        .or_else(|| text?.trim().parse().ok())
        .unwrap_or_default()
}

/// `2026-10-01T08:15:32.049Z[UTC]`.
fn time(text: &str) -> Option<Timestamp> {
    let instant = text.split('[').next()?;
    instant.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn event(kind: &str, detail: &Value) -> Value {
        json!({ "source": "aws.appflow", "detail-type": kind, "detail": detail, "resources": ["bd32"] })
    }

    #[test]
    fn a_run_that_failed_is_read_with_its_counts_and_its_cause() {
        let ended = event(
            "AppFlow End Flow Run Report",
            &json!({
                "flow-name": "s3-to-sf-contacts",
                "num-of-records-processed": "7",
                "num-of-record-failures": "2",
                "end-time": "2026-10-01T08:15:32.049Z[UTC]",
                "status": "Execution Failed",
                "error": "destination rejected the records",
            }),
        );
        let read = StatusEvent::read(&ended).unwrap();
        assert_eq!(read.flow, "s3-to-sf-contacts");
        let at = "2026-10-01T08:15:32.049Z".parse().ok();
        let told = Told::Ended {
            is_success: false,
            processed: 7,
            failures: 2,
            at,
            cause: Some(Cause::Rejected),
        };
        assert_eq!(read.told, told);
    }

    #[rstest]
    #[case("AppFlow Event Flow Deactivated")]
    #[case("AppFlow Scheduled Flow Deactivated")]
    fn both_kinds_of_flow_are_switched_off(#[case] kind: &str) {
        let detail = json!({ "flow-name": "a", "deactivation-reason": "authentication failed" });
        let read = StatusEvent::read(&event(kind, &detail)).unwrap();
        assert_eq!(read.cause(), Some(Cause::Credentials));
    }

    #[test]
    fn a_state_that_is_not_known_is_no_success() {
        let detail = json!({ "flow-name": "a", "status": "Execution Partially Successful" });
        let read = StatusEvent::read(&event("AppFlow End Flow Run Report", &detail)).unwrap();
        assert!(matches!(
            read.told,
            Told::Ended {
                is_success: false,
                ..
            }
        ));
    }

    #[test]
    fn a_report_of_an_unknown_shape_says_that_the_flow_is_alive() {
        for report in [json!("3 events"), json!({ "events": 3 }), Value::Null] {
            let detail = json!({ "flow-name": "a", "status-report": report });
            let read = StatusEvent::read(&event("AppFlow Event Flow Report", &detail)).unwrap();
            assert_eq!(read.told, Told::Alive);
        }
    }

    #[test]
    fn what_others_send_and_what_names_no_flow_is_none() {
        let other = json!({ "source": "aws.s3", "detail-type": "AppFlow Event Flow Report", "detail": { "flow-name": "a" } });
        assert_eq!(StatusEvent::read(&other), None);
        let nameless = event("AppFlow Event Flow Deactivated", &json!({ "flow-name": 3 }));
        assert_eq!(StatusEvent::read(&nameless), None);
    }

    proptest! {
        #[test]
        fn whatever_a_count_and_a_time_are_they_are_read(counted in ".{0,30}", at in ".{0,40}") {
            let detail = json!({ "flow-name": "a", "num-of-records-processed": counted, "end-time": at });
            let read = StatusEvent::read(&event("AppFlow End Flow Run Report", &detail));
            prop_assert!(read.is_some());
        }
    }
}
