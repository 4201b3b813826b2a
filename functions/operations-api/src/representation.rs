//! What goes over the wire.

use flow::{Action, Breaker, Cause, Repair, State};
use house::{Figures, House, Measure, Part, PartId, Series};
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;

#[cfg(feature = "openapi")]
use crate::description::PartName;

/// How the house is doing.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct HouseResponse<'a> {
    /// When the figures were read.
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    as_of: Timestamp,
    /// When the first step begins.
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    from: Timestamp,
    /// When the last one ends, which is under way.
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    to: Timestamp,
    step_seconds: u32,
    parts: Vec<PartResponse<'a>>,
}

/// A part of the house. A figure that CloudWatch does not have is absent, which is not 0.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PartResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = PartName))]
    part: &'a PartId,
    /// `api`, `user-pool`, `schedule`, `rule`, `bus`, `topic`, `queue`, `dead-letters`, `function`,
    /// `state-machine` or `table`.
    kind: &'static str,
    /// Its name among those of its kind.
    name: &'a str,
    /// The context that it belongs to.
    context: &'a str,
    /// What it feeds.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<PartName>))]
    feeds: &'a [PartId],
    /// Where what fails there ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PartName>))]
    dead_letters: Option<&'a PartId>,
    /// Runs of a function, messages that a queue took, calls that a rule made.
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
    /// Messages of a queue that were done with.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<u64>,
    /// Events that a rule matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<u64>,
    /// Messages that lie there, at most in the latest step that has a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<u64>,
    /// The age of the oldest of them, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_seconds: Option<u64>,
    /// Runs that failed, or calls of a rule for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<u64>,
    /// Runs that were turned away, since there were too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    throttles: Option<u64>,
    series: SeriesResponse<'a>,
}

/// The same step by step; `null` where there is no figure.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SeriesResponse<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_seconds: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [Option<u64>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throttles: Option<&'a [Option<u64>]>,
}

/// How the flows between Salesforce and Fairlead are doing.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct FlowsResponse<'a> {
    flows: Vec<FlowResponse<'a>>,
}

/// A flow, and how far mending it is.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct FlowResponse<'a> {
    /// Its name in AppFlow; `reconciliation` stands for the counts.
    flow: &'a str,
    /// `in` if it brings changes, `out` if it takes outcomes, `both` of the counts of both.
    way: &'static str,
    /// `well`, `mending` or `given-up`.
    state: &'static str,
    /// Since when it is not well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    since: Option<Timestamp>,
    /// Why, as far as it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// How many tries there were since then.
    tries: u32,
    /// What was done in them, each once.
    tried: Vec<&'static str>,
    /// When something was last done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    acted_at: Option<Timestamp>,
    /// When the next try may be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    next_try_at: Option<Timestamp>,
    /// What it will do, as far as can be said without a look at the flow.
    next: Vec<&'static str>,
    /// Whether the support team knows.
    people_told: bool,
    /// The latest ten repairs, the newest first.
    repairs: Vec<RepairResponse>,
}

/// That a flow was not well for a while, and is again.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct RepairResponse {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    since: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    until: Timestamp,
    cause: &'static str,
    tries: u32,
    tried: Vec<&'static str>,
    /// Whether the support team was told.
    people_told: bool,
}

/// Which way a flow goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
    /// The counts of what went in and came out.
    Both,
}

pub(crate) fn house(house: &House, figures: &Figures) -> Response {
    let body = HouseResponse {
        as_of: figures.as_of,
        from: figures.span.from(),
        to: figures.span.to(),
        step_seconds: figures.span.over().step_seconds(),
        parts: house.parts().map(|part| of_part(part, figures)).collect(),
    };
    Response::json(200, "application/json", &body)
}

fn of_part<'a>(part: &'a Part, figures: &'a Figures) -> PartResponse<'a> {
    let series = |measure| figures.of(&part.id, measure);
    let sum = |measure| series(measure).and_then(Series::sum);
    let latest = |measure| series(measure).and_then(Series::latest);
    let steps = |measure| series(measure).map(Series::steps);
    PartResponse {
        part: &part.id,
        kind: part.id.kind().as_str(),
        name: part.id.name(),
        context: &part.context,
        feeds: &part.feeds,
        dead_letters: part.dead_letters.as_ref(),
        through: sum(Measure::Through),
        done: sum(Measure::Done),
        matched: sum(Measure::Matched),
        waiting: latest(Measure::Waiting),
        oldest_seconds: latest(Measure::Oldest),
        errors: sum(Measure::Errors),
        throttles: sum(Measure::Throttles),
        series: SeriesResponse {
            through: steps(Measure::Through),
            done: steps(Measure::Done),
            matched: steps(Measure::Matched),
            waiting: steps(Measure::Waiting),
            oldest_seconds: steps(Measure::Oldest),
            errors: steps(Measure::Errors),
            throttles: steps(Measure::Throttles),
        },
    }
}

pub(crate) fn flows<'a>(breakers: impl Iterator<Item = (&'a Breaker, Way)>) -> Response {
    let flows = breakers.map(|(breaker, way)| of_flow(breaker, way));
    let body = FlowsResponse {
        flows: flows.collect(),
    };
    Response::json(200, "application/json", &body)
}

fn of_flow(breaker: &Breaker, way: Way) -> FlowResponse<'_> {
    // Of a flow that is well the row may still say what people are to be told.
    let is_well = breaker.state() == State::Well;
    let ill = Some(breaker).filter(|_| !is_well);
    FlowResponse {
        flow: breaker.flow(),
        way: match way {
            Way::In => "in",
            Way::Out => "out",
            Way::Both => "both",
        },
        state: match breaker.state() {
            State::Well => "well",
            State::Mending => "mending",
            State::Open => "given-up",
        },
        since: ill.and_then(Breaker::since),
        cause: ill.and_then(Breaker::cause).map(Cause::name),
        tries: ill.map_or(0, Breaker::tries),
        tried: ill.map_or_else(Vec::new, |breaker| names(breaker.tried())),
        acted_at: ill.and_then(Breaker::acted_at),
        next_try_at: ill.and_then(Breaker::next_try_at),
        next: names(&breaker.next_actions()),
        people_told: ill.is_some_and(Breaker::is_told),
        repairs: breaker.repairs().iter().rev().map(of_repair).collect(),
    }
}

fn of_repair(repair: &Repair) -> RepairResponse {
    RepairResponse {
        since: repair.since,
        until: repair.until,
        cause: repair.cause.name(),
        tries: repair.tries,
        tried: names(&repair.tried),
        people_told: repair.told,
    }
}

fn names(actions: &[Action]) -> Vec<&'static str> {
    actions.iter().map(|action| action.name()).collect()
}
