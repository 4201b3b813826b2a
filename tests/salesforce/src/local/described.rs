//! The flows of a stack, as its functions are told that they have to be, in AppFlow's own words.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::appflow::Flows;
use crate::org::{EXTERNAL_ID, OUTCOME_TIME};

/// The columns of a file of outcomes.
const COLUMNS: [&str; 5] = [
    EXTERNAL_ID,
    "Action__c",
    "Result__c",
    "Reason__c",
    OUTCOME_TIME,
];

/// How the names of a stack's flows begin, and the one that brings outcomes back.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Names {
    prefix: String,
    pub(crate) outcomes: String,
}

impl Names {
    /// The flow that brings the changes of a kind.
    pub(crate) fn changes(&self, kind: &str) -> String {
        format!("{}salesforce-{kind}-changes", self.prefix)
    }
}

/// Puts the flows there that `described` asks for, all of them active, with the connection that they share.
pub(crate) fn put(flows: &mut Flows, described: &Value) -> Result<Names> {
    let text = |pointer: &str| {
        let found = described.pointer(pointer).and_then(Value::as_str);
        found.with_context(|| format!("the flows are described without {pointer}"))
    };
    let (prefix, profile) = (text("/prefix")?, text("/profile")?);
    flows.put_profile(profile);
    let changes = described.get("changes").and_then(Value::as_object);
    for (name, object) in changes.into_iter().flatten() {
        let bus = (text("/event_source")?, text("/events_bucket")?);
        flows.put(
            &format!("{prefix}{name}"),
            changes_flow(object, profile, bus),
        );
    }
    let outcomes = format!("{prefix}{}", text("/outcomes/name")?);
    let buckets = (text("/outcomes/bucket")?, text("/outcomes/errors_bucket")?);
    let object = (text("/outcomes/object")?, text("/outcomes/schedule")?);
    flows.put(&outcomes, outcomes_flow(object, profile, buckets));
    Ok(Names {
        prefix: prefix.to_owned(),
        outcomes,
    })
}

fn changes_flow(object: &Value, profile: &str, (bus, errors): (&str, &str)) -> Value {
    json!({
        "triggerConfig": { "triggerType": "Event" },
        "sourceFlowConfig": {
            "connectorType": "Salesforce",
            "connectorProfileName": profile,
            "sourceConnectorProperties": { "Salesforce": {
                "object": object,
                "enableDynamicFieldUpdate": false,
                "includeDeletedRecords": false,
            } },
        },
        "destinationFlowConfigList": [{
            "connectorType": "EventBridge",
            "destinationConnectorProperties": { "EventBridge": {
                "object": bus,
                "errorHandlingConfig": { "bucketName": errors, "failOnFirstDestinationError": false },
            } },
        }],
        "tasks": [{
            "sourceFields": [],
            "connectorOperator": { "Salesforce": "NO_OP" },
            "taskType": "Map_all",
            "taskProperties": { "EXCLUDE_SOURCE_FIELDS_LIST": "[]" },
        }],
    })
}

fn outcomes_flow(
    (object, every): (&str, &str),
    profile: &str,
    (bucket, errors): (&str, &str),
) -> Value {
    let filter = json!({
        "sourceFields": COLUMNS,
        "connectorOperator": { "S3": "PROJECTION" },
        "taskType": "Filter",
    });
    let each = COLUMNS.map(|column| {
        json!({
            "sourceFields": [column],
            "connectorOperator": { "S3": "NO_OP" },
            "destinationField": column,
            "taskType": "Map",
        })
    });
    let tasks: Vec<Value> = [filter].into_iter().chain(each).collect();
    json!({
        "triggerConfig": {
            "triggerType": "Scheduled",
            "triggerProperties": { "Scheduled": {
                "scheduleExpression": every, "dataPullMode": "Incremental",
            } },
        },
        "sourceFlowConfig": {
            "connectorType": "S3",
            "sourceConnectorProperties": { "S3": {
                "bucketName": bucket, "bucketPrefix": "outcomes",
                "s3InputFormatConfig": { "s3InputFileType": "CSV" },
            } },
        },
        "destinationFlowConfigList": [{
            "connectorType": "Salesforce",
            "connectorProfileName": profile,
            "destinationConnectorProperties": { "Salesforce": {
                "object": object,
                "idFieldNames": [EXTERNAL_ID],
                "writeOperationType": "UPSERT",
                "dataTransferApi": "REST_SYNC",
                "errorHandlingConfig": { "bucketName": errors, "failOnFirstDestinationError": true },
            } },
        }],
        "tasks": tasks,
    })
}
