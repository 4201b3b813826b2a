//! Tokens that are over, have not begun, or whose times are none.

use serde_json::{Value, json};

use super::claims::with_values;
use crate::{Attempt, Genuine};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [values(genuine), spans(genuine), literals(genuine)].concat()
}

fn values(genuine: &Genuine) -> Vec<Attempt> {
    let now = genuine.now;
    let no_times = |at: i64| {
        vec![
            json!(null),
            json!(true),
            json!(""),
            json!(at.to_string()),
            json!([at]),
            json!({ "seconds": at }),
            json!(0),
            json!(-1),
            json!(-at),
            json!(i64::MIN),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(at * 1_000),
            json!(f64::from(u32::try_from(at).unwrap()) + 0.5),
            json!(1e300),
            json!("2099-01-01T00:00:00Z"),
        ]
    };
    let mut attempts = Vec::new();
    for name in ["exp", "iat", "nbf"] {
        attempts.extend(with_values(genuine, name, no_times(now + 60)));
    }
    let over = [now - HOUR, now - DAY, now - 6, now - 5, 1];
    for exp in over {
        // With an earlier beginning, so that nothing but the end is wrong.
        let token = genuine.token.clone().claim("iat", (exp - HOUR).max(1));
        let token = token.claim("exp", exp).bearer();
        attempts.push(Attempt::new(format!("over since {} s", now - exp), token));
    }
    for name in ["iat", "nbf"] {
        let ahead = [now + 6, now + 60, now + HOUR / 2, now + DAY].map(Value::from);
        attempts.extend(with_values(genuine, name, ahead));
    }
    for name in ["exp", "iat"] {
        let token = genuine.token.clone().without(name).bearer();
        attempts.push(Attempt::new(format!("no {name}"), token));
    }
    attempts
}

/// Ends that do not fit their beginning.
fn spans(genuine: &Genuine) -> Vec<Attempt> {
    let now = genuine.now;
    let spans = [
        ("it ends as it begins", now, now),
        ("it ends before it begins", now + 4, now + 3),
        ("it lasts longer than a day", now, now + DAY + 1),
        ("it lasts for years", now, now + 3_650 * DAY),
        ("it began long ago", 1, now + HOUR),
    ];
    spans
        .into_iter()
        .map(|(name, iat, exp)| {
            let token = genuine.token.clone().claim("iat", iat).claim("exp", exp);
            Attempt::new(name, token.bearer())
        })
        .collect()
}

/// Numbers that not every parser takes for the same.
fn literals(genuine: &Genuine) -> Vec<Attempt> {
    let claims = genuine.claims();
    let end = genuine.now + HOUR;
    let own = format!(r#""exp":{end}"#);
    assert!(claims.contains(&own), "the end stands in the claims");
    let literals = [
        format!("{end}.0"),
        format!("{end}e0"),
        format!("{}e-1", end * 10),
        format!("0{end}"),
        format!("+{end}"),
        format!("{end}{}", "0".repeat(400)),
        format!("1{}", "0".repeat(30)),
        "1e400".to_owned(),
        "0x7fffffff".to_owned(),
        "Infinity".to_owned(),
        "NaN".to_owned(),
        "1_900_000_000".to_owned(),
    ];
    literals
        .into_iter()
        .map(|literal| {
            let changed = claims.replace(&own, &format!(r#""exp":{literal}"#));
            let literal: String = literal.chars().take(20).collect();
            Attempt::new(
                format!("exp written as {literal}"),
                genuine.with_claims(changed),
            )
        })
        .collect()
}
