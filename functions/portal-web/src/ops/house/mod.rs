//! How the house is doing: what goes through it, what waits and what fails.

mod map;
mod sums;
mod wire;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use chart::{Bars, Column, Spark};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use self::{
    sums::{Group, groups, matters, over_time},
    wire::{HouseResponse, PartResponse, Parts, both},
    words::Words,
};
use crate::{
    api::{Answer, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Query},
    visit::Visit,
};

/// Of which time the figures are, and whether the page goes on by itself.
struct Asked<'a> {
    over: &'a str,
    is_live: bool,
    page: String,
}

#[derive(Template)]
#[template(path = "ops/house.html")]
struct Whole<'a> {
    v: &'a Visit,
    asked: &'a Asked<'a>,
    as_of: Timestamp,
    map: String,
    bars: String,
    matters: Vec<MatterRow>,
    groups: Vec<GroupRow>,
}

#[derive(Template)]
#[template(path = "ops/house-group.html")]
struct OfGroup<'a> {
    v: &'a Visit,
    asked: &'a Asked<'a>,
    as_of: Timestamp,
    name: String,
    map: String,
    parts: Vec<PartRow<'a>>,
}

/// What somebody should look at.
struct MatterRow {
    name: String,
    what: String,
    page: String,
}

/// A context in the table below the map.
struct GroupRow {
    context: String,
    name: String,
    page: String,
    through: Option<u64>,
    failed: Option<u64>,
    waiting: Option<u64>,
    oldest: Option<String>,
    stuck: Option<u64>,
    spark: String,
    is_bad: bool,
}

/// A part in the table below the map of its context.
struct PartRow<'a> {
    part: &'a PartResponse,
    kind: String,
    failed: Option<u64>,
    oldest: Option<String>,
    /// What lies in its dead-letter queue, and where that is seen.
    stuck: Option<u64>,
    dead_letters: Option<String>,
    spark: String,
    is_bad: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(fields): Query,
) -> Answered {
    let asked = Asked::read(&fields, "/ops/flows".to_owned())?;
    let mut house = read(&portal, &visit, &asked).await?;
    let parts = house.parts();
    let (words, groups) = (Words(&visit), groups(&parts));
    let matters = matters(&parts).into_iter();
    let matters = matters.map(|(part, matter)| MatterRow {
        name: part.name.clone(),
        what: words.matter(matter),
        page: match part.kind.as_str() {
            "dead-letters" => path(&["ops", "flows", &part.name]),
            _ => asked.of_group(&part.context),
        },
    });
    visit.page(&Whole {
        v: &visit,
        as_of: house.as_of,
        map: map::of_all(&parts, &groups, &words).svg(),
        bars: bars(&words, &house, &parts),
        matters: matters.collect(),
        groups: groups
            .iter()
            .map(|group| row(group, &asked, &words))
            .collect(),
        asked: &asked,
    })
}

/// The parts of one context.
pub(crate) async fn group(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(context): Path<String>,
    Query(fields): Query,
) -> Answered {
    let asked = Asked::read(&fields, path(&["ops", "flows", "house", &context]))?;
    let mut house = read(&portal, &visit, &asked).await?;
    let parts = house.parts();
    let words = Words(&visit);
    let mut groups = groups(&parts).into_iter();
    let group = groups.find(|group| group.context == context);
    let group = group.ok_or(Failure::NotFound)?;
    let counted = ["function", "queue", "rule", "schedule"];
    let rows = counted
        .iter()
        .flat_map(|kind| group.parts.iter().filter(|part| part.is(kind)));
    visit.page(&OfGroup {
        v: &visit,
        asked: &asked,
        as_of: house.as_of,
        name: words.context(group.context),
        map: map::of_group(&parts, &group, &words).svg(),
        parts: rows.map(|part| part_row(part, &parts, &words)).collect(),
    })
}

async fn read(portal: &Portal, visit: &Visit, asked: &Asked<'_>) -> Result<HouseResponse, Failure> {
    let api = visit.operators_api(portal)?;
    let of_api = query("/v1/operations/house", &[("over", asked.over)]);
    let house: Answer<HouseResponse> = api.get(&of_api).await?;
    Ok(house.body)
}

impl<'a> Asked<'a> {
    fn read(fields: &'a Fields, page: String) -> Result<Self, Failure> {
        let over = match fields.get("over") {
            "" => "1h",
            over @ ("1h" | "24h") => over,
            _ => return Err(Failure::BadRequest),
        };
        let is_live = fields.get("live") != "no";
        Ok(Self {
            over,
            is_live,
            page,
        })
    }

    /// This page, with these settings.
    fn address(&self, over: &str, is_live: bool) -> String {
        let live = if is_live { "" } else { "no" };
        let over = if over == "1h" { "" } else { over };
        query(&self.page, &[("over", over), ("live", live)])
    }

    /// The page as it is.
    fn same(&self) -> String {
        self.address(self.over, self.is_live)
    }

    fn hour(&self) -> String {
        self.address("1h", self.is_live)
    }

    fn day(&self) -> String {
        self.address("24h", self.is_live)
    }

    /// The page that stands still, or goes on again.
    fn other_way(&self) -> String {
        self.address(self.over, !self.is_live)
    }

    fn of_group(&self, context: &str) -> String {
        let page = path(&["ops", "flows", "house", context]);
        let of_group = Asked { page, ..*self };
        of_group.same()
    }
}

/// All runs over time, and those that failed; nothing where nothing is known of them.
fn bars(words: &Words<'_>, house: &HouseResponse, parts: &Parts) -> String {
    let [through, failed] = over_time(parts);
    let step = SignedDuration::from_secs(i64::from(house.step_seconds));
    let columns = (0_i32..).zip(&through).map(|(n, runs)| {
        let at = house.from.checked_add(step * n).unwrap_or(house.from);
        let at = at.to_zoned(TimeZone::UTC);
        let failed = usize::try_from(n)
            .ok()
            .and_then(|n| failed.get(n).copied().flatten());
        let failed = failed.unwrap_or_default();
        Column {
            label: format!("{:02}:{:02}", at.hour(), at.minute()),
            values: vec![runs.unwrap_or_default().saturating_sub(failed), failed],
        }
    });
    let sum = |steps: &[Option<u64>]| steps.iter().copied().fold(None, both);
    let runs = sum(&through);
    let bars = Bars {
        id: "house-runs".to_owned(),
        title: words.0.t("house-over-time"),
        description: words.described(runs, sum(&failed)),
        classes: vec!["s0", "refused"],
        series: vec![words.0.t("house-done"), words.0.t("house-failing")],
        columns: columns.collect(),
    };
    if runs.is_some() {
        bars.svg()
    } else {
        String::new()
    }
}

fn row(group: &Group<'_>, asked: &Asked<'_>, words: &Words<'_>) -> GroupRow {
    let name = words.context(group.context);
    let is_something = |figure: Option<u64>| figure.is_some_and(|figure| figure > 0);
    GroupRow {
        context: group.context.to_owned(),
        page: asked.of_group(group.context),
        through: group.through,
        failed: group.failed,
        waiting: group.waiting,
        oldest: group.oldest.map(|seconds| words.age(seconds)),
        stuck: group.stuck,
        spark: spark(&name, &group.steps),
        is_bad: is_something(group.failed) || is_something(group.stuck),
        name,
    }
}

fn part_row<'a>(part: &'a PartResponse, parts: &Parts, words: &Words<'_>) -> PartRow<'a> {
    let letters = parts.dead_letters_of(part);
    let stuck = letters.and_then(|letters| letters.waiting);
    let failed = part.failed();
    let is_something = |figure: Option<u64>| figure.is_some_and(|figure| figure > 0);
    PartRow {
        part,
        kind: words.0.name("kind", &part.kind),
        failed,
        oldest: part.oldest_seconds.map(|seconds| words.age(seconds)),
        stuck,
        dead_letters: letters.map(|letters| path(&["ops", "flows", &letters.name])),
        spark: spark(&part.name, &part.series.through),
        is_bad: is_something(failed) || is_something(stuck),
    }
}

/// How much went through step by step; nothing where nothing is known of it.
fn spark(name: &str, steps: &[Option<u64>]) -> String {
    let is_known = steps.iter().any(Option::is_some);
    let spark = Spark {
        title: name.to_owned(),
        steps: steps.to_vec(),
        class: "s0",
    };
    if is_known { spark.svg() } else { String::new() }
}
