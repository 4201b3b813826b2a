//! Everything that a running stack keeps, as an operator with all permissions could read it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::aws::{Aws, JsonService};
use crate::fairlead::Fairlead;
use crate::logs;

/// What the names of buckets begin with that hold nothing of people: those of the deployment itself,
/// with the functions' code, and those that the tests of claim checks make for themselves.
const NOT_OF_PEOPLE: [&str; 2] = ["cdk-", "claim-check-"];

/// What is kept, by the place where it is: rows, users, what nobody took from a queue, objects, logs.
pub fn everything(fairlead: &Fairlead) -> Result<Vec<(String, String)>> {
    let aws = &fairlead.aws;
    let mut kept = Vec::new();
    for table in names(aws, JsonService::DynamoDb, "ListTables", "TableNames")? {
        kept.push((format!("table {table}"), rows(aws, &table)?));
    }
    let pool = json!({ "UserPoolId": fairlead.stack.output("UserPoolId")? });
    let users = aws.call(JsonService::Cognito, "ListUsers", &pool)?;
    kept.push(("the user pool".to_owned(), users.to_string()));
    for queue in names(aws, JsonService::Sqs, "ListQueues", "QueueUrls")? {
        // What is left in a queue that somebody works on is gone in a moment.
        if queue.contains("dead-letters") || queue.contains("parking") {
            kept.push((format!("queue {queue}"), waiting(aws, &queue)?));
        }
    }
    for bucket in between(&aws.get_object("")?.text(), "<Name>", "</Name>") {
        if NOT_OF_PEOPLE.iter().any(|start| bucket.starts_with(start)) {
            continue;
        }
        for key in between(&aws.get_object(&bucket)?.text(), "<Key>", "</Key>") {
            let held = aws.get_object(&format!("{bucket}/{key}"))?.text();
            kept.push((format!("bucket {bucket}"), format!("{key} {held}")));
        }
    }
    for (group, lines) in logs::all(aws)? {
        kept.push((format!("log {group}"), lines.join("\n")));
    }
    Ok(kept)
}

fn names(aws: &Aws, service: JsonService, operation: &str, field: &str) -> Result<Vec<String>> {
    let answer = aws.call(service, operation, &json!({}))?;
    let names = answer.get(field).and_then(Value::as_array).cloned();
    let names = names.unwrap_or_default().into_iter();
    Ok(names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect())
}

fn rows(aws: &Aws, table: &str) -> Result<String> {
    let mut rows = String::new();
    let mut body = json!({ "TableName": table });
    loop {
        let page = aws.call(JsonService::DynamoDb, "Scan", &body)?;
        rows.push_str(&page.to_string());
        let Some(next) = page.get("LastEvaluatedKey") else {
            return Ok(rows);
        };
        body = json!({ "TableName": table, "ExclusiveStartKey": next });
    }
}

/// What waits in a queue, which stays there.
fn waiting(aws: &Aws, queue: &str) -> Result<String> {
    let body = json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0 });
    let messages = aws.call(JsonService::Sqs, "ReceiveMessage", &body);
    Ok(messages
        .with_context(|| format!("reading {queue}"))?
        .to_string())
}

fn between(text: &str, before: &str, after: &str) -> Vec<String> {
    let pieces = text.split(before).skip(1);
    pieces
        .filter_map(|piece| piece.split(after).next())
        .map(str::to_owned)
        .collect()
}
