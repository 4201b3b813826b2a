//! Looking at flows.

use aws_sdk_appflow::{
    Client,
    operation::describe_flow::{DescribeFlowError, DescribeFlowOutput},
    types::{
        DestinationFlowConfig, ErrorHandlingConfig, ExecutionRecord, ExecutionStatus, FlowStatus,
        SalesforceDataTransferApi, SourceFlowConfig, TaskType, TriggerType, WriteOperationType,
    },
};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;

use super::timestamp;
use crate::{Cause, Run, RunState, Seen, Shape, Status, Trigger, expected::writing};

/// As many runs as are looked at: more than a flow has in the hour in which it is tried to be mended.
const MOST_RUNS: i32 = 100;

/// Looks at flows and at their runs: `appflow:DescribeFlow` and `appflow:DescribeFlowExecutionRecords` on
/// them.
#[derive(Debug, Clone)]
pub struct FlowReader {
    describer: FlowDescriber,
}

/// Looks at flows alone: `appflow:DescribeFlow` on them.
#[derive(Debug, Clone)]
pub struct FlowDescriber {
    client: Client,
}

impl FlowDescriber {
    /// A reader of the account's flows.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// The flow of that name, without its runs; `None` if there is no such flow.
    pub async fn look(&self, name: &str) -> Result<Option<Seen>, ServiceError> {
        let answer = self.client.describe_flow().flow_name(name).send().await;
        let flow = match answer {
            Ok(flow) => flow,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeFlowError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(ServiceError::new("appflow:DescribeFlow", &error)),
        };
        Ok(status(&flow).map(|status| Seen {
            status,
            shape: shape(&flow),
            said: said(&flow),
            runs: Vec::new(),
            has_all_runs: true,
        }))
    }
}

impl FlowReader {
    /// A reader of the account's flows.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            describer: FlowDescriber::new(sdk),
        }
    }

    /// The flow of that name with its runs, if it is a scheduled one; `None` if there is no such flow.
    pub async fn look(&self, name: &str) -> Result<Option<Seen>, ServiceError> {
        let Some(mut seen) = self.describer.look(name).await? else {
            return Ok(None);
        };
        if seen.shape.trigger == Trigger::Scheduled {
            (seen.runs, seen.has_all_runs) = self.runs(name).await?;
        }
        Ok(Some(seen))
    }

    /// The last runs, the oldest first, and whether there are no others.
    async fn runs(&self, name: &str) -> Result<(Vec<Run>, bool), ServiceError> {
        let answer = self
            .describer
            .client
            .describe_flow_execution_records()
            .flow_name(name)
            .max_results(MOST_RUNS)
            .send()
            .await
            .map_err(|error| ServiceError::new("appflow:DescribeFlowExecutionRecords", &error))?;
        let records = answer.flow_executions.unwrap_or_default();
        let mut runs: Vec<Run> = records.iter().filter_map(run).collect();
        runs.sort_by_key(|run| run.started_at);
        Ok((runs, answer.next_token.is_none()))
    }
}

/// `None` of one that was deleted.
fn status(flow: &DescribeFlowOutput) -> Option<Status> {
    match flow.flow_status.as_ref()? {
        FlowStatus::Active => Some(Status::Active),
        FlowStatus::Suspended => Some(Status::Suspended),
        FlowStatus::Errored => Some(Status::Errored),
        FlowStatus::Deleted => None,
        // Draft, Deprecated, and whatever AppFlow comes to call it: it is not at work.
        _ => Some(Status::Inactive),
    }
}

/// What the flow's texts say of a cause, of which nothing else is kept.
fn said(flow: &DescribeFlowOutput) -> Option<Cause> {
    let last = flow.last_run_execution_details.as_ref();
    let of_last = last.and_then(|last| last.most_recent_execution_message.as_deref());
    let texts = [flow.flow_status_message.as_deref(), of_last];
    texts.into_iter().flatten().find_map(Cause::said_by)
}

fn shape(flow: &DescribeFlowOutput) -> Shape {
    let trigger = flow.trigger_config.as_ref();
    let source = flow.source_flow_config.as_ref();
    let destinations = flow.destination_flow_config_list.as_deref();
    let destination = destinations.and_then(<[_]>::first);
    let tasks = flow.tasks.iter().flatten();
    let mapped = tasks.filter(|task| task.task_type == TaskType::Map);
    let profile = source
        .and_then(|source| source.connector_profile_name.as_ref())
        .or_else(|| destination.and_then(|to| to.connector_profile_name.as_ref()));
    let to = destination.map(target).unwrap_or_default();
    Shape {
        trigger: match trigger.map(|trigger| &trigger.trigger_type) {
            Some(TriggerType::Event) => Trigger::Event,
            Some(TriggerType::Scheduled) => Trigger::Scheduled,
            _ => Trigger::OnDemand,
        },
        source: source.map(from).unwrap_or_default(),
        destination: to.object,
        profile: profile.cloned().unwrap_or_default(),
        errors_bucket: to.errors_bucket,
        writing: to.writing,
        fields: mapped
            .filter_map(|task| task.destination_field.clone())
            .collect(),
    }
}

fn from(source: &SourceFlowConfig) -> String {
    let Some(properties) = &source.source_connector_properties else {
        return String::new();
    };
    if let Some(salesforce) = &properties.salesforce {
        return salesforce.object.clone();
    }
    properties.s3.as_ref().map_or_else(String::new, |s3| {
        let prefix = s3.bucket_prefix.as_deref().unwrap_or_default();
        format!("{}/{}", s3.bucket_name, prefix.trim_matches('/'))
    })
}

/// Where a flow goes to.
#[derive(Default)]
struct Target {
    object: String,
    errors_bucket: String,
    writing: Option<String>,
}

fn target(destination: &DestinationFlowConfig) -> Target {
    let Some(properties) = &destination.destination_connector_properties else {
        return Target::default();
    };
    let bucket = |errors: Option<&ErrorHandlingConfig>| {
        let bucket = errors.and_then(|errors| errors.bucket_name.clone());
        bucket.unwrap_or_default()
    };
    if let Some(bus) = &properties.event_bridge {
        return Target {
            object: bus.object.clone(),
            errors_bucket: bucket(bus.error_handling_config.as_ref()),
            writing: None,
        };
    }
    let Some(salesforce) = &properties.salesforce else {
        return Target::default();
    };
    let errors = salesforce.error_handling_config.as_ref();
    let operation = salesforce.write_operation_type.as_ref();
    let by = salesforce.id_field_names.clone().unwrap_or_default();
    let api = salesforce.data_transfer_api.as_ref();
    Target {
        object: salesforce.object.clone(),
        errors_bucket: bucket(errors),
        writing: Some(writing(
            operation.map_or("INSERT", WriteOperationType::as_str),
            &by.join(","),
            api.map_or("AUTOMATIC", SalesforceDataTransferApi::as_str),
            errors.is_some_and(|errors| errors.fail_on_first_destination_error),
        )),
    }
}

/// One that did not begin yet is none.
fn run(record: &ExecutionRecord) -> Option<Run> {
    let result = record.execution_result.as_ref();
    let errors = result.and_then(|result| result.error_info.as_ref());
    let message = errors.and_then(|errors| errors.execution_message.as_deref());
    let count = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
    Some(Run {
        started_at: timestamp(record.started_at.as_ref()?)?,
        state: match record.execution_status.as_ref()? {
            ExecutionStatus::Successful => RunState::Successful,
            ExecutionStatus::Inprogress | ExecutionStatus::Cancelstarted => RunState::Running,
            // Error, Canceled, and whatever AppFlow comes to call it.
            _ => RunState::Failed,
        },
        processed: count(result.and_then(|result| result.records_processed)).unwrap_or_default(),
        failures: count(errors.and_then(|errors| errors.put_failures_count)).unwrap_or_default(),
        said: message.and_then(Cause::said_by),
    })
}
