//! Making flows, switching them on and off, and removing them.

mod config;

use aws_sdk_appflow::{
    Client,
    operation::{
        create_flow::CreateFlowError, delete_flow::DeleteFlowError, stop_flow::StopFlowError,
    },
};
use aws_types::SdkConfig;
use lambda_kit::{error::ServiceError, planted};

use self::config::Config;
use super::{Act, act};
use crate::Expected;

/// Makes flows: `appflow:CreateFlow`.
#[derive(Debug, Clone)]
pub struct FlowMaker {
    client: Client,
}

/// Switches flows on: `appflow:StartFlow` on them.
#[derive(Debug, Clone)]
pub struct FlowStarter {
    client: Client,
}

/// Makes flows as they have to be: `appflow:StopFlow` and `appflow:UpdateFlow` on them.
#[derive(Debug, Clone)]
pub struct FlowUpdater {
    client: Client,
}

/// Removes flows: `appflow:StopFlow` and `appflow:DeleteFlow` on them.
#[derive(Debug, Clone)]
pub struct FlowRemover {
    client: Client,
}

/// Whether something was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It was.
    Now,
    /// There was one of that name.
    Before,
}

impl FlowMaker {
    /// A maker of flows.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Makes the flow, unless there is one of its name; it is not at work yet. `key_arn` is what AppFlow
    /// keeps it under.
    pub async fn make(
        &self,
        flow: &Expected,
        key_arn: Option<&str>,
        token: &str,
    ) -> Result<Made, ServiceError> {
        let config = Config::of(flow)?;
        let made = self
            .client
            .create_flow()
            .flow_name(&flow.name)
            .set_kms_arn(key_arn.map(str::to_owned))
            .trigger_config(config.trigger)
            .source_flow_config(config.source)
            .destination_flow_config_list(config.destination)
            .set_tasks(Some(config.tasks))
            .client_token(token)
            .send()
            .await;
        match made {
            Ok(_) => Ok(Made::Now),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateFlowError::is_conflict_exception) =>
            {
                Ok(Made::Before)
            }
            Err(error) => Err(ServiceError::new("appflow:CreateFlow", &error)),
        }
    }
}

impl FlowStarter {
    /// One that switches flows on.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Switches the flow on. The same `token` again is the same start.
    pub async fn start(&self, flow: &str, token: &str) -> Result<Act, ServiceError> {
        let started = self.client.start_flow().flow_name(flow).client_token(token);
        act("appflow:StartFlow", started.send().await)
    }
}

impl FlowUpdater {
    /// One that makes flows as they have to be.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Switches the flow off. One that is off is.
    pub async fn stop(&self, flow: &str) -> Result<Act, ServiceError> {
        stop(&self.client, flow).await
    }

    /// Makes the flow, all of it, as it has to be. AppFlow changes none that is at work.
    pub async fn update(&self, flow: &Expected, token: &str) -> Result<Act, ServiceError> {
        let config = Config::of(flow)?;
        let updated = self
            .client
            .update_flow()
            .flow_name(&flow.name)
            .trigger_config(config.trigger)
            .source_flow_config(config.source)
            .destination_flow_config_list(config.destination)
            .set_tasks(Some(config.tasks))
            .client_token(token);
        act("appflow:UpdateFlow", updated.send().await)
    }
}

impl FlowRemover {
    /// A remover of flows.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Removes the flow. One that is gone is removed.
    pub async fn remove(&self, flow: &str) -> Result<(), ServiceError> {
        stop(&self.client, flow).await?;
        let removed = self
            .client
            .delete_flow()
            .flow_name(flow)
            .force_delete(false)
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteFlowError::is_resource_not_found_exception)
                    && !planted::is_on("flow-that-is-gone-can-not-be-removed") =>
            {
                Ok(())
            }
            Err(error) => Err(ServiceError::new("appflow:DeleteFlow", &error)),
        }
    }
}

/// A flow that is gone, or that nobody can switch off, is not at work.
async fn stop(client: &Client, flow: &str) -> Result<Act, ServiceError> {
    let stopped = client.stop_flow().flow_name(flow).send().await;
    let is_off = |error: &StopFlowError| {
        error.is_resource_not_found_exception() || error.is_unsupported_operation_exception()
    };
    match stopped {
        Err(error) if error.as_service_error().is_some_and(is_off) => Ok(Act::Done),
        stopped => act("appflow:StopFlow", stopped),
    }
}
