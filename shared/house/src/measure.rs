//! What CloudWatch counts of which part, and as what.

use crate::{House, Kind, Part};

/// What is counted of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// How much went in: runs of a function, messages that a queue took, calls that a rule made.
    Through,
    /// How many messages of a queue were done with.
    Done,
    /// How many events a rule matched.
    Matched,
    /// How many messages lay there, at most in a step.
    Waiting,
    /// How old the oldest of them was in seconds, at most in a step.
    Oldest,
    /// How many runs failed, or calls of a rule for good.
    Errors,
    /// How many runs were turned away, since there were too many.
    Throttles,
}

/// How the figures of a step are made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    Sum,
    Maximum,
}

impl Statistic {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Maximum => "Maximum",
        }
    }
}

/// A measure, and what the service calls it.
type Counted = (Measure, &'static str, Statistic);

/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>
const OF_FUNCTIONS: &[Counted] = &[
    (Measure::Through, "Invocations", Statistic::Sum),
    (Measure::Errors, "Errors", Statistic::Sum),
    (Measure::Throttles, "Throttles", Statistic::Sum),
];

const WAITING: Counted = (
    Measure::Waiting,
    "ApproximateNumberOfMessagesVisible",
    Statistic::Maximum,
);

const OLDEST: Counted = (
    Measure::Oldest,
    "ApproximateAgeOfOldestMessage",
    Statistic::Maximum,
);

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
const OF_QUEUES: &[Counted] = &[
    (Measure::Through, "NumberOfMessagesSent", Statistic::Sum),
    (Measure::Done, "NumberOfMessagesDeleted", Statistic::Sum),
    WAITING,
    OLDEST,
];

/// Of what SQS itself moves there it counts no sending.
const OF_DEAD_LETTERS: &[Counted] = &[WAITING, OLDEST];

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html>
const OF_RULES: &[Counted] = &[
    (Measure::Matched, "MatchedEvents", Statistic::Sum),
    (Measure::Through, "Invocations", Statistic::Sum),
    (Measure::Errors, "FailedInvocations", Statistic::Sum),
];

/// What CloudWatch is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query<'a> {
    pub(crate) part: &'a Part,
    pub(crate) measure: Measure,
    pub(crate) namespace: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) statistic: Statistic,
    pub(crate) dimensions: Vec<(&'static str, &'a str)>,
}

/// All that is counted of the house.
pub(crate) fn queries(house: &House) -> Vec<Query<'_>> {
    house
        .parts()
        .flat_map(|part| of_part(house, part))
        .collect()
}

fn of_part<'a>(house: &'a House, part: &'a Part) -> impl Iterator<Item = Query<'a>> {
    let (namespace, dimension, counted) = match part.id.kind() {
        Kind::Function => ("AWS/Lambda", "FunctionName", OF_FUNCTIONS),
        Kind::Queue => ("AWS/SQS", "QueueName", OF_QUEUES),
        Kind::DeadLetters => ("AWS/SQS", "QueueName", OF_DEAD_LETTERS),
        Kind::Rule | Kind::Schedule => ("AWS/Events", "RuleName", OF_RULES),
        Kind::Api | Kind::UserPool | Kind::Bus | Kind::Topic | Kind::StateMachine | Kind::Table => {
            ("", "", [].as_slice())
        }
    };
    // A rule on a bus of its own is counted by both names, and one on the account's bus by its own alone.
    let bus = part.bus.as_ref();
    let bus = bus.map(|bus| house.part(bus).and_then(|bus| bus.counted_as.as_deref()));
    let dimensions = match (part.counted_as.as_deref(), bus) {
        (Some(name), None) => Some(vec![(dimension, name)]),
        (Some(name), Some(Some(bus))) => Some(vec![("EventBusName", bus), (dimension, name)]),
        (None, _) | (_, Some(None)) => None,
    };
    dimensions.into_iter().flat_map(move |dimensions| {
        counted
            .iter()
            .map(move |(measure, metric, statistic)| Query {
                part,
                measure: *measure,
                namespace,
                metric,
                statistic: *statistic,
                dimensions: dimensions.clone(),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = r#"{
        "parts": {
            "bus/partners": { "context": "x" },
            "function/f": { "context": "x", "counted_as": "f" },
            "rule/own": { "context": "x", "counted_as": "own" },
            "rule/other": { "context": "x", "counted_as": "other", "bus": "bus/partners" },
            "table/t": { "context": "x" }
        },
        "feeds": {}
    }"#;

    fn asked(names: &str) -> Vec<String> {
        let house = House::read(DESCRIPTION, names).unwrap();
        let asked = queries(&house).into_iter().map(|query| {
            let dimensions = query
                .dimensions
                .iter()
                .map(|(name, value)| format!(" {name}={value}"));
            format!("{}{}", query.metric, dimensions.collect::<String>())
        });
        asked.collect()
    }

    #[test]
    fn each_part_is_asked_for_as_its_service_counts_it() {
        let asked = asked(r#"{"bus/partners":"aws.partner/x"}"#);
        for query in [
            "Invocations FunctionName=f",
            "Throttles FunctionName=f",
            "MatchedEvents RuleName=own",
            "FailedInvocations EventBusName=aws.partner/x RuleName=other",
        ] {
            assert!(asked.iter().any(|one| one == query), "{query}: {asked:?}");
        }
        assert_eq!(asked.len(), 9);
    }

    #[test]
    fn what_has_no_name_is_not_asked_for() {
        assert!(asked("{}").iter().all(|query| !query.contains("other")));
    }
}
