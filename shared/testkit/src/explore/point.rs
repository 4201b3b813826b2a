//! One place where one thing goes wrong, written in one line.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::{Fault, delivery::Redelivery};

/// One place where one thing goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The scenario's name.
    pub scenario: String,
    /// The world's seed.
    pub seed: u64,
    /// The number of the call that the fault meets.
    pub call: usize,
    /// What goes wrong.
    pub fault: Fault,
    /// How batches come again.
    pub redelivery: Redelivery,
    /// The call that goes wrong after that, and how.
    pub then: Option<(usize, Fault)>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scenario,
            seed,
            call,
            fault,
            redelivery,
            then,
        } = self;
        write!(
            f,
            "{scenario} seed={seed} call={call} fault={fault} redelivery={redelivery:?}"
        )?;
        match then {
            Some((call, fault)) => write!(f, " then={call}:{fault}"),
            None => Ok(()),
        }
    }
}

/// A line that names no point.
#[derive(Debug, thiserror::Error)]
#[error(
    "'{0}' is no point; one is written like: sign-up seed=1 call=3 fault=CrashAfter redelivery=Same"
)]
pub struct NotAPoint(String);

impl FromStr for Point {
    type Err = NotAPoint;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        point(line).ok_or_else(|| NotAPoint(line.to_owned()))
    }
}

fn point(line: &str) -> Option<Point> {
    let (scenario, rest) = line.split_once(' ')?;
    let fields: BTreeMap<&str, &str> = rest
        .split(' ')
        .filter_map(|field| field.split_once('='))
        .collect();
    Some(Point {
        scenario: scenario.to_owned(),
        seed: fields.get("seed")?.parse().ok()?,
        call: fields.get("call")?.parse().ok().filter(|call| *call > 0)?,
        fault: fields.get("fault")?.parse().ok()?,
        redelivery: match *fields.get("redelivery")? {
            "Same" => Redelivery::Same,
            "Split" => Redelivery::Split,
            _ => return None,
        },
        then: match fields.get("then") {
            Some(then) => Some(second(then)?),
            None => None,
        },
    })
}

fn second(then: &str) -> Option<(usize, Fault)> {
    let (call, fault) = then.split_once(':')?;
    Some((call.parse().ok()?, fault.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_reads_back_as_it_is_written() {
        let fault = Fault::Delay(std::time::Duration::from_millis(300));
        let point = Point {
            scenario: "sign-up".to_owned(),
            seed: 7,
            call: 3,
            fault,
            redelivery: Redelivery::Split,
            then: None,
        };
        let line = point.to_string();
        assert_eq!(
            line,
            "sign-up seed=7 call=3 fault=Delay(300ms) redelivery=Split"
        );
        assert_eq!(line.parse::<Point>().unwrap(), point);
        let twice = Point {
            then: Some((9, Fault::CrashAfter)),
            ..point
        };
        assert!(twice.to_string().ends_with(" then=9:CrashAfter"));
        assert_eq!(twice.to_string().parse::<Point>().unwrap(), twice);
    }

    #[test]
    fn another_line_is_refused_with_an_example() {
        for line in [
            "",
            "sign-up",
            "sign-up seed=1 call=0 fault=CrashAfter redelivery=Same",
        ] {
            assert!(
                line.parse::<Point>()
                    .unwrap_err()
                    .to_string()
                    .contains("fault=CrashAfter"),
                "{line}"
            );
        }
    }
}
