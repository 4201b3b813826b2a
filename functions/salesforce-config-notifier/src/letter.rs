//! What a mail says, to whom.

use std::collections::BTreeSet;

use configuration::{OutcomeRow, RecordId, Verdict};
use lambda_kit::subject::Subject;

use crate::{
    mails::Mail,
    operators::{Address, user_of},
};

/// Whom a letter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Audience {
    /// All who look after the configuration.
    Team,
    /// Whoever is at the address of this digest.
    Operator(String),
}

/// A mail as it goes to one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) audience: Audience,
    /// The same for each attempt to send it.
    pub(crate) key: String,
    pub(crate) subject: Subject,
    pub(crate) text: String,
}

impl Audience {
    /// Its name in messages and filter policies.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Operator(_) => "operator",
        }
    }

    /// Its name among all audiences.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Team => self.name(),
            Self::Operator(digest) => digest,
        }
    }
}

impl Letter {
    /// Of everything, and who did it.
    pub(crate) fn to_team(mail: &Mail) -> Self {
        let outcomes: Vec<&OutcomeRow> = mail.outcomes.iter().collect();
        let lines = outcomes.iter().map(|outcome| match &outcome.operator {
            Some(user) => format!("{} (user {user})", line(outcome)),
            None => line(outcome),
        });
        Self {
            audience: Audience::Team,
            key: format!("configuration-mail#{}#team", mail.id),
            subject: subject(&outcomes),
            text: text(&outcomes, lines),
        }
    }

    /// Of what `users`, who are reached at `address`, did.
    pub(crate) fn to_operator(mail: &Mail, address: &Address, users: &BTreeSet<RecordId>) -> Self {
        let all = mail.outcomes.iter();
        let is_theirs = |outcome: &&OutcomeRow| {
            let user = user_of(outcome);
            user.is_some_and(|user| users.contains(&user))
        };
        let outcomes: Vec<&OutcomeRow> = all.filter(is_theirs).collect();
        let digest = address.digest();
        Self {
            key: format!("configuration-mail#{}#{digest}", mail.id),
            audience: Audience::Operator(digest),
            subject: subject(&outcomes),
            text: text(&outcomes, outcomes.iter().map(|outcome| line(outcome))),
        }
    }
}

/// Of one outcome it is told what it is of, of many how many there are.
fn subject(outcomes: &[&OutcomeRow]) -> Subject {
    let told = match outcomes {
        [one] => format!("Fairlead: {}", what(one)),
        many => format!(
            "Fairlead: {} changes of configuration, {} failed",
            many.len(),
            failed(many)
        ),
    };
    // What would not be one line is told in the text alone.
    told.parse().unwrap_or_default()
}

/// `holiday a015f00000AbCdEAAV updated: Success`.
fn what(outcome: &OutcomeRow) -> String {
    if outcome.is_unknown() {
        return format!("a change that is not understood: {}", outcome.result);
    }
    let (kind, id) = (outcome.kind_name(), &outcome.salesforce_id);
    format!("{kind} {id} {}: {}", outcome.action, outcome.result)
}

fn line(outcome: &OutcomeRow) -> String {
    let (at, what) = (outcome.decided_at, what(outcome));
    match outcome.reason.as_str() {
        "" => format!("{at}  {what}"),
        reason => format!("{at}  {what}. {reason}"),
    }
}

fn text(outcomes: &[&OutcomeRow], lines: impl Iterator<Item = String>) -> String {
    let head = match outcomes.len() {
        1 => "What became of a change of configuration in Salesforce:".to_owned(),
        many => format!("What became of {many} changes of configuration in Salesforce:"),
    };
    let mut text = vec![head, String::new()];
    text.extend(lines);
    if failed(outcomes) > 0 {
        let foot = "Where a change failed, what was there before counts on. Correct the record and save it again.";
        text.extend([String::new(), foot.to_owned()]);
    }
    text.join("\n")
}

fn failed(outcomes: &[&OutcomeRow]) -> usize {
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.result == Verdict::Fail);
    failed.count()
}

#[cfg(test)]
mod tests {
    use configuration::{Action, Reason};

    use super::*;

    fn outcome(id: &str, result: Verdict, reason: &str) -> OutcomeRow {
        OutcomeRow {
            kind: "outcome#holiday".to_owned(),
            record_id: format!("{id}#key"),
            salesforce_id: id.to_owned(),
            action: Action::Updated,
            result,
            reason: Reason::new(reason),
            decided_at: "2026-01-15T09:00:00Z".parse().unwrap(),
            operator: Some("0055f000005mc66".to_owned()),
            expires_at: 1_771_059_600,
        }
    }

    fn mail(outcomes: Vec<OutcomeRow>) -> Mail {
        Mail {
            id: "digest".to_owned(),
            outcomes,
            told: BTreeSet::new(),
        }
    }

    #[test]
    fn of_one_change_the_subject_says_what_became_of_it() {
        let one = outcome("a015f00000AbCdEAAV", Verdict::Success, "");
        let letter = Letter::to_team(&mail(vec![one]));
        let subject = "Fairlead: holiday a015f00000AbCdEAAV updated: Success";
        assert_eq!(letter.subject.as_str(), subject);
        let line = "2026-01-15T09:00:00Z  holiday a015f00000AbCdEAAV updated: Success (user 0055f000005mc66)";
        assert!(letter.text.ends_with(line), "{}", letter.text);
    }

    #[test]
    fn of_many_the_subject_says_how_many_failed_and_the_text_why() {
        let outcomes = vec![
            outcome("a015f00000AbCdEAAV", Verdict::Success, ""),
            outcome("a015f00000AbCdFAAV", Verdict::Fail, "From__c: is no date"),
        ];
        let letter = Letter::to_team(&mail(outcomes));
        let subject = "Fairlead: 2 changes of configuration, 1 failed";
        assert_eq!(letter.subject.as_str(), subject);
        assert!(letter.text.contains("updated: Fail. From__c: is no date"));
        assert!(letter.text.contains("Correct the record"));
    }

    #[test]
    fn a_row_with_a_line_feed_makes_no_header_of_its_own() {
        let hostile = outcome("a\r\nBcc: x@example.com", Verdict::Success, "");
        let letter = Letter::to_team(&mail(vec![hostile]));
        assert_eq!(letter.subject, Subject::default());
    }

    #[test]
    fn what_is_not_understood_names_no_record() {
        let mut unknown = outcome("unknown", Verdict::Fail, "the event names no record");
        unknown.kind = "outcome#unknown".to_owned();
        let letter = Letter::to_team(&mail(vec![unknown]));
        let subject = "Fairlead: a change that is not understood: Fail";
        assert_eq!(letter.subject.as_str(), subject);
    }
}
