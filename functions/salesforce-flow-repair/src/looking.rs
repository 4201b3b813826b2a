//! A look at a flow and at what it should have taken.

use flow::{Cause, Direction, Expected, Health, OutcomeFile, Seen, diagnose};
use jiff::Timestamp;
use lambda_kit::error::ServiceError;

use crate::App;

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// The flow; `None` if there is none.
    pub(crate) seen: Option<Seen>,
    /// The files of outcomes, of the flow that takes them.
    pub(crate) files: Vec<OutcomeFile>,
}

impl Look {
    pub(crate) async fn at(app: &App, flow: &Expected) -> Result<Self, ServiceError> {
        let seen = app.reader.look(&flow.name).await?;
        let files = match flow.direction {
            Direction::In => Vec::new(),
            Direction::Out => app.outcomes.list().await?,
        };
        Ok(Self { seen, files })
    }

    pub(crate) fn health(
        &self,
        flow: &Expected,
        told: Option<Cause>,
        acted_at: Option<Timestamp>,
    ) -> Health {
        let seen = self.seen.as_ref();
        diagnose(seen, &flow.shape, &self.files, told, acted_at)
    }

    pub(crate) fn is_active(&self) -> bool {
        self.seen.as_ref().is_some_and(Seen::is_active)
    }
}
