use super::*;

#[test]
fn a_record_that_was_read_without_an_edit_is_no_edit() {
    let state = WholeState {
        object: "Holiday__c".to_owned(),
        record_id: "a0B5f00002J9YYEEA3".parse().unwrap(),
        state: State::Deleted,
        read_at: "2026-01-15T09:00:00Z".parse().unwrap(),
        changed_by: Some("0055f000005mc66AAA".to_owned()),
        asked: None,
    };
    let kinds = configuration::Kinds::built_in().unwrap();
    let mapping = kinds.named("holiday").unwrap().mapping();
    let change = state.change(mapping);
    assert!(!change.is_edit);
    assert_eq!(
        (change.action, &change.what),
        (Action::Deleted, &What::Deleted)
    );
    assert_eq!(change.operator.as_deref(), Some("0055f000005mc66AAA"));
    let later = WholeState {
        read_at: "2026-01-15T09:00:01Z".parse().unwrap(),
        ..state.clone()
    };
    assert_ne!(later.change(mapping).event, change.event);
    assert_eq!(state.change(mapping), change);
}

#[test]
fn what_is_no_request_is_none() {
    assert_eq!(RereadRequest::read("canary"), None);
    assert_eq!(RereadRequest::read("{}"), None);
}
