use super::*;
use crate::problems;

const ID: &str = "prf_019bc0e2128070000000000000000001";

fn came(raw: &[u8]) -> Came<'_> {
    Came {
        surface: Surface::Events,
        call: None,
        event_id: None,
        subject: None,
        headers: BTreeMap::new(),
        raw,
    }
}

fn of(came: &Came<'_>) -> RejectedItem {
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = "2026-01-15T09:00:00Z".parse().unwrap();
    RejectedItem::new(whose, came, &problems::unknown_type(), now)
}

fn rejected(raw: &[u8]) -> RejectedItem {
    of(&came(raw))
}

#[test]
fn what_came_is_kept_to_the_byte_and_printed_by_nobody() {
    for raw in [&b"{\"note\":\"canary\"}"[..], b"\xff\xfecanary"] {
        let headers = BTreeMap::from([("ce-subject".to_owned(), "canary".to_owned())]);
        let item = of(&Came {
            headers: headers.clone(),
            ..came(raw)
        });
        assert_eq!(item.bytes().unwrap(), raw);
        assert!(!format!("{item:?}").contains("canary"));
        let row = serde_json::to_value(&item).unwrap();
        let read: RejectedItem = serde_json::from_value(row).unwrap();
        assert_eq!(read.bytes().unwrap(), raw);
        let read = read.headers().collect::<Vec<_>>();
        assert_eq!(read, [("ce-subject", "canary")]);
    }
}

#[test]
fn whom_it_is_about_is_read_wherever_it_stands() {
    let named = |raw: &[u8]| rejected(raw).about.map(String::from);
    for raw in [
        format!(r#"{{"subject":"{ID}"}}"#).as_bytes(),
        format!("no JSON of prf_nobody and {ID}, \u{e9}").as_bytes(),
        [&b"\xff\xfe"[..], ID.as_bytes()].concat().as_slice(),
    ] {
        assert_eq!(named(raw).as_deref(), Some(ID));
    }
    for raw in [&b""[..], b"prf_", b"prf_019BC0E2128070000000000000000001"] {
        assert_eq!(named(raw), None);
    }
    let headers = BTreeMap::from([("ce-subject".to_owned(), ID.to_owned())]);
    let binary = of(&Came {
        headers,
        ..came(b"1")
    });
    assert_eq!(binary.about.map(String::from).as_deref(), Some(ID));
    let row = serde_json::to_value(rejected(b"{}")).unwrap();
    assert_eq!(row.get("about"), None);
}

#[test]
fn of_what_was_uploaded_that_is_kept_which_announced_it() {
    let document = format!(
        r#"{{
            "event": {{
                "specversion": "1.0", "id": "1", "source": "/scans", "type": "a.v1", "subject": "{ID}"
            }},
            "bytes": 3000000,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        }}"#
    );
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = "2026-01-15T09:00:00Z".parse().unwrap();
    let limits = cloudevent::Limits::at(now);
    let upload = Upload::read(document.as_bytes(), &limits).unwrap();
    let item = RejectedItem::uploaded(whose, &upload, &problems::unknown_type(), now);
    assert_eq!((item.bytes, item.surface), (3_000_000, Surface::Uploads));
    assert_eq!(item.digest, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(item.about.map(String::from).as_deref(), Some(ID));
    let again = Upload::read(&item.bytes().unwrap(), &limits).unwrap();
    assert_eq!(again.id(), upload.id());
}

#[test]
fn the_same_is_called_the_same_and_whatever_differs_is_called_otherwise() {
    let one = rejected(b"1").rejected_id;
    assert_eq!(one, rejected(b"1").rejected_id);
    let header = BTreeMap::from([("ce-id".to_owned(), "1".to_owned())]);
    let others = [
        came(b"2"),
        Came {
            headers: header,
            ..came(b"1")
        },
        Came {
            event_id: Some("1".to_owned()),
            ..came(b"1")
        },
        Came {
            surface: Surface::Segment,
            ..came(b"1")
        },
        Came {
            call: Some(Kind::Track),
            ..came(b"1")
        },
    ];
    for other in &others {
        assert_ne!(one, of(other).rejected_id);
    }
}

#[test]
fn what_no_row_holds_lies_beside_it() {
    let large = rejected(&vec![b'x'; LARGEST_IN_ROW + 1]);
    assert_eq!(large.bytes(), None);
    assert_eq!(large.bytes, u64::try_from(LARGEST_IN_ROW + 1).unwrap());
    let key = large.raw_key.unwrap();
    let place = format!("rejected/harbour/crm/{}/20468", large.rejected_id);
    assert_eq!(key, place);
    assert_eq!(rejected(b"x").raw_key, None);
}

#[test]
fn another_refusal_tells_its_own_reason_and_lasts_its_own_time_and_no_retry_does() {
    let first = rejected(b"1");
    let before = |item: &RejectedItem| -> KeptBefore {
        serde_json::from_value(serde_json::to_value(item).unwrap()).unwrap()
    };
    let resubmitted = RejectedItem {
        state: RejectedState::Resubmitted,
        ..first.clone()
    };
    assert!(first.in_place_of(&before(&first)).is_none());
    let mut later = first.clone();
    later.expires_at += RENEWED + 1;
    later.received_at = "2026-01-15T10:00:01Z".parse().unwrap();
    let renewed = later.in_place_of(&before(&resubmitted)).unwrap();
    assert_eq!(renewed.state, RejectedState::Resubmitted);
    assert_eq!(renewed.received_at, first.received_at);
    assert_eq!(renewed.expires_at, later.expires_at);
    let mut another = first.clone();
    another.problem.kind = "another".to_owned();
    assert!(another.in_place_of(&before(&first)).is_some());
}
