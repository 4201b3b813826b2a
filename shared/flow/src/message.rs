//! What the support team is told of a flow. Nothing in it comes from Salesforce's texts: those may quote
//! what an operator wrote.

use crate::{Action, Breaker, Cause, Notice};

/// The longest subject that SNS takes
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const LONGEST_SUBJECT: usize = 100;

/// A message to the support team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The subject of the e-mail: printable ASCII.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The message that a row calls for: the cause, what was tried, and what to do next.
#[must_use]
pub fn of(breaker: &Breaker, notice: Notice) -> Message {
    let cause = breaker.cause();
    let flow = breaker.flow();
    let what = match notice {
        Notice::Broken => format!("is broken: {}", cause.map_or("unknown", Cause::name)),
        Notice::WellAgain => "is well again".to_owned(),
    };
    let mut lines = vec![format!("Flow: {flow}")];
    if let Some(since) = breaker.since() {
        lines.push(format!("Not well since: {since}"));
    }
    if let Some(cause) = cause {
        lines.push(format!("Cause: {}", explained(cause)));
    }
    if notice == Notice::Broken {
        lines.push(format!("Tried: {}", tried(breaker.tried())));
    }
    lines.push(match (notice, cause) {
        (Notice::Broken, Some(cause)) => format!("Next step: {}", next_step(cause)),
        (Notice::Broken, None) => "Next step: look at the flow in AppFlow's console.".to_owned(),
        (Notice::WellAgain, _) => "It does its work again; there is nothing to do.".to_owned(),
    });
    if notice == Notice::Broken {
        lines.push("It is looked at every five minutes, and tried again once in a while. You are told when it is well.".to_owned());
    }
    Message {
        subject: subject(&format!("Fairlead: Salesforce flow {flow} {what}")),
        text: lines.join("\n"),
    }
}

/// A header of an e-mail is one line of printable ASCII.
fn subject(text: &str) -> String {
    let printable = text.chars().filter(|c| matches!(c, ' '..='~'));
    printable.take(LONGEST_SUBJECT).collect()
}

fn tried(actions: &[Action]) -> String {
    let words: Vec<&str> = actions.iter().map(|action| done(*action)).collect();
    if words.is_empty() {
        "nothing: there is nothing that can be done from here".to_owned()
    } else {
        words.join(", ")
    }
}

const fn done(action: Action) -> &'static str {
    match action {
        Action::Wait => "waiting",
        Action::SignIn => "signing the connection in anew",
        Action::Stop => "switching it off",
        Action::Update => "making it as it has to be",
        Action::Start => "switching it on",
        Action::Redrive => "writing again the files that were not taken",
        Action::Reread => "reading the records from Salesforce again",
    }
}

const fn explained(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "there is no such flow in AppFlow",
        Cause::Drifted => "the flow is made otherwise than it has to be",
        Cause::Deactivated => "the flow is switched off",
        Cause::Suspended => "the flow is suspended",
        Cause::Errored => "AppFlow says that the flow is in error, and not why",
        Cause::Credentials => "Salesforce does not let the connection in",
        Cause::Throttled => "Salesforce has taken as many requests as it takes",
        Cause::Unreachable => "Salesforce can't be reached",
        Cause::Rejected => "Salesforce refuses rows",
        Cause::Idle => "the flow runs and takes nothing, though files wait",
        Cause::Unhandled => "changes arrived of which nothing says what became of them",
        Cause::Unwritten => "outcomes were decided for which no file was written",
        Cause::Unaccepted => "files were written whose rows Salesforce did not accept",
    }
}

const fn next_step(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "deploy the Salesforce stack again; it makes the flow.",
        Cause::Drifted => "compare the flow with the Salesforce stack, and deploy the stack again.",
        Cause::Deactivated | Cause::Suspended | Cause::Errored => {
            "look at the flow's last run in AppFlow's console; it says more than its API does."
        }
        Cause::Credentials => {
            "check the integration user and the External Client App in Salesforce, and put the client's id and secret and a refresh token into the connection's secret; the next try takes them."
        }
        Cause::Throttled => {
            "look at Salesforce's API usage; raise the limit or find who uses it up."
        }
        Cause::Unreachable => {
            "look at Salesforce's status page and at the instance URL of the connection."
        }
        Cause::Rejected => {
            "look into the error bucket, which says why, and mend the outcome object or its permissions in Salesforce."
        }
        Cause::Idle => {
            "look at the flow's source in AppFlow's console, and at whether it may read the bucket."
        }
        Cause::Unhandled => "look at the dead letters of salesforce-config-writer.",
        Cause::Unwritten => "look at the dead letters of salesforce-config-outcome.",
        Cause::Unaccepted => "look at the runs of the outcome flow and into its error bucket.",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    fn broken(flow: &str) -> Breaker {
        let now = Timestamp::from_second(1_768_467_600).unwrap();
        Breaker::of(flow)
            .trying(Cause::Credentials, "a", now, Duration::from_mins(1), 0)
            .acted(&[Action::SignIn, Action::Start], now)
            .given_up(Cause::Credentials, now, 0)
    }

    #[test]
    fn a_message_says_the_cause_what_was_tried_and_what_to_do() {
        let Message { subject, text } = of(&broken("salesforce-outcomes"), Notice::Broken);
        assert_eq!(
            subject,
            "Fairlead: Salesforce flow salesforce-outcomes is broken: credentials"
        );
        for part in [
            "Flow: salesforce-outcomes",
            "Not well since: 2026-01-15T09:00:00Z",
            "Cause: Salesforce does not let the connection in",
            "Tried: signing the connection in anew, switching it on",
            "Next step: check the integration user",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn a_subject_is_one_line_that_sns_takes_whatever_the_flow_is_called() {
        let name = format!("a\r\nBcc: eve@example.com\u{7f}é{}", "x".repeat(300));
        let Message { subject, .. } = of(&broken(&name), Notice::WellAgain);
        assert!(subject.len() <= 100);
        assert!(
            subject.bytes().all(|b| matches!(b, b' '..=b'~')),
            "{subject:?}"
        );
    }
}
