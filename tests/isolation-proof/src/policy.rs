//! IAM's policies, as far as those of hosts use them; what is not known here is refused to be judged.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>: a request is allowed
//! if a statement allows it and none denies it. A statement speaks of it if one of its actions, one of its resources
//! and all of its conditions fit.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// `dynamodb:GetItem`.
    pub action: String,
    /// The ARN of what it is about.
    pub resource: String,
    /// What conditions can speak of: values under the name of each key.
    pub context: BTreeMap<String, Vec<String>>,
}

/// A policy's document.
#[derive(Debug, Clone)]
pub struct Policy(Vec<Value>);

impl Policy {
    /// Reads a document.
    ///
    /// # Panics
    /// If there is something in it that can't be judged here.
    #[must_use]
    pub fn read(document: &Value) -> Self {
        let statements = each(&document["Statement"]);
        let known = ["Effect", "Action", "Resource", "Condition", "Sid"];
        for statement in &statements {
            let members = statement.as_object().expect("a statement is an object");
            for name in members.keys() {
                assert!(known.contains(&name.as_str()), "{name} can't be judged");
            }
        }
        Self(statements)
    }

    /// Whether it allows what is asked.
    #[must_use]
    pub fn allows(&self, asked: &Asked) -> bool {
        let speaks = |effect: &str| {
            let mut of_effect = self.0.iter().filter(|each| each["Effect"] == effect);
            of_effect.any(|statement| speaks_of(statement, asked))
        };
        speaks("Allow") && !speaks("Deny")
    }

    /// What it allows, action by action, with the number of its statement.
    #[must_use]
    pub fn granted(&self) -> Vec<(usize, String)> {
        let numbered = self.0.iter().enumerate();
        let allowed = numbered.filter(|(_, each)| each["Effect"] == "Allow");
        allowed
            .flat_map(|(number, each)| {
                let actions = texts(&each["Action"]);
                actions.into_iter().map(move |action| (number, action))
            })
            .collect()
    }

    /// By which of its statements it allows what is asked.
    #[must_use]
    pub fn by(&self, asked: &Asked) -> Vec<usize> {
        let numbered = self.0.iter().enumerate();
        let speaks = numbered.filter(|(_, each)| speaks_of(each, asked));
        speaks.map(|(number, _)| number).collect()
    }
}

fn speaks_of(statement: &Value, asked: &Asked) -> bool {
    let fits = |name: &str, text: &str| {
        let patterns = texts(&statement[name]);
        patterns.iter().any(|pattern| is_like(pattern, text))
    };
    let conditions = statement["Condition"].as_object();
    let mut conditions = conditions.into_iter().flatten();
    fits("Action", &asked.action)
        && fits("Resource", &asked.resource)
        && conditions.all(|(operator, keys)| holds(operator, keys, asked))
}

fn holds(operator: &str, keys: &Value, asked: &Asked) -> bool {
    let keys = keys.as_object().expect("a condition has keys");
    let (for_all, operator) = match operator.strip_prefix("ForAllValues:") {
        Some(operator) => (true, operator),
        None => (false, operator),
    };
    let (if_exists, operator) = match operator.strip_suffix("IfExists") {
        Some(operator) => (true, operator),
        None => (false, operator),
    };
    let compares: fn(&str, &str) -> bool = match operator {
        "StringEquals" => |pattern, text| pattern == text,
        "StringLike" | "ArnLike" => is_like,
        other => panic!("the operator {other} can't be judged"),
    };
    keys.iter().all(|(key, wanted)| {
        let wanted = texts(wanted);
        let fits = |text: &String| wanted.iter().any(|pattern| compares(pattern, text));
        let given = asked
            .context
            .get(key)
            .map(Vec::as_slice)
            .unwrap_or_default();
        // Of no values at all `ForAllValues` holds, on AWS too: so it protects only what always has some.
        if for_all || (if_exists && given.is_empty()) {
            given.iter().all(fits)
        } else {
            given.iter().any(fits)
        }
    })
}

/// Whether `text` is as `pattern` has it, in which `*` is any text and `?` any character.
fn is_like(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            let rest = &pattern[1..];
            is_like(rest, text)
                || text
                    .char_indices()
                    .any(|(at, character)| is_like(rest, &text[at + character.len_utf8()..]))
        }
        (Some('?'), Some(character)) => is_like(&pattern[1..], &text[character.len_utf8()..]),
        (Some(wanted), Some(character)) if wanted == character => {
            is_like(&pattern[wanted.len_utf8()..], &text[character.len_utf8()..])
        }
        _ => false,
    }
}

/// One or a list of them.
fn each(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn texts(value: &Value) -> Vec<String> {
    let texts = each(value).into_iter();
    texts
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(action: &str, resource: &str, keys: &[&str]) -> Asked {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Asked {
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: BTreeMap::from([("dynamodb:LeadingKeys".to_owned(), keys)]),
        }
    }

    #[test]
    fn patterns_are_those_of_iam() {
        assert!(is_like("a*c", "abbc") && is_like("a*", "a") && is_like("a?c", "abc"));
        assert!(!is_like("a?c", "ac") && !is_like("a", "ab") && !is_like("run#a#*", "run#ab#1"));
    }

    #[test]
    fn what_no_statement_allows_or_one_denies_is_refused() {
        let policy = Policy::read(&json!({ "Statement": [
            { "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "arn:ledger",
              "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["run#a#*"] } } },
            { "Effect": "Deny", "Action": "*", "Resource": "*",
              "Condition": { "StringEquals": { "dynamodb:LeadingKeys": "run#a#secret" } } },
        ] }));
        assert!(policy.allows(&asked("dynamodb:GetItem", "arn:ledger", &["run#a#1"])));
        for refused in [
            asked("dynamodb:GetItem", "arn:ledger", &["run#a#1", "run#b#1"]),
            asked("dynamodb:GetItem", "arn:ledger", &["run#a#secret"]),
            asked("dynamodb:GetItem", "arn:other", &["run#a#1"]),
            asked("dynamodb:Scan", "arn:ledger", &[]),
        ] {
            assert!(!policy.allows(&refused), "{refused:?}");
        }
    }

    #[test]
    #[should_panic(expected = "can't be judged")]
    fn what_is_not_known_is_not_judged() {
        let _ = Policy::read(&json!({ "Statement": { "NotAction": "x" } }));
    }
}
