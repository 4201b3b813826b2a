//! How often partners asked: one of them or all, over any time, added up page by page.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use testkit::World;

use crate::{
    JANE, SUMMARY, asks, assert_problem, body, of_the_day, operator, receipt, send, table_calls,
    world,
};

/// The minutes of a day.
const DAY: u64 = 1440;

fn count(partner: &str, day: &str, outcome: &str, receipts: u64) -> Value {
    json!({
        "partner": partner,
        "purpose": "newsletter",
        "day": day,
        "outcome": outcome,
        "receipts": receipts,
    })
}

fn has_partner(world: &World, tenant: &str, partner: &str) {
    let part = format!("partner#{partner}");
    let row = json!({ "tenant": tenant, "part": part, "display_name": "A partner" });
    world.put_row("directory", row);
}

fn reads(world: &World, n: u64, partner: &str) {
    let row = receipt(n, JANE, "harbour", partner, "allowed");
    world.put_row("receipts", row);
}

/// All that can be asked about.
fn since_the_beginning() -> Value {
    json!({ "from": "2026-01-15T00:00:00Z" })
}

/// The page of a summary.
fn page(world: &World, query: &Value) -> Value {
    let answer = send(world, &asks(&operator(world), SUMMARY, query.clone()));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    body(&answer)
}

/// All pages: how many receipts each partner has, and how many pages there were. None of them costs
/// more than its budget and a look at the directory.
fn added_up(world: &World, mut query: Value) -> (BTreeMap<String, u64>, usize) {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let mut pages = 0;
    loop {
        let before = table_calls(world);
        let page = page(world, &query);
        assert!(table_calls(world) - before <= 1 + 124 * 4);
        pages += 1;
        let counts = page["counts"].as_array().unwrap();
        let mut told = 0;
        for count in counts {
            let receipts = count["receipts"].as_u64().unwrap();
            let partner = count["partner"].as_str().unwrap().to_owned();
            *sums.entry(partner).or_default() += receipts;
            told += receipts;
        }
        assert_eq!(page["receipts"], told);
        if page["next"].is_null() {
            return (sums, pages);
        }
        query["cursor"] = page["next"].clone();
    }
}

fn sums<const N: usize>(of: [(&str, u64); N]) -> BTreeMap<String, u64> {
    of.map(|(partner, receipts)| (partner.to_owned(), receipts))
        .into()
}

#[test]
fn receipts_are_counted_by_purpose_day_and_outcome() {
    let world = world(1);
    let day = "2026-01-15";
    assert_eq!(
        page(&world, &of_the_day()),
        json!({
            "receipts": 4,
            "counts": [
                count("chandlery", day, "allowed", 2),
                count("chandlery", day, "partly", 1),
                count("chandlery", day, "refused", 1),
            ],
        })
    );
}

#[test]
fn without_a_partner_those_of_all_of_the_tenants_partners_are_counted() {
    let world = world(1);
    for (tenant, partner) in [
        ("harbour", "ferry-line"),
        ("harbour", "shipyard"),
        ("airport", "duty-free"),
    ] {
        has_partner(&world, tenant, partner);
    }
    reads(&world, 6, "ferry-line");
    reads(&world, DAY, "ferry-line");
    world.put_row(
        "receipts",
        receipt(7, JANE, "airport", "duty-free", "allowed"),
    );
    world.advance(Duration::from_hours(48));
    assert_eq!(
        page(&world, &since_the_beginning()),
        json!({
            "receipts": 6,
            "counts": [
                count("chandlery", "2026-01-15", "allowed", 2),
                count("chandlery", "2026-01-15", "partly", 1),
                count("chandlery", "2026-01-15", "refused", 1),
                count("ferry-line", "2026-01-15", "allowed", 1),
                count("ferry-line", "2026-01-16", "allowed", 1),
            ],
        })
    );
}

#[test]
fn a_year_of_several_partners_is_added_up_page_by_page() {
    let world = world(1);
    for (second, partner) in [(0, "ferry-line"), (1, "shipyard")] {
        has_partner(&world, "harbour", partner);
        for n in 1..120 {
            reads(&world, n * DAY * 3 + second, partner);
        }
    }
    world.advance(Duration::from_hours(364 * 24));
    let (sums_of_all, pages) = added_up(&world, since_the_beginning());
    let expected = [("chandlery", 4), ("ferry-line", 119), ("shipyard", 119)];
    assert_eq!(sums_of_all, sums(expected));
    // Three times 365 days, of which a page has 124.
    assert_eq!(pages, 9);
    let mut of_one = since_the_beginning();
    of_one["partner"] = "shipyard".into();
    assert_eq!(added_up(&world, of_one), (sums([("shipyard", 119)]), 3));
}

#[test]
fn partners_that_are_many_come_fifty_at_a_time() {
    let world = world(1);
    for n in 0..120 {
        let partner = format!("shop-{n}");
        has_partner(&world, "harbour", &partner);
        reads(&world, 10 + n, &partner);
    }
    world.advance(Duration::from_hours(4));
    let (sums, pages) = added_up(&world, since_the_beginning());
    assert_eq!(sums.len(), 121);
    assert_eq!(sums["shop-119"], 1);
    assert_eq!(pages, 3);
}

#[test]
fn more_than_ten_thousand_receipts_are_no_reason_to_refuse() {
    let world = world(1);
    for n in 10..12_010 {
        // Some in each minute, all of one day and one shard.
        let mut row = receipt(n % 700 + 10, JANE, "harbour", "chandlery", "allowed");
        let minute = row["receipt_id"].as_str().unwrap()[..24].to_owned();
        row["receipt_id"] = format!("{minute}{n:012x}").into();
        row["partner_day"] = "harbour#chandlery#2026-01-15#1".into();
        world.put_row("receipts", row);
    }
    world.advance(Duration::from_hours(24));
    let (sums_of_all, pages) = added_up(&world, since_the_beginning());
    assert_eq!(sums_of_all, sums([("chandlery", 12_004)]));
    assert_eq!(pages, 2);
}

#[test]
fn what_is_read_while_pages_are_turned_is_not_counted() {
    let world = world(1);
    has_partner(&world, "harbour", "ferry-line");
    world.advance(Duration::from_hours(200 * 24));
    let first = page(&world, &since_the_beginning());
    let now = 200 * DAY;
    reads(&world, now + 5, "ferry-line");
    world.advance(Duration::from_hours(1));
    let mut query = since_the_beginning();
    query["cursor"] = first["next"].clone();
    let (rest, _) = added_up(&world, query);
    assert_eq!(rest, sums([("chandlery", 4)]));
    let (anew, _) = added_up(&world, since_the_beginning());
    assert_eq!(anew, sums([("chandlery", 4), ("ferry-line", 1)]));
}

#[test]
fn a_cursor_of_another_partner_or_of_nowhere_is_refused() {
    let world = world(1);
    let place = "AZjyoMHSfj-KS1xtfo-QEg";
    for cursor in [
        place.to_owned(),
        format!("1768467600123.ferry-line.{place}"),
    ] {
        let mut query = of_the_day();
        query["cursor"] = cursor.into();
        let answer = send(&world, &asks(&operator(&world), SUMMARY, query));
        assert_problem(&answer, 400, "invalid-parameter", Some("cursor"));
    }
}

#[test]
fn a_cursor_leads_to_nothing_of_another_tenant() {
    let world = world(1);
    has_partner(&world, "airport", "chandlery");
    let token = operator(&world).claim("fairlead:tenant", "airport");
    let mut query = of_the_day();
    query.as_object_mut().unwrap().remove("partner");
    let past_all = "____________________AA";
    query["cursor"] = format!("1768521600000.chandlery.{past_all}").into();
    let answer = send(&world, &asks(&token, SUMMARY, query));
    let counts = &body(&answer)["counts"];
    assert_eq!(
        *counts,
        json!([count("chandlery", "2026-01-15", "allowed", 1)])
    );
}
