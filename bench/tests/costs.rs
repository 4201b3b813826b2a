//! docs/costs.md says what is so, and what was promised holds.

use fairlead_bench::{
    audience_costs,
    costs::{self, of},
    event_costs,
};

#[test]
fn the_document_has_the_costs_as_they_are() {
    let document = include_str!("../../docs/costs.md");
    for table in [
        costs::table(),
        audience_costs::table(),
        event_costs::table(),
    ] {
        assert!(
            document.contains(&table),
            "docs/costs.md has to have this table:\n{table}"
        );
    }
}

#[test]
fn a_partners_read_by_an_identifier_is_two_reads_and_one_write() {
    let cost = of("by an identifier");
    assert_eq!((cost.reads, cost.writes, cost.transactions), (2, 1, 0));
}

#[test]
fn two_persons_of_ten_identifiers_each_are_merged_in_two_transactions_at_most() {
    let cost = of("two persons of ten identifiers each merged");
    assert!(cost.transactions <= 2, "{cost:?}");
}

#[test]
fn what_comes_of_a_contact_is_one_read_or_none() {
    let read = of("what comes of a contact");
    assert_eq!((read.reads, read.writes, read.transactions), (1, 0, 0));
    let kept = of("and again within five seconds");
    assert_eq!((kept.reads, kept.writes, kept.transactions), (0, 0, 0));
}
