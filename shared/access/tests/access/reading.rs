//! Receipts are found again: by the person, and by the partner.

use std::time::Duration;

use access::{
    Budget, Counts, Cursor, Page, Person, Receipt, ReceiptError, ReceiptReader, ReceiptWriter, Span,
};
use jiff::{Timestamp, tz::TimeZone};
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
fn a_page_looks_at_31_days_and_the_next_ones_go_on() {
    let world = World::new(1);
    let mut written = recorded(&world, 3, Duration::from_hours(24 * 40));
    written.reverse();
    let reader = reader(&world);
    let (tenant, partner) = ("harbour".parse().unwrap(), "chandlery".parse().unwrap());
    let span = Span::new(at(0), at(200 * 86_400)).unwrap();
    let mut sizes = Vec::new();
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let before = world.trace().len();
        let page = reader.by_partner(&tenant, &partner, span, cursor, 50);
        let page = world.block_on(page).unwrap();
        assert!(world.trace().len() - before <= 31 * 4);
        sizes.push(page.receipts.len());
        found.extend(page.receipts);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, written);
    // Of 201 days, the partner asked on the 81st, the 121st and the 161st, counted back.
    assert_eq!(sizes, [0, 0, 1, 1, 0, 1, 0]);
}

/// As it is counted by `budget` for each request: the sums, and how many requests it took.
fn counted(world: &World, span: Span, budget: Budget) -> (Counts, usize) {
    let reader = reader(world);
    let (tenant, partner) = ("harbour".parse().unwrap(), "chandlery".parse().unwrap());
    let (mut sums, mut requests, mut cursor) = (Counts::new(), 0, None);
    loop {
        let mut left = budget;
        let counted = reader.count(&tenant, &partner, span, cursor, &mut left);
        let counted = world.block_on(counted).unwrap();
        requests += 1;
        for (kind, receipts) in counted.counts {
            *sums.entry(kind).or_default() += receipts;
        }
        // As it comes back from a caller.
        cursor = counted.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            return (sums, requests);
        }
    }
}

fn sums(receipts: &[Receipt]) -> Counts {
    let mut sums = Counts::new();
    for receipt in receipts {
        let day = receipt.at.to_zoned(TimeZone::UTC).date();
        let kind = (receipt.purpose.clone(), day, receipt.outcome);
        *sums.entry(kind).or_default() += 1;
    }
    sums
}

#[test]
fn every_receipt_is_counted_once_in_however_many_requests() {
    let world = World::new(1);
    let written = recorded(&world, 24, Duration::from_hours(7));
    let span = Span::new(at(0), at(9 * 86_400)).unwrap();
    let expected = sums(&written);
    for (budget, requests) in [
        (Budget::new(100, 1000), 1),
        // The span has ten days of the calendar.
        (Budget::new(1, 1000), 10),
        (Budget::new(4, 1000), 3),
    ] {
        assert_eq!(counted(&world, span, budget), (expected.clone(), requests));
    }
    let (few, requests) = counted(&world, span, Budget::new(100, 1));
    assert_eq!(few, expected);
    assert!(requests > 1);
}

#[test]
fn a_day_with_very_many_receipts_is_counted_in_several_requests() {
    let world = World::new(1);
    let written = recorded(&world, 2_600, Duration::from_secs(10));
    let span = Span::new(at(0), at(86_400)).unwrap();
    let (counts, requests) = counted(&world, span, Budget::new(1, 1));
    assert_eq!(counts, sums(&written));
    // One of them for the day after, on which nobody asked.
    assert!(requests > 2, "{requests}");
}

#[test]
fn nothing_is_asked_for_once_the_budget_is_spent() {
    let world = World::new(1);
    recorded(&world, 1, Duration::ZERO);
    let before = world.trace().len();
    let span = Span::new(at(-3600), at(3600)).unwrap();
    let (tenant, partner) = ("harbour".parse().unwrap(), "chandlery".parse().unwrap());
    let reader = reader(&world);
    let mut spent = Budget::new(0, 10);
    let counted = reader.count(&tenant, &partner, span, None, &mut spent);
    let counted = world.block_on(counted).unwrap();
    assert_eq!(counted.counts, Counts::new());
    assert_eq!(world.trace().len(), before);
    let mut ample = Budget::new(10, 10);
    let rest = reader.count(&tenant, &partner, span, counted.next, &mut ample);
    assert_eq!(world.block_on(rest).unwrap().counts.len(), 1);
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
