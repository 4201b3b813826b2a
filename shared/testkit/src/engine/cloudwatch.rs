//! CloudWatch: what was counted, in AWS JSON. It counts by itself what queues take and let go of and how
//! often functions are invoked here; whatever else was counted, a test says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Value, json};

use super::answer;
use crate::{Call, Service, call::each};

/// As many metrics as one request may ask for.
const MOST_QUERIES: usize = 500;
/// As many metrics as a page tells of. On AWS it is a number of figures, which nothing here reaches.
const PAGE: usize = 250;
/// Metrics are kept by the minute.
const MINUTE: i64 = 60;

/// A metric: its namespace, its name, and the values of its dimensions in the order of their names.
type Metric = (String, String, Vec<String>);

/// What was counted in a minute.
#[derive(Debug, Clone, Copy)]
struct Counted {
    sum: f64,
    maximum: f64,
}

pub(super) struct CloudWatch {
    clock: Clock,
    counted: Mutex<BTreeMap<Metric, BTreeMap<i64, Counted>>>,
}

/// An error's code and its message.
type Refusal = (&'static str, String);

impl CloudWatch {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            counted: Mutex::new(BTreeMap::new()),
        }
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let answered = match call.operation.as_str() {
            "GetMetricData" => self.data(&call.input),
            other => Err((
                "InvalidAction",
                format!("testkit's CloudWatch has no {other}"),
            )),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
        }
    }

    /// Something is counted; `of` has the values of the dimensions, a rule's bus before the rule.
    pub(super) fn put(
        &self,
        (namespace, metric): (&str, &str),
        of: &str,
        at: Timestamp,
        value: f64,
    ) {
        let dimensions = of.split(' ').map(str::to_owned).collect();
        let metric = (namespace.to_owned(), metric.to_owned(), dimensions);
        let minute = at.as_second().div_euclid(MINUTE) * MINUTE;
        let mut counted = self.counted();
        let minutes = counted.entry(metric).or_default();
        let none = Counted {
            sum: 0.0,
            maximum: value,
        };
        let counted = minutes.entry(minute).or_insert(none);
        counted.sum += value;
        counted.maximum = counted.maximum.max(value);
    }

    /// Counts what a call did.
    pub(super) fn count(&self, call: &Call, answer: &Response<Bytes>) {
        if !answer.status().is_success() {
            return;
        }
        let input = |name: &str| call.input.get(name).and_then(Value::as_str);
        let last = |name: &str, separator: char| input(name)?.rsplit(separator).next();
        let queue = last("QueueUrl", '/').unwrap_or_default();
        let sqs = |metric: &str, of: f64| {
            self.put(("AWS/SQS", metric), queue, self.clock.now(), of);
        };
        match (call.service, call.operation.as_str()) {
            (Service::Sqs, "SendMessage") => sqs("NumberOfMessagesSent", 1.0),
            (Service::Sqs, "SendMessageBatch") => {
                let told: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                for _ in each(&told, "Successful") {
                    sqs("NumberOfMessagesSent", 1.0);
                }
            }
            (Service::Sqs, "DeleteMessage") => sqs("NumberOfMessagesDeleted", 1.0),
            (Service::Lambda, "Invoke") => {
                let name = last("FunctionName", ':').unwrap_or_default();
                let at = self.clock.now();
                self.put(("AWS/Lambda", "Invocations"), name, at, 1.0);
                if answer.headers().contains_key("x-amz-function-error") {
                    self.put(("AWS/Lambda", "Errors"), name, at, 1.0);
                }
            }
            _ => {}
        }
    }

    fn counted(&self) -> MutexGuard<'_, BTreeMap<Metric, BTreeMap<i64, Counted>>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn data(&self, input: &Value) -> Result<Value, Refusal> {
        let queries: Vec<&Value> = each(input, "MetricDataQueries").collect();
        check(&queries)?;
        let time = |name: &str| input.get(name).and_then(Value::as_i64);
        let (Some(from), Some(to)) = (time("StartTime"), time("EndTime")) else {
            return Err(invalid("StartTime and EndTime are needed"));
        };
        if from >= to {
            return Err(invalid("The parameter StartTime must be less than EndTime"));
        }
        let begin: usize = text(input, "/NextToken").parse().unwrap_or_default();
        let page = queries.iter().skip(begin).take(PAGE);
        let results: Result<Vec<Value>, Refusal> =
            page.map(|query| self.one(query, from, to)).collect();
        let mut told = json!({ "MetricDataResults": results?, "Messages": [] });
        if let (true, Some(told)) = (begin + PAGE < queries.len(), told.as_object_mut()) {
            told.insert("NextToken".to_owned(), (begin + PAGE).to_string().into());
        }
        Ok(told)
    }

    /// The latest figure comes first, as it does where nothing else is asked for.
    fn one(&self, query: &Value, from: i64, to: i64) -> Result<Value, Refusal> {
        let period = query.pointer("/MetricStat/Period").and_then(Value::as_i64);
        let period = period.filter(|period| *period > 0 && period % MINUTE == 0);
        let period = period.ok_or_else(|| invalid("Period must be a multiple of 60"))?;
        let statistic = text(query, "/MetricStat/Stat");
        if !["Sum", "Maximum"].contains(&statistic) {
            let message = format!("testkit's CloudWatch has no statistic {statistic}");
            return Err(invalid(&message));
        }
        let counted = self.counted();
        let minutes = counted.get(&metric(query)?);
        let minutes = minutes
            .into_iter()
            .flat_map(|minutes| minutes.range(from..to));
        let mut periods: BTreeMap<i64, f64> = BTreeMap::new();
        for (minute, Counted { sum, maximum }) in minutes {
            let first = minute.div_euclid(period) * period;
            let figure = periods.entry(first);
            if statistic == "Sum" {
                *figure.or_default() += sum;
            } else {
                let most = figure.or_insert(*maximum);
                *most = most.max(*maximum);
            }
        }
        let (timestamps, values): (Vec<i64>, Vec<f64>) = periods.into_iter().rev().unzip();
        Ok(json!({
            "Id": text(query, "/Id"),
            "Label": text(query, "/MetricStat/Metric/MetricName"),
            "Timestamps": timestamps,
            "Values": values,
            "StatusCode": "Complete",
        }))
    }
}

fn metric(query: &Value) -> Result<Metric, Refusal> {
    let metric = query.pointer("/MetricStat/Metric").unwrap_or(&Value::Null);
    let dimensions: BTreeMap<&str, &str> = each(metric, "Dimensions")
        .map(|dimension| (text(dimension, "/Name"), text(dimension, "/Value")))
        .collect();
    let given = [text(metric, "/Namespace"), text(metric, "/MetricName")];
    let values: Vec<&str> = dimensions.into_values().collect();
    if given.iter().chain(&values).any(|name| name.is_empty()) {
        return Err(invalid("a name is empty"));
    }
    let [namespace, name] = given.map(str::to_owned);
    let values = values.into_iter().map(str::to_owned);
    Ok((namespace, name, values.collect()))
}

fn check(queries: &[&Value]) -> Result<(), Refusal> {
    if queries.is_empty() || queries.len() > MOST_QUERIES {
        return Err(invalid("a request has 1 to 500 queries"));
    }
    let ids: BTreeSet<&str> = queries.iter().map(|query| text(query, "/Id")).collect();
    let is_id = |id: &&str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if ids.len() < queries.len() || !ids.iter().all(is_id) {
        return Err(invalid("an id is no id, or is another query's"));
    }
    Ok(())
}

fn invalid(message: &str) -> Refusal {
    ("ValidationError", message.to_owned())
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}
