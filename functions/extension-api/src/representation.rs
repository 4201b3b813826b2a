//! How extensions look to an operator.

use extension::{
    DayUsage, Kind, LogLine, Pause, Problem, Version, WantedType,
    registry::{
        Extension, ExtensionState, ExtensionVersion, Host, HostState, Step, Upload, UploadId,
        UploadState, VersionState,
    },
};
use jiff::{Timestamp, civil::Date};
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{ExtensionName, Purpose};

/// What Lambda takes for a gigabyte that is held for a second, and for a request, in dollars: arm64, eu-central-1,
/// October 2026 (<https://aws.amazon.com/lambda/pricing/>).
const PER_GIGABYTE_SECOND: f64 = 0.000_013_333_4;
const PER_REQUEST: f64 = 0.000_000_2;

/// As many milliseconds by bytes as a gigabyte that is held for a second.
const GIGABYTE_SECOND: f64 = 1_073_741_824.0 * 1_000.0;

/// What is in a list of extensions.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ExtensionsResponse<'a> {
    extensions: Vec<ExtensionResponse<'a>>,
}

/// An extension, and what runs of it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ExtensionResponse<'a> {
    extension: &'a ExtensionName,
    state: ExtensionState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    active: Option<&'a Version>,
    /// What ran before, and is gone back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    previous: Option<&'a Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    kind: Option<Kind>,
    /// On which types of events it runs.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    events: &'a [WantedType],
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a Purpose>,
    ordered: bool,
    revision: u64,
    changed_by: &'a str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    changed_at: Timestamp,
}

/// The same with its versions, and how it is doing.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ShownExtensionResponse<'a> {
    #[serde(flatten)]
    extension: ExtensionResponse<'a>,
    /// The newest first.
    versions: Vec<VersionResponse<'a>>,
    /// Why it is not run for a while, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<PauseResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<HostResponse>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionVersionResponse))]
struct VersionResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    version: &'a Version,
    state: VersionState,
    /// The SHA-256 of its package.
    sha256: &'a str,
    /// Why it can't be run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemResponse<'a>>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    created_at: Timestamp,
}

/// Something that is wrong with a package.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PackageProblem))]
struct ProblemResponse<'a> {
    /// Where; empty if it is the whole.
    field: &'a str,
    /// What, and what to do about it.
    problem: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionPause))]
struct PauseResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    since: Timestamp,
    cause: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionHost))]
struct HostResponse {
    state: HostState,
    /// How many extensions of the tenant it is there for.
    extensions: u32,
}

/// How far a package is.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct UploadStateResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    upload_id: &'a str,
    state: UploadState,
    /// What was done last, while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<Step>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    version: Option<&'a Version>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemResponse<'a>>,
}

/// What an extension wrote.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ExtensionLogsResponse<'a> {
    /// The oldest first.
    lines: Vec<LineResponse<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionLogLine))]
struct LineResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    message: &'a str,
}

/// What an extension used.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ExtensionUsageResponse {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Day))]
    from: Date,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Day))]
    to: Date,
    total: UsedResponse,
    /// The days on which it ran.
    days: Vec<DayResponse>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionUsageOfDay))]
struct DayResponse {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Day))]
    day: Date,
    #[serde(flatten)]
    used: UsedResponse,
}

#[derive(Serialize, Default, Clone, Copy)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ExtensionUsage))]
struct UsedResponse {
    events: u64,
    /// On how many of them it failed for good.
    errors: u64,
    /// How many it was not given, since the person's decision did not allow it.
    withheld: u64,
    duration_ms: u64,
    /// How much WebAssembly it computed.
    fuel: u64,
    /// Memory by the time for which it was taken.
    gigabyte_seconds: f64,
    /// What AWS takes for its runs, about: without what all extensions share.
    estimated_usd: f64,
}

impl UsedResponse {
    fn of(usage: &DayUsage) -> Self {
        let gigabyte_seconds = as_float(usage.memory_bytes_ms) / GIGABYTE_SECOND;
        let requests = as_float(usage.events) * PER_REQUEST;
        Self {
            events: usage.events,
            errors: usage.errors,
            withheld: usage.withheld,
            duration_ms: usage.duration_ms,
            fuel: usage.fuel,
            gigabyte_seconds,
            estimated_usd: gigabyte_seconds.mul_add(PER_GIGABYTE_SECOND, requests),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            events: self.events + other.events,
            errors: self.errors + other.errors,
            withheld: self.withheld + other.withheld,
            duration_ms: self.duration_ms + other.duration_ms,
            fuel: self.fuel.saturating_add(other.fuel),
            gigabyte_seconds: self.gigabyte_seconds + other.gigabyte_seconds,
            estimated_usd: self.estimated_usd + other.estimated_usd,
        }
    }
}

/// An estimate bears what a float leaves out.
#[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
const fn as_float(number: u64) -> f64 {
    number as f64
}

pub(crate) fn json(status: u16, body: &impl Serialize) -> Response {
    Response::json(status, "application/json", body)
}

pub(crate) fn extensions(all: &[Extension]) -> Response {
    let extensions = all.iter().map(one).collect();
    json(200, &ExtensionsResponse { extensions })
}

/// What became of an extension.
pub(crate) fn changed(status: u16, extension: &Extension) -> Response {
    json(status, &one(extension))
}

pub(crate) fn extension(
    extension: &Extension,
    versions: &[ExtensionVersion],
    host: Option<&Host>,
    paused: Option<&Pause>,
) -> Response {
    let mut versions: Vec<VersionResponse<'_>> = versions.iter().map(version).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.created_at));
    let body = ShownExtensionResponse {
        extension: one(extension),
        versions,
        paused: paused.map(|pause| PauseResponse {
            since: pause.since,
            cause: &pause.cause,
        }),
        host: host.map(|host| HostResponse {
            state: host.state,
            extensions: host.extensions,
        }),
    };
    json(200, &body)
}

pub(crate) fn upload(id: &UploadId, upload: &Upload) -> Response {
    let body = UploadStateResponse {
        upload_id: id.as_str(),
        state: upload.state,
        step: upload.step,
        version: upload.version.as_ref(),
        problems: problems(&upload.problems),
    };
    json(200, &body)
}

pub(crate) fn logs(lines: &[LogLine]) -> Response {
    let lines = lines.iter().map(|line| LineResponse {
        at: line.at,
        event_id: line.event_id.as_deref(),
        version: line.version.as_deref(),
        outcome: line.outcome.as_deref(),
        message: &line.message,
    });
    let lines = lines.collect();
    json(200, &ExtensionLogsResponse { lines })
}

pub(crate) fn usage(days: &[Date], used: &[(Date, DayUsage)]) -> Response {
    let days_used = used.iter().map(|(day, usage)| DayResponse {
        day: *day,
        used: UsedResponse::of(usage),
    });
    let days_used: Vec<DayResponse> = days_used.collect();
    let each = days_used.iter().map(|day| day.used);
    let total = each.fold(UsedResponse::default(), UsedResponse::and);
    let body = ExtensionUsageResponse {
        from: days.first().copied().unwrap_or_default(),
        to: days.last().copied().unwrap_or_default(),
        total,
        days: days_used,
    };
    json(200, &body)
}

fn one(extension: &Extension) -> ExtensionResponse<'_> {
    ExtensionResponse {
        extension: &extension.name,
        state: extension.state,
        active: extension.active.as_ref(),
        previous: extension.previous.as_ref(),
        kind: extension.kind,
        events: &extension.events,
        purpose: extension.purpose.as_ref(),
        ordered: extension.ordered,
        revision: extension.revision,
        changed_by: &extension.changed_by,
        changed_at: extension.changed_at,
    }
}

fn version(version: &ExtensionVersion) -> VersionResponse<'_> {
    VersionResponse {
        version: &version.version,
        state: version.state,
        sha256: &version.digest,
        problems: problems(&version.problems),
        created_at: version.created_at,
    }
}

fn problems(all: &[Problem]) -> Vec<ProblemResponse<'_>> {
    let all = all.iter().map(|problem| ProblemResponse {
        field: &problem.field,
        problem: &problem.problem,
    });
    all.collect()
}
