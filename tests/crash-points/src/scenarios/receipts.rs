//! Receipts whose time is over.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{World, delivery::Redelivery, explore::Scenario};

use super::outbox::BOTH;
use crate::actors::receipts::are_archived;

/// Three receipts expire, of which nobody can read the second.
pub(super) struct Archived;

impl Scenario for Archived {
    fn name(&self) -> &'static str {
        "receipts-archived"
    }

    fn setup(&self, world: &World) {
        for n in 1..=3_u8 {
            let mut row = json!({
                "profile_id": "prf_01010101010171018101010101010101",
                "receipt_id": format!("rcp_019bc10dd480700080000000000000{n:02}"),
                "partner_day": "harbour#chandlery#2025-01-15#2",
                "tenant": "harbour",
                "partner": "chandlery",
                "purpose": "newsletter",
                "outcome": "allowed",
                "allowed": ["names"],
                "withheld": {},
                "policies": ["by-consent"],
                "reason": "order 4711",
                "at": "2025-01-15T09:00:00Z",
                "request_id": "an earlier request",
                "expires_at": 1_768_467_600,
            });
            if let (2, Some(outcome)) = (n, row.get_mut("outcome")) {
                *outcome = "unheard-of".into();
            }
            world.put_row("receipts", row);
        }
        world.advance(Duration::from_mins(1));
        world.engines().expire("receipts");
    }

    async fn run(&self, world: &World) -> Value {
        are_archived(world).await;
        Value::Null
    }

    fn redeliveries(&self) -> &[Redelivery] {
        &BOTH
    }
}
