use proptest::prelude::*;
use serde_json::json;

use std::fmt::Write as _;

use super::*;

fn id() -> RecordId {
    "a0B5f00002J9YYEEA3".parse().unwrap()
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked_as_it_was(
        records in proptest::collection::btree_map("[a-z]{1,8}#[A-Za-z0-9]{18}", "\\PC{0,40}", 0..20),
    ) {
        let records = records.into_iter().map(|(key, text)| (key, json!({ "name": text })));
        let published = Published(records.collect());
        let packed = published.pack().unwrap();
        prop_assert_eq!(&published.pack().unwrap(), &packed);
        prop_assert_eq!(Published::unpack(&packed).unwrap(), published);
    }

    #[test]
    fn no_bytes_make_unpacking_panic(bytes: Vec<u8>) {
        _ = Published::unpack(&bytes);
    }
}

#[test]
fn a_record_is_put_replaced_and_taken_away_and_nothing_is_no_change() {
    let mut published = Published::default();
    let (one, other) = (json!({ "name": "a" }), json!({ "name": "b" }));
    assert!(!published.apply("holiday", &id(), None));
    assert!(published.apply("holiday", &id(), Some(&one)));
    assert!(!published.apply("holiday", &id(), Some(&one)));
    assert!(published.apply("holiday", &id(), Some(&other)));
    let found: Vec<_> = published.of_kind("holiday").collect();
    assert_eq!(found, [("a0B5f00002J9YYEEA3", &other)]);
    assert_eq!(published.of_kind("roster").count(), 0);
    assert!(published.apply("holiday", &id(), None));
    assert_eq!(published, Published::default());
}

#[test]
fn what_has_another_shape_than_its_reader_expects_is_left_out() {
    let mut published = Published::default();
    published.apply("holiday", &id(), Some(&json!({ "name": "a" })));
    let read: Vec<(String, BTreeMap<String, u8>)> = published.read("holiday");
    assert!(read.is_empty());
    let read: Vec<(String, BTreeMap<String, String>)> = published.read("holiday");
    assert_eq!(read.len(), 1);
}

#[test]
fn more_than_a_row_holds_is_not_packed() {
    let mut published = Published::default();
    let mut noise = 1_u64;
    for n in 0..700 {
        let mut text = String::new();
        for _ in 0..60 {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            write!(text, "{noise:016x}").unwrap();
        }
        published
            .0
            .insert(format!("announcement#{n}"), json!({ "text": text }));
    }
    assert_eq!(published.pack(), Err(TooLarge));
}
