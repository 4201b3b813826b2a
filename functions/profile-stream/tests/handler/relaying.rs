use serde_json::{Value, json};
use testkit::World;

use crate::{PROFILE, deliver, done, inserted, outbox_row, outbox_rows, record, told};

#[test]
fn events_reach_the_bus_in_order_with_the_id_of_their_row() {
    let world = World::new(1);
    let rows = outbox_rows(&world, 25);
    assert_eq!(deliver(&world, &inserted(&rows)), done());
    let published = world.published_events();
    assert_eq!(told(&world), (1..=25).collect::<Vec<_>>());
    for (row, event) in rows.iter().zip(&published) {
        let id = event.detail["id"].as_str().unwrap();
        assert_eq!(row["part"], format!("outbox#{id}"));
        assert_eq!(event.bus, "fairlead");
        assert_eq!(event.source, "dev.fairlead.profile");
        assert_eq!(event.detail_type, "dev.fairlead.profile.updated.v1");
        let written: Value = serde_json::from_str(row["event"].as_str().unwrap()).unwrap();
        assert_eq!(event.detail, written);
    }
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn only_new_rows_of_the_outbox_are_relayed() {
    let world = World::new(1);
    let row = outbox_row(&world, 1);
    let profile = json!({ "profile_id": PROFILE, "part": "profile" });
    let lookalike =
        json!({ "profile_id": PROFILE, "part": "xoutbox#evt_1", "event": row["event"] });
    let records = [
        record(0, "MODIFY", &row),
        record(1, "REMOVE", &row),
        record(2, "INSERT", &profile),
        record(3, "INSERT", &lookalike),
        record(4, "SOMETHING_NEW", &row),
    ];
    assert_eq!(deliver(&world, &records), done());
    assert!(world.trace().is_empty());
}

#[test]
fn a_batch_without_records_is_done() {
    let world = World::new(1);
    assert_eq!(deliver(&world, &[]), done());
    assert!(world.trace().is_empty());
}

#[test]
fn a_batch_that_comes_again_keeps_the_ids_of_its_events() {
    let world = World::new(1);
    let records = inserted(&outbox_rows(&world, 3));
    deliver(&world, &records);
    assert_eq!(deliver(&world, &records), done());
    let ids: Vec<Value> = world
        .published_events()
        .iter()
        .map(|event| event.detail["id"].clone())
        .collect();
    assert_eq!(ids[..3], ids[3..]);
}
