//! Counts of requests, added up over time.

use std::collections::{BTreeMap, BTreeSet};

use chart::{Bars, Column};
use jiff::{ToSpan as _, civil::Date};
use serde::Deserialize;

/// How many series have a colour of their own. What is left is one more.
const SERIES: usize = 5;

/// How many bars there are at most.
const COLUMNS: i32 = 31;

const CLASSES: [&str; 6] = ["s0", "s1", "s2", "s3", "s4", "s5"];

/// How often a partner asked for one purpose on one day, with one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct CountResponse {
    pub(crate) partner: String,
    pub(crate) purpose: String,
    pub(crate) day: Date,
    pub(crate) outcome: String,
    pub(crate) receipts: u64,
}

/// A row of the table below the charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) partner: String,
    pub(crate) purpose: String,
    pub(crate) allowed: u64,
    pub(crate) partly: u64,
    pub(crate) refused: u64,
}

impl Sum {
    pub(crate) const fn all(&self) -> u64 {
        self.allowed + self.partly + self.refused
    }
}

/// The sums of each partner and purpose.
pub(crate) fn sums(counts: &[CountResponse]) -> Vec<Sum> {
    let mut sums: BTreeMap<(&str, &str), [u64; 3]> = BTreeMap::new();
    for count in counts {
        let [allowed, partly, refused] = sums.entry((&count.partner, &count.purpose)).or_default();
        let sum = match count.outcome.as_str() {
            "allowed" => allowed,
            "partly" => partly,
            _ => refused,
        };
        *sum += count.receipts;
    }
    let sums = sums
        .into_iter()
        .map(|((partner, purpose), [allowed, partly, refused])| Sum {
            partner: partner.to_owned(),
            purpose: purpose.to_owned(),
            allowed,
            partly,
            refused,
        });
    sums.collect()
}

/// The words around a chart.
pub(crate) struct Told {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    /// What the series of all others is called, and that of what was refused.
    pub(crate) others: String,
    pub(crate) refused: String,
}

/// What was answered, by whatever `series` says of each count, and on top of it what was refused.
pub(crate) fn over_time<'a>(
    counts: &'a [CountResponse],
    (from, to): (Date, Date),
    series: impl Fn(&'a CountResponse) -> &'a str,
    told: Told,
) -> Bars {
    let names = most_frequent(counts, &series);
    let place = |count: &'a CountResponse| {
        if count.outcome == "refused" {
            return names.len() + 1;
        }
        let name = series(count);
        names
            .iter()
            .position(|each| *each == name)
            .unwrap_or(names.len())
    };
    let mut columns = columns(from, to, names.len() + 2);
    for count in counts {
        let column = columns
            .iter_mut()
            .rev()
            .find(|(first, _)| *first <= count.day);
        let value = column.and_then(|(_, column)| column.values.get_mut(place(count)));
        if let Some(value) = value {
            *value += count.receipts;
        }
    }
    let own = names.iter().map(|name| (*name).to_owned());
    let classes = CLASSES.iter().copied().take(names.len());
    Bars {
        id: told.id.to_owned(),
        title: told.title,
        description: told.description,
        classes: classes.chain(["s5", "refused"]).collect(),
        series: own.chain([told.others, told.refused]).collect(),
        columns: columns.into_iter().map(|(_, column)| column).collect(),
    }
}

fn most_frequent<'a>(
    counts: &'a [CountResponse],
    series: &impl Fn(&'a CountResponse) -> &'a str,
) -> Vec<&'a str> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for count in counts {
        *sums.entry(series(count)).or_default() += count.receipts;
    }
    let by_frequency: BTreeSet<(u64, &str)> =
        sums.into_iter().map(|(name, sum)| (sum, name)).collect();
    by_frequency
        .into_iter()
        .rev()
        .take(SERIES)
        .map(|(_, name)| name)
        .collect()
}

/// Bars from `from` to `to`, each with its first day: of one day each, or of as many as it takes.
fn columns(from: Date, to: Date, series: usize) -> Vec<(Date, Column)> {
    let days = (to - from).get_days().max(0) + 1;
    let each = (days + COLUMNS - 1) / COLUMNS;
    let first_days = (0..days).step_by(usize::try_from(each).unwrap_or(1));
    let columns = first_days.filter_map(|day| from.checked_add(day.days()).ok());
    let column = |first: Date| {
        let label = format!("{:02}-{:02}", first.month(), first.day());
        let values = vec![0; series];
        (first, Column { label, values })
    };
    columns.map(column).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn count(partner: &str, day: i8, outcome: &str, receipts: u64) -> CountResponse {
        CountResponse {
            partner: partner.to_owned(),
            purpose: "newsletter".to_owned(),
            day: date(2026, 1, day),
            outcome: outcome.to_owned(),
            receipts,
        }
    }

    fn told() -> Told {
        Told {
            id: "by-partner",
            title: String::new(),
            description: String::new(),
            others: "others".to_owned(),
            refused: "refused".to_owned(),
        }
    }

    fn bars(counts: &[CountResponse], to: Date) -> Bars {
        over_time(
            counts,
            (date(2026, 1, 1), to),
            |count| &count.partner,
            told(),
        )
    }

    #[test]
    fn parts_of_sums_are_added_up_and_what_is_refused_is_counted_apart() {
        let counts = [
            count("chandlery", 1, "allowed", 2),
            count("chandlery", 2, "allowed", 3),
            count("chandlery", 2, "partly", 1),
            count("chandlery", 2, "refused", 4),
        ];
        let sums = sums(&counts);
        let [sum] = sums.as_slice() else {
            panic!("{sums:?}")
        };
        assert_eq!(
            (sum.allowed, sum.partly, sum.refused, sum.all()),
            (5, 1, 4, 10)
        );
        let bars = bars(&counts, date(2026, 1, 2));
        assert_eq!(bars.series, ["chandlery", "others", "refused"]);
        let values: Vec<_> = bars
            .columns
            .iter()
            .map(|column| column.values.as_slice())
            .collect();
        assert_eq!(values, [[2, 0, 0], [4, 0, 4]]);
    }

    #[test]
    fn whoever_asks_seldom_is_one_of_the_others() {
        let counts: Vec<_> = (1..=8)
            .map(|n| count(&format!("p{n}"), 1, "allowed", n))
            .collect();
        let bars = bars(&counts, date(2026, 1, 1));
        assert_eq!(
            bars.series,
            ["p8", "p7", "p6", "p5", "p4", "others", "refused"]
        );
        assert_eq!(bars.columns[0].values, [8, 7, 6, 5, 4, 6, 0]);
        assert_eq!(bars.classes.len(), bars.series.len());
    }

    #[test]
    fn a_long_time_has_wider_bars_and_loses_no_day() {
        let mut counts: Vec<_> = (1..=31).map(|day| count("a", day, "allowed", 1)).collect();
        counts.push(CountResponse {
            day: date(2026, 4, 1),
            ..count("a", 1, "allowed", 1)
        });
        let bars = bars(&counts, date(2026, 4, 1));
        assert!(bars.columns.len() <= 31);
        let all: u64 = bars.columns.iter().flat_map(|column| &column.values).sum();
        assert_eq!(all, 32);
    }
}
