//! What comes from Salesforce: events by the partner bus, those that were too large for it, and what is
//! published of the records that operators edit; and pages of records that are read again.

use configuration::{Change, Kind, Kinds, Published, RecordId, Seen, decide};
use salesforce::{Incoming, LargeEvent, Page, Refusal, read, read_large};

use super::{Parser, Target, events::now, text};

pub(super) static TARGETS: [Target; 4] = [
    Target::new("salesforce-event", event),
    Target::new("salesforce-large-event", large),
    Target::new("published-configuration", published),
    Target::new("salesforce-page", page),
];

/// The bucket of large events.
const BUCKET: &str = "salesforce-events";

fn kinds() -> Kinds {
    Kinds::built_in().expect("the kinds are sound")
}

/// Whatever comes is an edit, a gap, a record, a pointer to our bucket or a refusal.
fn event() -> Parser {
    let kinds = kinds();
    Box::new(move |input| answer(&kinds, read(&text(input), BUCKET)))
}

/// What lies in the bucket leads nowhere.
fn large() -> Parser {
    let kinds = kinds();
    let pointer = r#"{"source":"salesforce.com/","detail-type":"Holiday__ChangeEvent","detail":{"at":"s3://salesforce-events/a"}}"#;
    let summary = match read(pointer, BUCKET) {
        Ok(Incoming::Large(summary)) => summary,
        other => panic!("it is a pointer: {other:?}"),
    };
    Box::new(move |input| within(&kinds, &summary, &text(input)))
}

fn within(kinds: &Kinds, summary: &LargeEvent, text: &str) -> String {
    let read = read_large(text, summary);
    assert!(
        !matches!(read, Ok(Incoming::Large(_) | Incoming::Whole(_))),
        "it leads on"
    );
    answer(kinds, read)
}

fn answer(kinds: &Kinds, read: Result<Incoming, Box<Refusal>>) -> String {
    match read {
        Ok(Incoming::Edit(edit)) => match edit.of.kind(kinds) {
            Some(kind) => {
                let changes = edit.changes(kind.mapping());
                let first = changes.first();
                first.map_or_else(
                    || "nothing".to_owned(),
                    |(id, change)| merged(kind, id, change),
                )
            }
            None => "no kind".to_owned(),
        },
        Ok(Incoming::Gap(gap)) => format!("gap {}", gap.requests().len().min(2)),
        Ok(Incoming::Whole(state)) => match kinds.of_object(&state.object) {
            Some(kind) => merged(kind, &state.record_id, &state.change(kind.mapping())),
            None => "no kind".to_owned(),
        },
        Ok(Incoming::Large(event)) => format!("large {}", event.key().len().min(2)),
        Err(refusal) => refusal.reason.to_owned(),
    }
}

/// What a change makes of nothing, it makes of that again: nothing else.
fn merged(kind: &Kind, id: &RecordId, change: &Change) -> String {
    let decision = decide(kind, id, &Seen::default(), change, now()).expect("nothing is published");
    let Some(writing) = decision.writing else {
        return "nothing".to_owned();
    };
    let seen = Seen {
        record: writing.record,
        published: writing.published,
        is_done: false,
    };
    let again = decide(kind, id, &seen, change, now()).expect("what is published is read again");
    assert_eq!(
        again.asks_reread, decision.asks_reread,
        "it is asked otherwise"
    );
    if let Some(again) = again.writing {
        assert!(
            again.published.is_none(),
            "the second time it changes what is published"
        );
        let (one, other) = (seen.record, again.record);
        let values = |record: Option<configuration::Record>| record.map(|record| record.values);
        assert_eq!(
            values(one),
            values(other),
            "the second time it changes the record"
        );
    }
    let outcome = writing.outcome;
    outcome.map_or_else(
        || "asked".to_owned(),
        |outcome| {
            let reason = outcome.reason.as_str();
            assert!(reason.chars().count() <= 255 && !reason.contains(char::is_control));
            outcome.result.to_string()
        },
    )
}

/// What is unpacked packs into what unpacks as the same.
fn published() -> Parser {
    Box::new(|input| match Published::unpack(input) {
        Ok(published) => {
            if let Ok(packed) = published.pack() {
                assert_eq!(
                    Published::unpack(&packed),
                    Ok(published),
                    "it packs as another"
                );
            }
            "ok".to_owned()
        }
        Err(error) => error.to_string(),
    })
}

/// A page of records leads nowhere but to the next one.
fn page() -> Parser {
    Box::new(|input| {
        let page = Page::read(input, now());
        let next = page.as_ref().map(|page| page.next.is_some());
        format!("{next:?}")
    })
}
