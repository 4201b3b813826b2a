use configuration::{Action, EventKey, Reason, Verdict, unknown_outcome};
use proptest::prelude::*;

use super::*;

fn outcome(reason: &str) -> OutcomeRow {
    let at = "2026-01-15T09:00:01Z".parse().unwrap();
    OutcomeRow {
        kind: "outcome#holiday".to_owned(),
        record_id: "a0B5f00002J9YYEEA3#key".to_owned(),
        salesforce_id: "a0B5f00002J9YYEEA3".to_owned(),
        action: Action::Deleted,
        result: Verdict::Fail,
        reason: Reason::new(reason),
        ..unknown_outcome(&EventKey::of(&["1"]), "", None, at)
    }
}

fn read(body: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(body);
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        row.iter().map(str::to_owned).collect()
    });
    rows.collect()
}

#[test]
fn a_file_is_named_for_its_record_its_action_and_its_moment() {
    let file = OutcomeFile::of(&outcome("Phone__c: is missing")).unwrap();
    let key = "outcomes/a0B5f00002J9YYEEA3-event-deleted-2026-01-15-09_00_01.csv";
    assert_eq!(file.key, key);
    let body = "Record_ID__c,Action__c,Result__c,Reason__c,Time__c\r\n\
        a0B5f00002J9YYEEA3,deleted,Fail,Phone__c: is missing,2026-01-15T09:00:01Z\r\n";
    assert_eq!(String::from_utf8(file.body).unwrap(), body);
}

#[test]
fn what_separates_and_what_quotes_is_quoted_as_rfc_4180_has_it() {
    let file = OutcomeFile::of(&outcome(r#"one of "a", "b""#)).unwrap();
    let body = String::from_utf8(file.body).unwrap();
    assert!(body.contains(r#","one of ""a"", ""b""","#), "{body}");
}

#[test]
fn of_what_is_not_understood_there_is_no_file() {
    let at = "2026-01-15T09:00:01Z".parse().unwrap();
    let unknown = unknown_outcome(&EventKey::of(&["1"]), "the event is no JSON", None, at);
    assert_eq!(OutcomeFile::of(&unknown), None);
}

proptest! {
    #[test]
    fn a_hostile_reason_reads_back_as_it_was(reason in r#"[=+@,;"' \-#\PC]{0,40}"#) {
        let outcome = outcome(&reason);
        let file = OutcomeFile::of(&outcome).unwrap();
        prop_assert_eq!(&OutcomeFile::of(&outcome).unwrap(), &file);
        let rows = read(&file.body);
        prop_assert_eq!(rows.len(), 2);
        prop_assert_eq!(&rows[0], &HEADER);
        prop_assert_eq!(&rows[1][3], outcome.reason.as_str());
    }
}
