//! What a try to mend a flow does.

use serde::{Deserialize, Serialize};

use crate::Cause;

/// One thing that is done about a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing but to let time pass.
    Wait,
    /// The connection signs in anew.
    SignIn,
    /// The flow is switched off.
    Stop,
    /// It is made as it has to be.
    Update,
    /// It is switched on.
    Start,
    /// Files that were not taken are written again.
    Redrive,
    /// The records are read from Salesforce again.
    Reread,
}

impl Action {
    /// Its name in rows.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::SignIn => "sign-in",
            Self::Stop => "stop",
            Self::Update => "update",
            Self::Start => "start",
            Self::Redrive => "redrive",
            Self::Reread => "reread",
        }
    }
}

/// What the try number `attempt`, from 1, does against `cause`, in this order. The later a try, the more
/// of the flow is made anew.
#[must_use]
pub fn plan(cause: Cause, attempt: u32, is_active: bool) -> Vec<Action> {
    use Action::{Redrive, Reread, SignIn, Start, Stop, Update, Wait};
    // AppFlow changes no flow that is at work.
    let anew: &[Action] = if is_active {
        &[Stop, Update, Start]
    } else {
        &[Update, Start]
    };
    let at_work: &[Action] = if is_active { &[] } else { &[Start] };
    match (cause, attempt) {
        // The stream, or whoever counts, may only be late.
        (Cause::Missing | Cause::Unwritten, _) | (Cause::Unhandled | Cause::Unaccepted, 1) => {
            vec![Wait]
        }
        (Cause::Unhandled, _) => vec![Reread],
        (Cause::Unaccepted, _) => vec![Redrive],
        (Cause::Deactivated | Cause::Suspended | Cause::Errored, 1) => at_work.to_vec(),
        (Cause::Drifted, 1 | 2) | (Cause::Deactivated | Cause::Suspended | Cause::Errored, 2) => {
            anew.to_vec()
        }
        (Cause::Deactivated | Cause::Suspended | Cause::Errored | Cause::Drifted, _) => {
            [&[SignIn], anew].concat()
        }
        (Cause::Credentials, _) => [&[SignIn], at_work].concat(),
        (Cause::Throttled | Cause::Unreachable, _) if is_active => vec![Wait, Redrive],
        (Cause::Throttled | Cause::Unreachable, _) => vec![Start, Redrive],
        (Cause::Idle, 2..) => [anew, &[Redrive]].concat(),
        (Cause::Rejected | Cause::Idle, _) => [at_work, &[Redrive]].concat(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use Action::{Redrive, Reread, SignIn, Start, Stop, Update, Wait};

    #[rstest]
    #[case::deactivated(Cause::Deactivated, 1, false, &[Start])]
    #[case::still_deactivated(Cause::Deactivated, 2, false, &[Update, Start])]
    #[case::for_the_third_time(Cause::Errored, 3, false, &[SignIn, Update, Start])]
    #[case::drifted_at_work(Cause::Drifted, 1, true, &[Stop, Update, Start])]
    #[case::credentials(Cause::Credentials, 1, false, &[SignIn, Start])]
    #[case::credentials_at_work(Cause::Credentials, 1, true, &[SignIn])]
    #[case::throttled(Cause::Throttled, 1, true, &[Wait, Redrive])]
    #[case::rejected(Cause::Rejected, 1, true, &[Redrive])]
    #[case::idle(Cause::Idle, 1, true, &[Redrive])]
    #[case::still_idle(Cause::Idle, 2, true, &[Stop, Update, Start, Redrive])]
    #[case::gap(Cause::Unhandled, 1, true, &[Wait])]
    #[case::gap_that_stays(Cause::Unhandled, 2, true, &[Reread])]
    fn a_try_does_what_helps_against_the_cause(
        #[case] cause: Cause,
        #[case] attempt: u32,
        #[case] is_active: bool,
        #[case] actions: &[Action],
    ) {
        assert_eq!(plan(cause, attempt, is_active), actions);
    }

    #[test]
    fn an_action_is_called_in_rows_as_it_is_called_elsewhere() {
        for action in [Wait, SignIn, Stop, Update, Start, Redrive, Reread] {
            let written = serde_json::to_string(&action).unwrap();
            assert_eq!(written, format!("\"{}\"", action.name()));
        }
    }

    #[test]
    fn a_flow_at_work_is_never_changed_before_it_is_switched_off() {
        for cause in [
            Cause::Drifted,
            Cause::Errored,
            Cause::Idle,
            Cause::Credentials,
        ] {
            for attempt in 1..6 {
                let actions = plan(cause, attempt, true);
                let update = actions.iter().position(|action| *action == Update);
                let stop = actions.iter().position(|action| *action == Stop);
                assert!(update.is_none() || stop < update && stop.is_some());
            }
        }
    }
}
