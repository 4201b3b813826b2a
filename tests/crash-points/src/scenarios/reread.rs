//! Records of Salesforce that are read again.

use serde_json::Value;
use testkit::{World, explore::Scenario};

use crate::actors::reread::{catches_up, handed_over, is_read_again, salesforce_holds_holidays};

/// At night everything is read that changed, page by page, with what was deleted.
pub(super) struct CaughtUp;

impl Scenario for CaughtUp {
    fn name(&self) -> &'static str {
        "caught-up"
    }

    fn setup(&self, world: &World) {
        salesforce_holds_holidays(world);
    }

    async fn run(&self, world: &World) -> Value {
        catches_up(world).await;
        handed_over(world)
    }
}

/// A record is read of which an event did not tell all.
pub(super) struct ReadAgain;

impl Scenario for ReadAgain {
    fn name(&self) -> &'static str {
        "read-again"
    }

    fn setup(&self, world: &World) {
        salesforce_holds_holidays(world);
    }

    async fn run(&self, world: &World) -> Value {
        is_read_again(world).await;
        handed_over(world)
    }
}
