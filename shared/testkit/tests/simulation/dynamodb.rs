use std::time::Duration;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{Delete, KeysAndAttributes, Put, TransactWriteItem, Update},
};
use serde_json::json;
use testkit::World;

use super::{code, dynamodb_of, n, s};

fn put(table: &str, key: &str, value: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name(table)
        .item(key, s(value))
        .condition_expression(format!("attribute_not_exists({key})"));
    TransactWriteItem::builder()
        .put(put.build().unwrap())
        .build()
}

#[test]
fn a_row_put_on_a_condition_is_put_once() {
    let world = World::new(1);
    let client = dynamodb_of(&world);
    let put = || {
        client
            .put_item()
            .table_name("identifiers")
            .item("identifier", s("email#a@example.org"))
            .item("profile_id", s("prf_1"))
            .condition_expression("attribute_not_exists(identifier)")
            .send()
    };
    world.block_on(put()).unwrap();
    assert_eq!(
        code(world.block_on(put())),
        "ConditionalCheckFailedException"
    );
    assert_eq!(
        world.rows("identifiers"),
        [json!({ "identifier": "email#a@example.org", "profile_id": "prf_1" })]
    );
}

#[test]
fn a_cancelled_transaction_writes_nothing_and_names_its_reasons() {
    let world = World::new(1);
    world.put_row("identifiers", json!({ "identifier": "taken" }));
    let client = dynamodb_of(&world);
    let result = world.block_on(
        client
            .transact_write_items()
            .transact_items(put("identifiers", "identifier", "free"))
            .transact_items(put("identifiers", "identifier", "taken"))
            .send(),
    );
    let error = result.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error}")
    };
    let codes: Vec<_> = cancelled
        .cancellation_reasons()
        .iter()
        .map(|reason| reason.code().unwrap())
        .collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    assert_eq!(world.rows("identifiers").len(), 1);
}

#[test]
fn a_client_request_token_holds_for_ten_minutes_of_simulated_time() {
    let world = World::new(1);
    world.put_row("ledger", json!({ "key": "k", "count": 0 }));
    let client = dynamodb_of(&world);
    let add = || {
        let update = Update::builder()
            .table_name("ledger")
            .key("key", s("k"))
            .update_expression("ADD #count :one")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", n(1))
            .build()
            .unwrap();
        let item = TransactWriteItem::builder().update(update).build();
        client
            .transact_write_items()
            .client_request_token("the same")
            .transact_items(item)
            .send()
    };
    let count = || world.rows("ledger")[0]["count"].as_u64();
    world.block_on(add()).unwrap();
    world.block_on(add()).unwrap();
    assert_eq!(count(), Some(1));
    world.advance(Duration::from_mins(10));
    world.block_on(add()).unwrap();
    assert_eq!(count(), Some(2));
}

#[test]
fn a_sparse_index_has_only_the_rows_with_its_keys() {
    let world = World::new(1);
    world.put_row(
        "profiles",
        json!({ "profile_id": "prf_1", "part": "profile" }),
    );
    for n in [2, 1] {
        let at = format!("2026-01-15T09:00:0{n}Z");
        world.put_row(
            "profiles",
            json!({ "profile_id": "prf_1", "part": format!("outbox#{n}"), "relay_shard": "0", "relay_at": at }),
        );
    }
    let client = dynamodb_of(&world);
    let query = client
        .query()
        .table_name("profiles")
        .index_name("unrelayed")
        .key_condition_expression("relay_shard = :shard AND relay_at < :now")
        .expression_attribute_values(":shard", s("0"))
        .expression_attribute_values(":now", s("2026-01-15T09:00:02Z"));
    let found = world.block_on(query.send()).unwrap();
    let parts: Vec<_> = found
        .items()
        .iter()
        .map(|item| item["part"].as_s().unwrap().as_str())
        .collect();
    assert_eq!(parts, ["outbox#1"]);
}

#[test]
fn a_batch_get_finds_what_is_there() {
    let world = World::new(1);
    world.put_row("ledger", json!({ "key": "a", "n": 1 }));
    let keys = ["a", "b"]
        .map(|key| [("key".to_owned(), s(key))].into())
        .to_vec();
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(true)
        .build()
        .unwrap();
    let found = world
        .block_on(
            dynamodb_of(&world)
                .batch_get_item()
                .request_items("ledger", wanted)
                .send(),
        )
        .unwrap();
    assert_eq!(found.responses().unwrap()["ledger"].len(), 1);
    assert!(found.unprocessed_keys().unwrap().is_empty());
}

#[test]
fn a_table_that_does_not_exist_is_an_error() {
    let world = World::new(1);
    let result = world.block_on(
        dynamodb_of(&world)
            .get_item()
            .table_name("people")
            .key("id", s("1"))
            .send(),
    );
    assert_eq!(code(result), "ResourceNotFoundException");
}

#[test]
fn a_stream_tells_each_change_with_its_images_in_order() {
    let world = World::new(1);
    let client = dynamodb_of(&world);
    let write = |version: u32| {
        client
            .update_item()
            .table_name("profiles")
            .key("profile_id", s("prf_1"))
            .key("part", s("profile"))
            .update_expression("SET version = :version")
            .expression_attribute_values(":version", n(version))
            .send()
    };
    // The second write changes nothing, so the stream does not tell of it.
    for version in [1, 1, 2] {
        world.block_on(write(version)).unwrap();
    }
    let delete = Delete::builder()
        .table_name("profiles")
        .key("profile_id", s("prf_1"))
        .key("part", s("profile"));
    let delete = TransactWriteItem::builder()
        .delete(delete.build().unwrap())
        .build();
    world
        .block_on(client.transact_write_items().transact_items(delete).send())
        .unwrap();

    let changes = world.engines().changes("profiles");
    let told: Vec<_> = changes
        .iter()
        .map(|record| {
            let image = |name: &str| record["dynamodb"][name]["version"]["N"].as_str();
            (
                record["eventName"].as_str().unwrap(),
                image("OldImage"),
                image("NewImage"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("INSERT", None, Some("1")),
            ("MODIFY", Some("1"), Some("2")),
            ("REMOVE", Some("2"), None)
        ]
    );
    assert!(
        changes.is_sorted_by_key(|record| record["dynamodb"]["SequenceNumber"].as_str().unwrap())
    );
    let event = json!({ "Records": changes });
    let event: aws_lambda_events::dynamodb::Event = serde_json::from_value(event).unwrap();
    assert_eq!(event.records[0].change.keys.len(), 2);
}

#[test]
fn rows_that_were_there_from_the_beginning_are_not_in_the_stream() {
    let world = World::new(1);
    world.put_row(
        "profiles",
        json!({ "profile_id": "prf_1", "part": "profile" }),
    );
    assert!(world.engines().changes("profiles").is_empty());
}
