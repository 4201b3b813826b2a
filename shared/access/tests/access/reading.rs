//! Receipts are found again: by the person, and by the partner.

use std::time::Duration;

use access::{Cursor, Page, Person, Receipt, ReceiptError, ReceiptReader, ReceiptWriter, Span};
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use profile::Stretch;
use proptest::prelude::*;
use testkit::World;

use crate::{Case, at, person};

/// Records `count` receipts, one each `pause`, about two persons in turn; gives them oldest first.
fn recorded(world: &World, count: u128, pause: Duration) -> Vec<Receipt> {
    let writer = ReceiptWriter::new(&world.sdk_config(&CallBudget::HTTP), "receipts");
    let ids = world.ids();
    let each = (0..count).map(|n| {
        world.advance(pause);
        let case = Case::new().with(|case| {
            case.person = Person::Live(person(n % 2));
            case.now = world.clock().now();
        });
        let receipt = case.rule().receipt(&ids, None, "request");
        world.block_on(writer.record(receipt.clone())).unwrap();
        receipt
    });
    each.collect()
}

fn reader(world: &World) -> ReceiptReader {
    ReceiptReader::new(&world.sdk_config(&CallBudget::HTTP), "receipts")
}

/// The trail of somebody who never was merged.
fn always(n: u128) -> [Stretch; 1] {
    [Stretch {
        profile_id: person(n),
        from: Timestamp::MIN,
        until: Timestamp::MAX,
    }]
}

/// All pages of `size`, joined.
fn all(size: usize, page: impl Fn(Option<Cursor>) -> Page) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    let mut cursor = None;
    loop {
        let page = page(cursor);
        assert!(page.receipts.len() <= size);
        receipts.extend(page.receipts);
        // As it comes back from a caller.
        cursor = page.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            return receipts;
        }
    }
}

fn by_partner(world: &World, partner: &str, span: Span, size: usize) -> Vec<Receipt> {
    let reader = reader(world);
    let (tenant, partner) = ("harbour".parse().unwrap(), partner.parse().unwrap());
    all(size, |cursor| {
        let page = reader.by_partner(&tenant, &partner, span, cursor, size);
        world.block_on(page).unwrap()
    })
}

#[test]
fn a_person_finds_their_own_receipts_page_by_page_the_newest_first() {
    let world = World::new(1);
    let written = recorded(&world, 11, Duration::from_secs(1));
    let reader = reader(&world);
    let theirs = all(2, |cursor| {
        world
            .block_on(reader.of_person(&always(1), cursor, 2))
            .unwrap()
    });
    let expected: Vec<_> = written.iter().skip(1).step_by(2).rev().cloned().collect();
    assert_eq!(theirs, expected);
    let nobody = world
        .block_on(reader.of_person(&always(3), None, 2))
        .unwrap();
    assert!(nobody.receipts.is_empty() && nobody.next.is_none());
}

#[test]
fn whoever_is_made_of_very_many_is_looked_at_two_hundred_after_the_other() {
    let world = World::new(1);
    let written = recorded(&world, 6, Duration::from_secs(1));
    let stretch = |n: u128| Stretch {
        profile_id: person(if n == 0 {
            0
        } else if n == 450 {
            1
        } else {
            n + 2
        }),
        ..always(0)[0]
    };
    let trail: Vec<Stretch> = (0..460).map(stretch).collect();
    let reader = reader(&world);
    let theirs = all(2, |cursor| {
        let before = world.trace().len();
        let page = world.block_on(reader.of_person(&trail, cursor, 2)).unwrap();
        assert!(world.trace().len() - before <= 200);
        page
    });
    let newest = |n| written.iter().skip(n).step_by(2).rev().cloned();
    assert_eq!(theirs, newest(0).chain(newest(1)).collect::<Vec<_>>());
}

#[test]
fn a_partners_receipts_are_found_over_days_and_shards_in_order() {
    let world = World::new(1);
    let written = recorded(&world, 24, Duration::from_hours(3));
    let everything = Span::new(at(0), at(5 * 86_400)).unwrap();
    let mut newest_first = written.clone();
    newest_first.reverse();
    for size in [1, 5, 500] {
        assert_eq!(
            by_partner(&world, "chandlery", everything, size),
            newest_first
        );
    }
    assert_eq!(by_partner(&world, "ferry-line", everything, 5), []);
}

#[test]
fn all_of_a_partners_receipts_are_counted_once_unless_there_are_too_many() {
    let world = World::new(1);
    let mut written = recorded(&world, 12, Duration::from_hours(7));
    let reader = reader(&world);
    let (tenant, partner) = ("harbour".parse().unwrap(), "chandlery".parse().unwrap());
    let span = Span::new(at(0), at(9 * 86_400)).unwrap();
    let all = |most| {
        world
            .block_on(reader.all_of_partner(&tenant, &partner, span, most))
            .unwrap()
    };
    let mut found = all(12).unwrap();
    found.sort_by_key(|receipt| receipt.receipt_id);
    written.sort_by_key(|receipt| receipt.receipt_id);
    assert_eq!(found, written);
    assert_eq!(all(11), None);
}

#[test]
fn a_row_that_can_not_be_read_is_an_error() {
    let world = World::new(1);
    let receipt = &recorded(&world, 1, Duration::ZERO)[0];
    let mut row = serde_json::to_value(receipt).unwrap();
    row["outcome"] = "perhaps".into();
    world.put_row("receipts", row);
    let page = world.block_on(reader(&world).of_person(&always(0), None, 5));
    assert!(matches!(page, Err(ReceiptError::Malformed)), "{page:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_span_has_its_first_moment_and_not_its_last(from in 0_i64..40, hours in 1_i64..60, size in 1_usize..7) {
        let world = World::new(1);
        let written = recorded(&world, 16, Duration::from_hours(5));
        let (from, to) = (at(from * 3600), at((from + hours) * 3600));
        let found = by_partner(&world, "chandlery", Span::new(from, to).unwrap(), size);
        let within = |receipt: &&Receipt| (from..to).contains(&receipt.receipt_id.at());
        let expected: Vec<_> = written.iter().filter(within).rev().cloned().collect();
        prop_assert_eq!(found, expected);
    }
}
