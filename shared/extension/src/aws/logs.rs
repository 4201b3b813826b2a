//! What extensions wrote to their logs.

use aws_sdk_cloudwatchlogs::Client;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::error::ServiceError;
use serde::Deserialize;
use tenancy::ExtensionName;

/// As many pages of a group as are gone through for one answer.
const PAGES: u32 = 10;

/// What stands in each line of a host about a run.
const MARK: &str = "\"extension_log\"";

/// Reads groups of logs: `logs:FilterLogEvents` on those below one name.
#[derive(Debug, Clone)]
pub struct LogReader {
    client: Client,
}

/// What an extension wrote while it ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// On which event it ran, where that is known.
    pub event_id: Option<String>,
    /// Which version of it.
    pub version: Option<String>,
    /// What came of the run.
    pub outcome: Option<String>,
    /// What it wrote.
    pub message: String,
}

/// A line of a tenant's host about a run of one of its extensions.
#[derive(Deserialize)]
struct RunLine {
    extension: String,
    version: Option<String>,
    event_id: Option<String>,
    outcome: Option<String>,
    #[serde(default)]
    message: String,
}

impl LogReader {
    /// A reader.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// The last `most` lines that the host wrote for `extension` since `from`, the oldest first. A group that is
    /// not there has none.
    pub async fn of_host(
        &self,
        group: &str,
        extension: &ExtensionName,
        from: Timestamp,
        most: usize,
    ) -> Result<Vec<LogLine>, ServiceError> {
        self.last(group, Some(MARK), (from, most), |at, line| {
            let run: RunLine = serde_json::from_str(line).ok()?;
            (run.extension == extension.as_str()).then_some(LogLine {
                at,
                event_id: run.event_id,
                version: run.version,
                outcome: run.outcome,
                message: run.message,
            })
        })
        .await
    }

    /// The last `most` lines that an extension's own function wrote, likewise.
    pub async fn of_function(
        &self,
        group: &str,
        from: Timestamp,
        most: usize,
    ) -> Result<Vec<LogLine>, ServiceError> {
        self.last(group, None, (from, most), |at, line| {
            Some(LogLine {
                at,
                event_id: None,
                version: None,
                outcome: None,
                message: line.trim_end().to_owned(),
            })
        })
        .await
    }

    async fn last(
        &self,
        group: &str,
        pattern: Option<&str>,
        (from, most): (Timestamp, usize),
        read: impl Fn(Timestamp, &str) -> Option<LogLine>,
    ) -> Result<Vec<LogLine>, ServiceError> {
        let (mut lines, mut next) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self
                .client
                .filter_log_events()
                .log_group_name(group)
                .set_filter_pattern(pattern.map(str::to_owned))
                .start_time(from.as_millisecond())
                .set_next_token(next)
                .send()
                .await;
            let page = match page.map_err(|error| ServiceError::new("logs:FilterLogEvents", &error))
            {
                Ok(page) => page,
                Err(error) if error.code == "ResourceNotFoundException" => break,
                Err(error) => return Err(error),
            };
            for event in page.events.unwrap_or_default() {
                let at = event
                    .timestamp
                    .and_then(|at| Timestamp::from_millisecond(at).ok());
                let line = at.zip(event.message);
                lines.extend(line.and_then(|(at, line)| read(at, &line)));
            }
            let surplus = lines.len().saturating_sub(most);
            lines.drain(..surplus);
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(lines)
    }
}
