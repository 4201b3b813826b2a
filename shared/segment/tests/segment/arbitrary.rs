//! Whatever comes, it is answered.

use cloudevent::{Headers, Incoming};
use proptest::{collection::vec, prelude::*};
use segment::{subject, write_key};

use crate::try_read;

/// Reads as every call; what is taken is about somebody, and is read back as it was written.
fn survives(body: &[u8]) {
    let _ = write_key(&Headers::default(), body);
    for call in [
        "identify", "track", "page", "group", "alias", "batch", "import",
    ] {
        for event in try_read(call, body).into_iter().flatten() {
            match event {
                Ok(event) => {
                    assert!(event.data.as_ref().and_then(subject).is_some());
                    assert_eq!(Incoming::from_json(&event.to_json()), Some(event));
                }
                Err(refused) => assert!(body.get(refused.raw.clone()).is_some()),
            }
        }
    }
}

const VALID: &str = r#"{"batch":[{"type":"track","userId":"u","event":"e","timestamp":"2026-05-01T12:00:00.123+00:00","properties":{"a":[1,2.5,"\u00e4",null]}},{"type":"alias","userId":"u","previousId":"v","messageId":"m"}],"context":{"ip":"192.0.2.1"},"sentAt":"2026-05-01T12:00:05Z","writeKey":"wk","userId":"u","event":"e","groupId":"g","previousId":"p","timestamp":"2026-05-01"}"#;

proptest! {
    #[test]
    fn whatever_bytes_come_they_are_answered(bytes in vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn whatever_became_of_a_good_body_it_is_answered(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        digits in vec((any::<prop::sample::Index>(), b'0'..=b'9'), 0..5),
    ) {
        let mut body = VALID.as_bytes().to_vec();
        for (index, byte) in digits {
            let at = index.index(body.len());
            if body[at].is_ascii_digit() {
                body[at] = byte;
            }
        }
        survives(&body);
        for (index, byte) in changes {
            let at = index.index(body.len());
            body[at] = byte;
        }
        survives(&body);
    }
}
