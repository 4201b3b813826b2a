//! What partners read.

use std::{collections::BTreeMap, io::Write};

use serde_json::{Value, json};

use super::{Answer, all};
use crate::{
    api::Api,
    args::{Receipts, Span},
    failure::Failure,
};

/// Lists what a partner read, or adds up how often; meanwhile `told` hears how far that is.
pub(super) fn run(what: Receipts, api: &Api, told: &mut impl Write) -> Result<Answer, Failure> {
    match what {
        Receipts::List { partner, span } => {
            let query = query(Some(partner), span);
            let all = all(api, &["v1", "receipts"], "receipts", &query)?;
            Ok((
                all,
                &[
                    "at",
                    "outcome",
                    "purpose",
                    "profile_id",
                    "allowed",
                    "receipt_id",
                ],
            ))
        }
        Receipts::Summary {
            partner,
            span,
            by_day,
        } => {
            let asked = query(partner, span);
            let page = |cursor: Option<&str>| {
                let mut query = asked.clone();
                query.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
                api.get(&["v1", "receipts", "summary"], query)
            };
            let sums = added_up(page, by_day, told)?;
            let columns: &'static [&'static str] = if by_day {
                &["partner", "day", "purpose", "outcome", "receipts"]
            } else {
                &["partner", "purpose", "outcome", "receipts"]
            };
            Ok((sums, columns))
        }
    }
}

fn query(partner: Option<String>, Span { from, to }: Span) -> Vec<(&'static str, String)> {
    let mut query = vec![("from", from)];
    query.extend(partner.map(|partner| ("partner", partner)));
    query.extend(to.map(|to| ("to", to)));
    query
}

/// What receipts have in common that are counted together: partner, day if each is by itself, purpose
/// and outcome.
type Common = [Option<String>; 4];

/// The sums over all pages of a summary.
fn added_up(
    page: impl Fn(Option<&str>) -> Result<Value, Failure>,
    by_day: bool,
    told: &mut impl Write,
) -> Result<Value, Failure> {
    let mut sums: BTreeMap<Common, u64> = BTreeMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let part = page(cursor.as_deref())?;
        let counts = part.get("counts").and_then(Value::as_array);
        for count in counts.into_iter().flatten() {
            let (common, receipts) = read(count, by_day)?;
            *sums.entry(common).or_default() += receipts;
        }
        let next = part.get("next").and_then(Value::as_str).map(str::to_owned);
        if next.is_none() {
            break;
        }
        if next == cursor {
            return Err(unreadable());
        }
        cursor = next;
        let so_far: u64 = sums.values().sum();
        // Whoever does not look at it loses nothing.
        _ = writeln!(told, "{so_far} receipts so far, counting on");
    }
    Ok(sums.into_iter().map(sum).collect())
}

/// By what a count goes, and how many it is.
fn read(count: &Value, by_day: bool) -> Result<(Common, u64), Failure> {
    let text = |name: &str| Some(count.get(name)?.as_str()?.to_owned());
    let day = if by_day { text("day") } else { None };
    let common = [text("partner"), day, text("purpose"), text("outcome")];
    let receipts = count.get("receipts").and_then(Value::as_u64);
    Ok((common, receipts.ok_or_else(unreadable)?))
}

fn sum(([partner, day, purpose, outcome], receipts): (Common, u64)) -> Value {
    let mut sum = json!({
        "partner": partner,
        "purpose": purpose,
        "outcome": outcome,
        "receipts": receipts,
    });
    if let (Some(day), Some(members)) = (day, sum.as_object_mut()) {
        members.insert("day".to_owned(), day.into());
    }
    sum
}

fn unreadable() -> Failure {
    Failure::Usage("The API counts in a way that this program does not know: update it.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(partner: &str, day: &str, outcome: &str, receipts: u64) -> Value {
        json!({
            "partner": partner,
            "purpose": "newsletter",
            "day": day,
            "outcome": outcome,
            "receipts": receipts,
        })
    }

    /// What the API answers without a cursor, to `a` and to `b`.
    fn page(cursor: Option<&str>) -> Value {
        match cursor {
            None => json!({
                "receipts": 5,
                "counts": [
                    count("chandlery", "2026-01-16", "allowed", 2),
                    count("chandlery", "2026-01-15", "allowed", 3),
                ],
                "next": "a",
            }),
            Some("a") => json!({ "receipts": 0, "counts": [], "next": "b" }),
            Some(_) => json!({
                "receipts": 7,
                "counts": [
                    count("chandlery", "2026-01-15", "allowed", 4),
                    count("chandlery", "2026-01-15", "refused", 1),
                    count("ferry-line", "2026-01-15", "allowed", 2),
                ],
            }),
        }
    }

    #[test]
    fn parts_of_a_sum_are_added_up_over_all_pages() {
        let mut told = Vec::new();
        let sum = |partner: &str, outcome: &str, receipts: u64| {
            json!({
                "partner": partner,
                "purpose": "newsletter",
                "outcome": outcome,
                "receipts": receipts,
            })
        };
        assert_eq!(
            added_up(|cursor| Ok(page(cursor)), false, &mut told).unwrap(),
            json!([
                sum("chandlery", "allowed", 9),
                sum("chandlery", "refused", 1),
                sum("ferry-line", "allowed", 2),
            ])
        );
        assert_eq!(
            String::from_utf8(told).unwrap(),
            "5 receipts so far, counting on\n5 receipts so far, counting on\n"
        );
    }

    #[test]
    fn a_day_that_two_pages_share_is_one() {
        assert_eq!(
            added_up(|cursor| Ok(page(cursor)), true, &mut Vec::new()).unwrap(),
            json!([
                count("chandlery", "2026-01-15", "allowed", 7),
                count("chandlery", "2026-01-15", "refused", 1),
                count("chandlery", "2026-01-16", "allowed", 2),
                count("ferry-line", "2026-01-15", "allowed", 2),
            ])
        );
    }

    #[test]
    fn nothing_is_added_up_that_can_not_be_read_or_comes_again() {
        let misshapen = |_: Option<&str>| Ok(json!({ "counts": [{ "partner": "chandlery" }] }));
        let stuck = |_: Option<&str>| Ok(json!({ "counts": [], "next": "a" }));
        let failed = |sums: Result<Value, Failure>| sums.unwrap_err().exit_code();
        assert_eq!(failed(added_up(misshapen, false, &mut Vec::new())), 2);
        assert_eq!(failed(added_up(stuck, false, &mut Vec::new())), 2);
    }

    #[test]
    fn what_is_not_said_is_not_asked_for() {
        let span = |to: Option<&str>| Span {
            from: "2026-01-01T00:00:00Z".to_owned(),
            to: to.map(str::to_owned),
        };
        let from = ("from", "2026-01-01T00:00:00Z".to_owned());
        assert_eq!(query(None, span(None)), std::slice::from_ref(&from));
        let to = "2026-02-01T00:00:00Z";
        let partner = "chandlery".to_owned();
        assert_eq!(
            query(Some(partner.clone()), span(Some(to))),
            [from, ("partner", partner), ("to", to.to_owned())]
        );
    }
}
