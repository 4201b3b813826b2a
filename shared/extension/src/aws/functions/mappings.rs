//! What calls a host: event source mappings of its queues.

use aws_sdk_lambda::{
    operation::{
        create_event_source_mapping::CreateEventSourceMappingError,
        delete_event_source_mapping::DeleteEventSourceMappingError,
    },
    types::{EventSourceMappingConfiguration, FunctionResponseType, ScalingConfig},
};
use lambda_kit::error::ServiceError;

use super::FunctionKeeper;
use crate::aws::template::DescribedMapping;

impl FunctionKeeper {
    /// Has the function called with what lies in the queue.
    pub(crate) async fn map(
        &self,
        queue_arn: &str,
        function: &str,
        wanted: DescribedMapping,
    ) -> Result<(), ServiceError> {
        if self.is_mapped(queue_arn, function).await? {
            return Ok(());
        }
        let scaling = ScalingConfig::builder().maximum_concurrency(wanted.concurrency);
        let made = self
            .client
            .create_event_source_mapping()
            .event_source_arn(queue_arn)
            .function_name(function)
            .batch_size(wanted.batch)
            .function_response_types(FunctionResponseType::ReportBatchItemFailures)
            .scaling_config(scaling.build())
            .send()
            .await;
        match made {
            // What an answer that was lost had made is there by now.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateEventSourceMappingError::is_resource_conflict_exception) =>
            {
                Ok(())
            }
            made => made
                .map(|_| ())
                .map_err(|error| ServiceError::new("lambda:CreateEventSourceMapping", &error)),
        }
    }

    /// Whether the function is called with what lies in the queue.
    pub(crate) async fn is_mapped(
        &self,
        queue_arn: &str,
        function: &str,
    ) -> Result<bool, ServiceError> {
        let all = self.mappings(function).await?;
        let is_its = |mapping: &EventSourceMappingConfiguration| {
            mapping.event_source_arn() == Some(queue_arn) && mapping.state() != Some("Deleting")
        };
        Ok(all.iter().any(is_its))
    }

    /// Has nothing call the function any more.
    pub(crate) async fn unmap(&self, function: &str) -> Result<(), ServiceError> {
        for mapping in self.mappings(function).await? {
            let Some(id) = mapping.uuid else { continue };
            let removed = self
                .client
                .delete_event_source_mapping()
                .uuid(id)
                .send()
                .await;
            match removed {
                Err(error)
                    if error.as_service_error().is_some_and(
                        DeleteEventSourceMappingError::is_resource_not_found_exception,
                    ) => {}
                removed => {
                    removed.map_err(|error| {
                        ServiceError::new("lambda:DeleteEventSourceMapping", &error)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// There are two of a host at most.
    async fn mappings(
        &self,
        function: &str,
    ) -> Result<Vec<EventSourceMappingConfiguration>, ServiceError> {
        let found = self
            .client
            .list_event_source_mappings()
            .function_name(function)
            .send()
            .await
            .map_err(|error| ServiceError::new("lambda:ListEventSourceMappings", &error));
        match found {
            Ok(found) => Ok(found.event_source_mappings.unwrap_or_default()),
            Err(error) if error.code == "ResourceNotFoundException" => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
