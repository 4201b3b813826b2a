//! Whether a flow does its work.

use jiff::Timestamp;

use crate::{Cause, OutcomeFile, Run, RunState, Seen, Shape, Status, Trigger, not_taken};

/// Whether a flow does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Well,
    /// It is at work again, and no run has shown yet that it does.
    Unproven,
    /// It does not.
    Ill(Cause),
}

/// What is to be made of a look at a flow. `seen` is `None` if there is no such flow; `told` is what an
/// event said of the cause; `acted_at` is when something was last done about it: runs before that
/// prove nothing any more.
#[must_use]
pub fn diagnose(
    seen: Option<&Seen>,
    expected: &Shape,
    files: &[OutcomeFile],
    told: Option<Cause>,
    acted_at: Option<Timestamp>,
) -> Health {
    let Some(seen) = seen else {
        return Health::Ill(Cause::Missing);
    };
    if !seen.shape.differs_from(expected).is_empty() {
        return Health::Ill(Cause::Drifted);
    }
    let by_status = match seen.status {
        Status::Active => None,
        Status::Inactive => Some(Cause::Deactivated),
        Status::Suspended => Some(Cause::Suspended),
        Status::Errored => Some(Cause::Errored),
    };
    if let Some(cause) = by_status {
        return Health::Ill(seen.said.or(told).unwrap_or(cause));
    }
    match seen.shape.trigger {
        Trigger::Scheduled => of_runs(seen, files, acted_at),
        // What of events can't be delivered switches the flow off, which was looked at.
        Trigger::Event | Trigger::OnDemand => Health::Well,
    }
}

/// By its runs since something was done about it.
fn of_runs(seen: &Seen, files: &[OutcomeFile], acted_at: Option<Timestamp>) -> Health {
    let counts = |run: &&Run| acted_at.is_none_or(|at| run.started_at > at);
    let mut over = seen.runs.iter().filter(|run| run.is_over());
    let Some(last) = over.rfind(counts) else {
        return acted_at.map_or(Health::Well, |_| Health::Unproven);
    };
    if last.state == RunState::Failed {
        let refused = (last.failures > 0).then_some(Cause::Rejected);
        return Health::Ill(last.said.or(refused).unwrap_or(Cause::Errored));
    }
    if last.failures > 0 {
        return Health::Ill(Cause::Rejected);
    }
    if not_taken(files, &seen.runs, seen.has_all_runs).is_empty() {
        Health::Well
    } else {
        Health::Ill(Cause::Idle)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    fn shape(trigger: Trigger) -> Shape {
        Shape {
            trigger,
            source: "outcomes/outcomes".to_owned(),
            destination: "Fairlead_Outcome__c".to_owned(),
            profile: "salesforce".to_owned(),
            errors_bucket: "errors".to_owned(),
            writing: None,
            fields: Vec::new(),
        }
    }

    fn seen(status: Status, trigger: Trigger) -> Seen {
        Seen {
            status,
            shape: shape(trigger),
            said: None,
            runs: Vec::new(),
            has_all_runs: true,
        }
    }

    fn run(started: i64, state: RunState, processed: u64, failures: u64) -> Run {
        Run {
            started_at: at(started),
            state,
            processed,
            failures,
            said: None,
        }
    }

    fn health(seen: &Seen, files: &[OutcomeFile], acted_at: Option<Timestamp>) -> Health {
        diagnose(
            Some(seen),
            &shape(seen.shape.trigger),
            files,
            None,
            acted_at,
        )
    }

    #[test]
    fn a_flow_that_is_not_there_is_missing_and_one_made_otherwise_has_drifted() {
        let expected = shape(Trigger::Event);
        assert_eq!(
            diagnose(None, &expected, &[], None, None),
            Health::Ill(Cause::Missing)
        );
        let mut drifted = seen(Status::Active, Trigger::Event);
        drifted.shape.destination = "another".to_owned();
        let found = diagnose(Some(&drifted), &expected, &[], None, None);
        assert_eq!(found, Health::Ill(Cause::Drifted));
    }

    #[rstest]
    #[case(Status::Inactive, Cause::Deactivated)]
    #[case(Status::Suspended, Cause::Suspended)]
    #[case(Status::Errored, Cause::Errored)]
    fn what_is_not_at_work_is_ill_by_its_state_unless_a_text_says_more(
        #[case] status: Status,
        #[case] cause: Cause,
    ) {
        let mut flow = seen(status, Trigger::Event);
        assert_eq!(health(&flow, &[], None), Health::Ill(cause));
        flow.said = Some(Cause::Credentials);
        assert_eq!(health(&flow, &[], None), Health::Ill(Cause::Credentials));
    }

    #[test]
    fn a_flow_of_events_is_well_once_it_is_at_work_again() {
        let flow = seen(Status::Active, Trigger::Event);
        assert_eq!(health(&flow, &[], Some(at(0))), Health::Well);
    }

    #[test]
    fn a_scheduled_flow_is_well_again_once_a_run_shows_it_and_not_before() {
        let mut flow = seen(Status::Active, Trigger::Scheduled);
        flow.runs.push(run(10, RunState::Failed, 0, 0));
        assert_eq!(health(&flow, &[], None), Health::Ill(Cause::Errored));
        assert_eq!(health(&flow, &[], Some(at(20))), Health::Unproven);
        flow.runs.push(run(30, RunState::Running, 0, 0));
        assert_eq!(health(&flow, &[], Some(at(20))), Health::Unproven);
        flow.runs.push(run(40, RunState::Successful, 0, 0));
        assert_eq!(health(&flow, &[], Some(at(20))), Health::Well);
    }

    #[test]
    fn refused_rows_are_an_illness_though_the_run_is_called_a_success() {
        let mut flow = seen(Status::Active, Trigger::Scheduled);
        flow.runs.push(run(10, RunState::Successful, 5, 2));
        assert_eq!(health(&flow, &[], None), Health::Ill(Cause::Rejected));
    }

    #[test]
    fn a_run_that_takes_nothing_though_files_wait_is_idle() {
        let mut flow = seen(Status::Active, Trigger::Scheduled);
        flow.runs.push(run(60, RunState::Successful, 0, 0));
        flow.runs.push(run(120, RunState::Successful, 0, 0));
        let file = OutcomeFile {
            key: "outcomes/a0x-event-created-2026-01-15-09_00_00.csv".to_owned(),
            etag: "\"1\"".to_owned(),
            written_at: at(30),
        };
        assert_eq!(health(&flow, &[], None), Health::Well);
        assert_eq!(health(&flow, &[file], None), Health::Ill(Cause::Idle));
    }
}
