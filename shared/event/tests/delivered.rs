//! What buses bring, in each of the forms that AWS has for it.
#![allow(clippy::unwrap_used, reason = "a test stops at once")]

use event::{Correlated, delivered};
use rstest::rstest;
use serde::Deserialize;

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Order {
    #[serde(rename = "orderId")]
    order: String,
}

impl Correlated for Order {
    fn correlation_id(&self) -> Option<&str> {
        Some(&self.order)
    }
}

const ENVELOPE: &str = r#"{
    "version": "0", "id": "0b2b4f0e-1111-4222-8333-abcdefabcdef", "detail-type": "OrderShipped",
    "source": "com.example.orders", "account": "111122223333", "time": "2026-10-01T08:15:30Z",
    "region": "eu-west-1", "resources": [], "detail": { "orderId": "O-1001", "v": 1 }
}"#;

/// As `eventbridge_v2_lambda_raw_events_array` has it.
const RAW: &str = r#"[{ "orderId": "O-1001" }, { "orderId": "O-1002" }]"#;

fn orders(body: &str) -> Option<Vec<String>> {
    let orders: Option<Vec<Order>> = delivered(body);
    orders.map(|orders| orders.into_iter().map(|order| order.order).collect())
}

/// As `eventbridge_v2_lambda_with_metadata_array` has it.
fn with_metadata() -> String {
    let live = r#"{
        "Data": { "orderId": "O-1001" },
        "Metadata": { "tenant": "acme" },
        "SystemMetadata": {
            "ContentType": "application/json", "aws:EventId": "a1b2c3d4-0000-4000-8000-000000000001",
            "aws:DeliveryType": "LIVE", "EventGroupId": "cust-7"
        }
    }"#;
    let replayed = format!(
        r#"{{
            "Data": {ENVELOPE},
            "SystemMetadata": {{
                "ContentType": "application/eventbridge+json", "aws:Source": "com.example.orders",
                "aws:DetailType": "OrderShipped", "aws:DeliveryType": "REPLAY"
            }}
        }}"#
    );
    format!("[{live}, {replayed}]")
}

#[test]
fn each_bus_brings_its_events_in_a_form_of_its_own() {
    let one = ["O-1001".to_owned()];
    let replayed = ENVELOPE.replace(r#""resources""#, r#""replay-name": "again", "resources""#);
    for body in [
        ENVELOPE,
        &replayed,
        &format!("[{ENVELOPE}]"),
        r#"{ "orderId": "O-1001" }"#,
    ] {
        assert_eq!(orders(body).unwrap(), one, "{body}");
    }
    assert_eq!(
        orders(&format!("[{ENVELOPE}, {ENVELOPE}]")).unwrap().len(),
        2
    );
    assert_eq!(orders(RAW).unwrap(), ["O-1001", "O-1002"]);
    assert_eq!(orders(&with_metadata()).unwrap(), ["O-1001", "O-1001"]);
}

#[rstest]
#[case("")]
#[case("null")]
#[case("{}")]
#[case("[]")]
#[case("[{}]")]
#[case(r#"[{ "orderId": "O-1001" }, {}]"#)]
#[case(r#"{ "detail": { "id": 1 } }"#)]
#[case(r#"{ "Data": {} }"#)]
// What the newer bus puts into its dead-letter queue tells of an event without it.
#[case(
    r#"{ "version": "1.0", "errorCode": "ACCESS_DENIED", "failedMessages": [{ "eventId": "1" }] }"#
)]
fn where_anything_else_stands_nothing_is_taken(#[case] body: &str) {
    assert_eq!(orders(body), None);
}
