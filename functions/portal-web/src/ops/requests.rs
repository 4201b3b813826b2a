//! Who asked for what, when and why.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use lambda_kit::redact::Redacted;
use serde::Deserialize;

use super::sums::{CountResponse, Sum, Told, over_time, sums};
use crate::{
    api::{Answer, Caller, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Query},
    visit::Visit,
};

/// How many pages of the API are added up for one of ours.
const PAGES: usize = 20;

/// `GET /v1/receipts/summary`.
#[derive(Deserialize)]
struct SummaryResponse {
    counts: Vec<CountResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// `GET /v1/receipts`.
#[derive(Deserialize)]
struct ReceiptsResponse {
    receipts: Vec<ReceiptResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct ReceiptResponse {
    at: Timestamp,
    #[serde(default)]
    profile_id: Option<String>,
    #[serde(default)]
    operator: Option<String>,
    #[serde(default)]
    agreement: Option<String>,
    purpose: String,
    #[serde(default)]
    reason: Option<Redacted<String>>,
    outcome: String,
    /// Which groups of fields were given.
    #[serde(default)]
    allowed: Vec<String>,
    #[serde(default)]
    withheld: std::collections::BTreeMap<String, String>,
}

/// The days that are asked about, and of which partner.
struct Span<'a> {
    from: Date,
    to: Date,
    partner: &'a str,
}

#[derive(Template)]
#[template(path = "ops/requests.html")]
struct Page<'a> {
    v: &'a Visit,
    span: &'a Span<'a>,
    charts: Vec<Chart>,
    sums: Vec<Sum>,
    /// Whether there is more than was added up.
    is_partial: bool,
    csv: String,
}

/// A chart with the key to its colours.
struct Chart {
    title: String,
    svg: String,
    key: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "ops/requests-of.html")]
struct OfPartner<'a> {
    v: &'a Visit,
    span: &'a Span<'a>,
    receipts: Vec<ReceiptResponse>,
    next: Option<String>,
}

pub(crate) async fn front() -> Redirect {
    Redirect::to("/ops/requests")
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let span = Span::read(&asked, asked.get("partner"), visit.now())?;
    let (counts, is_partial) = counted(api, &span).await?;
    let chart = |id, title: String, series: fn(&CountResponse) -> &str| {
        let all: u64 = counts.iter().map(|count| count.receipts).sum();
        let refused = counts.iter().filter(|count| count.outcome == "refused");
        let refused: u64 = refused.map(|count| count.receipts).sum();
        let told = Told {
            id,
            title,
            description: visit.t2("requests-described", "all", all, "refused", refused),
            others: visit.t("requests-others"),
            refused: visit.t("requests-refused"),
        };
        let bars = over_time(&counts, (span.from, span.to), series, told);
        let key = bars
            .classes
            .iter()
            .copied()
            .zip(bars.series.iter().cloned());
        Chart {
            title: bars.title.clone(),
            svg: bars.svg(),
            key: key.collect(),
        }
    };
    let charts = vec![
        chart("by-partner", visit.t("requests-by-partner"), |count| {
            &count.partner
        }),
        chart("by-purpose", visit.t("requests-by-purpose"), |count| {
            &count.purpose
        }),
    ];
    visit.page(&Page {
        v: &visit,
        span: &span,
        charts,
        sums: sums(&counts),
        is_partial,
        csv: span.address("/ops/requests.csv", ""),
    })
}

/// The numbers of the charts, for a spreadsheet.
pub(crate) async fn table(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let span = Span::read(&asked, asked.get("partner"), visit.now())?;
    let (counts, _) = counted(api, &span).await?;
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [&str; 5]| table.write_record(row);
    let mut written = write(["day", "partner", "purpose", "outcome", "requests"]);
    for count in &counts {
        let (day, receipts) = (count.day.to_string(), count.receipts.to_string());
        let row = [
            &day,
            &count.partner,
            &count.purpose,
            &count.outcome,
            &receipts,
        ];
        written = written.and_then(|()| write(row.map(String::as_str)));
    }
    written.map_err(|error| Failure::unavailable(&error))?;
    let table = table
        .into_inner()
        .map_err(|error| Failure::unavailable(&error))?;
    let name = format!(
        "attachment; filename=\"requests-{}-{}.csv\"",
        span.from, span.to
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, table).into_response())
}

/// What one partner asked for, one by one.
pub(crate) async fn of_partner(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let span = Span::read(&asked, &partner, visit.now())?;
    let page: Answer<ReceiptsResponse> = api
        .get(&span.of_api("/v1/receipts", asked.get("cursor")))
        .await?;
    let own = path(&["ops", "requests", &partner]);
    visit.page(&OfPartner {
        v: &visit,
        next: page
            .body
            .next
            .as_deref()
            .map(|cursor| span.address(&own, cursor)),
        span: &span,
        receipts: page.body.receipts,
    })
}

/// All counts of the time, over as many pages as there are; whether there are more than are read.
async fn counted(api: Caller<'_>, span: &Span<'_>) -> Result<(Vec<CountResponse>, bool), Failure> {
    let mut counts = Vec::new();
    let mut cursor = String::new();
    for _ in 0..PAGES {
        let path = span.of_api("/v1/receipts/summary", &cursor);
        let page: Answer<SummaryResponse> = api.get(&path).await?;
        counts.extend(page.body.counts);
        match page.body.next {
            Some(next) => cursor = next,
            None => return Ok((counts, false)),
        }
    }
    Ok((counts, true))
}

impl<'a> Span<'a> {
    /// The last thirty days, if nothing else is asked for.
    fn read(asked: &Fields, partner: &'a str, now: Timestamp) -> Result<Self, Failure> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let day = |name: &str, otherwise: Date| match asked.get(name) {
            "" => Ok(otherwise),
            day => day.parse::<Date>().map_err(|_| Failure::BadRequest),
        };
        let to = day("to", today)?;
        let earlier = to.checked_sub(29.days()).map_err(|_| Failure::BadRequest)?;
        let from = day("from", earlier)?;
        if from > to {
            return Err(Failure::BadRequest);
        }
        Ok(Self { from, to, partner })
    }

    /// A path of the API of this time.
    fn of_api(&self, path: &str, cursor: &str) -> String {
        let after = self.to.tomorrow().unwrap_or(self.to);
        let from = format!("{}T00:00:00Z", self.from);
        let to = format!("{after}T00:00:00Z");
        let parameters = [
            ("partner", self.partner),
            ("from", &from),
            ("to", &to),
            ("cursor", cursor),
        ];
        query(path, &parameters)
    }

    /// A page of ours of this time.
    fn address(&self, path: &str, cursor: &str) -> String {
        let (from, to) = (self.from.to_string(), self.to.to_string());
        query(path, &[("from", &from), ("to", &to), ("cursor", cursor)])
    }
}
