//! Whether the directory still has a machine as its token does.

use aws_types::SdkConfig;
use lambda_kit::{clock::Clock, problem::Problem};
use tenancy::{Client, ClientReader};

use crate::{Machine, error::no_directory};

/// Holds machines against the directory: `dynamodb:GetItem` on it.
#[derive(Debug, Clone)]
pub struct Machines(ClientReader);

impl Machines {
    /// Against `table`, the directory.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(ClientReader::new(sdk, table, clock))
    }

    /// That the directory still has the machine's app client as its token does: tenant, partner and
    /// agreement. Its row is read once a minute; whom it can't be read for is told to come back.
    pub async fn check(&self, machine: &Machine) -> Result<(), Problem> {
        let client = self.client(machine).await?;
        Ok(machine.check(client.as_ref())?)
    }

    /// Whether it has it so, for whoever shows a machine less instead of refusing it.
    pub async fn has(&self, machine: &Machine) -> Result<bool, Problem> {
        let client = self.client(machine).await?;
        Ok(machine.check(client.as_ref()).is_ok())
    }

    async fn client(&self, machine: &Machine) -> Result<Option<Client>, Problem> {
        let client = self.0.current(&machine.client_id).await;
        client.map_err(|error| no_directory(&error))
    }
}
