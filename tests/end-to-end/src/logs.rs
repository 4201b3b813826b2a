//! What the functions print, as the log groups keep it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::aws::{Aws, JsonService};

/// Every line that any function has printed so far, by log group.
pub fn all(aws: &Aws) -> Result<Vec<(String, Vec<String>)>> {
    let mut all = Vec::new();
    let mut body = json!({});
    loop {
        let page = aws.call(JsonService::Logs, "DescribeLogGroups", &body)?;
        let groups = page
            .get("logGroups")
            .and_then(Value::as_array)
            .context("a list of log groups")?;
        let names = groups
            .iter()
            .filter_map(|group| group.get("logGroupName")?.as_str());
        for name in names {
            all.push((name.to_owned(), of_group(aws, name)?));
        }
        match page.get("nextToken").and_then(Value::as_str) {
            Some(token) => body = json!({ "nextToken": token }),
            None => return Ok(all),
        }
    }
}

/// Every line in one log group.
fn of_group(aws: &Aws, group: &str) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut body = json!({ "logGroupName": group });
    loop {
        let page = aws.call(JsonService::Logs, "FilterLogEvents", &body)?;
        let events = page
            .get("events")
            .and_then(Value::as_array)
            .context("a page of log events")?;
        lines.extend(
            events
                .iter()
                .filter_map(|event| event.get("message")?.as_str())
                .map(str::to_owned),
        );
        match page.get("nextToken").and_then(Value::as_str) {
            Some(token) => body = json!({ "logGroupName": group, "nextToken": token }),
            None => return Ok(lines),
        }
    }
}
