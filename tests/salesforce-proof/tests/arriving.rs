//! One history, as `cargo xtask prove salesforce` has many.

use fairlead_salesforce_proof::history::history;

#[test]
fn every_edit_is_seen_by_the_contact_centre_and_answered_on_its_record_although_flows_break() {
    let found = history(1, 120);
    assert!(!found.is_wrong(), "{:#?}", found.violations);
    assert!(found.edits >= 120);
    assert_eq!((found.seen, found.outcomes), (found.edits, found.edits));
}
