//! Looking types up.

use std::sync::Arc;

use lambda_kit::clock::Clock;
use tenancy::{DirectoryError, DirectoryRows, TenantId};

use crate::{EventType, event_type};

/// Looks types of events up: `dynamodb:GetItem` on the directory.
#[derive(Debug)]
pub struct EventTypes(DirectoryRows<EventType>);

impl EventTypes {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// The type `kind` of `tenant`; `None` if it takes no such events. An answer is kept for a minute
    /// with its schema compiled; an absent one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        kind: &str,
    ) -> Result<Option<Arc<EventType>>, DirectoryError> {
        self.0.find(tenant, event_type::part(kind)).await
    }
}
