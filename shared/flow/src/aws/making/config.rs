//! How a flow is described to AppFlow.

use aws_sdk_appflow::{
    error::BuildError,
    types::{
        ConnectorOperator, ConnectorType, DataPullMode, DestinationConnectorProperties,
        DestinationFlowConfig, ErrorHandlingConfig, EventBridgeDestinationProperties,
        OperatorPropertiesKeys, S3ConnectorOperator, S3InputFileType, S3InputFormatConfig,
        S3SourceProperties, SalesforceConnectorOperator, SalesforceDataTransferApi,
        SalesforceDestinationProperties, SalesforceSourceProperties, ScheduledTriggerProperties,
        SourceConnectorProperties, SourceFlowConfig, Task, TaskType, TriggerConfig,
        TriggerProperties, TriggerType, WriteOperationType,
    },
};
use lambda_kit::error::ServiceError;

use crate::{
    Direction, Expected,
    aws::unmakeable,
    expected::{OUTCOME_FIELDS, OUTCOMES_PREFIX, REJECTED_PREFIX},
};

/// After as many failures in a row AppFlow switches a scheduled flow off: by then it was told of.
const DEACTIVATED_AFTER: i32 = 10;

pub(super) struct Config {
    pub(super) trigger: TriggerConfig,
    pub(super) source: SourceFlowConfig,
    pub(super) destination: DestinationFlowConfig,
    pub(super) tasks: Vec<Task>,
}

impl Config {
    pub(super) fn of(flow: &Expected) -> Result<Self, ServiceError> {
        let config = match flow.direction {
            Direction::In => Self::of_changes(flow),
            Direction::Out => Self::of_outcomes(flow),
        };
        config.map_err(|_| unmakeable("appflow:CreateFlow"))
    }

    /// Each event of a channel, whole, to the partner's bus.
    fn of_changes(flow: &Expected) -> Result<Self, BuildError> {
        let shape = &flow.shape;
        let events = SalesforceSourceProperties::builder()
            .object(&shape.source)
            .enable_dynamic_field_update(false)
            .include_deleted_records(false)
            .build()?;
        let properties = SourceConnectorProperties::builder().salesforce(events);
        let bus = EventBridgeDestinationProperties::builder()
            .object(&shape.destination)
            // What is too large for a bus goes there, and so does what the bus did not take.
            .error_handling_config(errors(&shape.errors_bucket, None, false))
            .build()?;
        let everything = Task::builder()
            .set_source_fields(Some(Vec::new()))
            .connector_operator(
                ConnectorOperator::builder()
                    .salesforce(SalesforceConnectorOperator::NoOp)
                    .build(),
            )
            .task_type(TaskType::MapAll)
            .task_properties(OperatorPropertiesKeys::ExcludeSourceFieldsList, "[]");
        Ok(Self {
            trigger: TriggerConfig::builder()
                .trigger_type(TriggerType::Event)
                .build()?,
            source: SourceFlowConfig::builder()
                .connector_type(ConnectorType::Salesforce)
                .connector_profile_name(&shape.profile)
                .source_connector_properties(properties.build())
                .build()?,
            destination: DestinationFlowConfig::builder()
                .connector_type(ConnectorType::Eventbridge)
                .destination_connector_properties(
                    DestinationConnectorProperties::builder()
                        .event_bridge(bus)
                        .build(),
                )
                .build()?,
            tasks: vec![everything.build()?],
        })
    }

    /// The rows of new files, into one object by its external id.
    fn of_outcomes(flow: &Expected) -> Result<Self, BuildError> {
        let shape = &flow.shape;
        let bucket = shape.source.split('/').next().unwrap_or_default();
        let files = S3SourceProperties::builder()
            .bucket_name(bucket)
            .bucket_prefix(OUTCOMES_PREFIX)
            .s3_input_format_config(
                S3InputFormatConfig::builder()
                    .s3_input_file_type(S3InputFileType::Csv)
                    .build(),
            )
            .build()?;
        let rows = SalesforceDestinationProperties::builder()
            .object(&shape.destination)
            .id_field_names("Record_ID__c")
            .write_operation_type(WriteOperationType::Upsert)
            // Which one AppFlow would choose depends on how many rows there are; and each has limits and
            // failures of its own.
            .data_transfer_api(SalesforceDataTransferApi::RestSync)
            .error_handling_config(errors(&shape.errors_bucket, Some(REJECTED_PREFIX), true))
            .build()?;
        Ok(Self {
            trigger: scheduled(flow.schedule.as_deref().unwrap_or_default())?,
            source: SourceFlowConfig::builder()
                .connector_type(ConnectorType::S3)
                .source_connector_properties(SourceConnectorProperties::builder().s3(files).build())
                .build()?,
            destination: DestinationFlowConfig::builder()
                .connector_type(ConnectorType::Salesforce)
                .connector_profile_name(&shape.profile)
                .destination_connector_properties(
                    DestinationConnectorProperties::builder()
                        .salesforce(rows)
                        .build(),
                )
                .build()?,
            tasks: fields()?,
        })
    }
}

/// Each time only what was written since the last time.
fn scheduled(every: &str) -> Result<TriggerConfig, BuildError> {
    let schedule = ScheduledTriggerProperties::builder()
        .schedule_expression(every)
        .data_pull_mode(DataPullMode::Incremental)
        .flow_error_deactivation_threshold(DEACTIVATED_AFTER)
        .build()?;
    TriggerConfig::builder()
        .trigger_type(TriggerType::Scheduled)
        .trigger_properties(TriggerProperties::builder().scheduled(schedule).build())
        .build()
}

fn errors(bucket: &str, prefix: Option<&str>, stops: bool) -> ErrorHandlingConfig {
    ErrorHandlingConfig::builder()
        .bucket_name(bucket)
        .set_bucket_prefix(prefix.map(str::to_owned))
        .fail_on_first_destination_error(stops)
        .build()
}

/// Which columns are read, and that each goes into the field of its name.
fn fields() -> Result<Vec<Task>, BuildError> {
    let operator = |operator| ConnectorOperator::builder().s3(operator).build();
    let read = Task::builder()
        .set_source_fields(Some(OUTCOME_FIELDS.map(|(name, _)| name.to_owned()).into()))
        .connector_operator(operator(S3ConnectorOperator::Projection))
        .task_type(TaskType::Filter)
        .build()?;
    let mut tasks = vec![read];
    for (field, kind) in OUTCOME_FIELDS {
        let mapped = Task::builder()
            .source_fields(field)
            .connector_operator(operator(S3ConnectorOperator::NoOp))
            .destination_field(field)
            .task_type(TaskType::Map)
            .task_properties(OperatorPropertiesKeys::SourceDataType, "string")
            .task_properties(OperatorPropertiesKeys::DestinationDataType, kind)
            .build()?;
        tasks.push(mapped);
    }
    Ok(tasks)
}
