//! Whatever comes, it is answered.

use cloudevent::{Headers, Incoming, read, unpack};
use proptest::{collection::vec, prelude::*};

use crate::{BATCH, STRUCTURED, limits};

/// Reads in every mode; what is taken is read back as it was written.
fn survives(body: &[u8], header: &str) {
    let types = [STRUCTURED, BATCH, "application/json", "text/plain", header];
    for content_type in types {
        let headers = Headers::new([
            ("content-type", content_type),
            ("content-encoding", header),
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "/a"),
            ("ce-type", "b"),
            ("ce-extension", header),
        ]);
        let _ = unpack::body(&headers, body, 1_000);
        for event in read(&headers, body, &limits()).into_iter().flatten() {
            match event {
                Ok(event) => assert_eq!(Incoming::from_json(&event.to_json()), Some(event)),
                Err(refused) => {
                    assert!(body.get(refused.raw.clone()).is_some());
                    assert!(!refused.to_string().contains(char::is_control));
                }
            }
        }
    }
}

const VALID: &str = r#"[{"specversion":"1.0","id":"1","source":"/a","type":"b","time":"2018-04-05T17:31:00Z","subject":"s","datacontenttype":"application/json","ext":1,"data":{"a":[1.5,"\ud83d\ude00",null,true]}},{"specversion":"1.0","id":"2","source":"/a","type":"b","data_base64":"AAH/"}]"#;

proptest! {
    #[test]
    fn whatever_bytes_come_they_are_answered(
        bytes in vec(any::<u8>(), 0..400),
        header in "\\PC{0,40}",
    ) {
        survives(&bytes, &header);
    }

    #[test]
    fn whatever_became_of_a_good_body_it_is_answered(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut body = VALID.as_bytes().to_vec();
        for (index, byte) in changes {
            let at = index.index(body.len());
            body[at] = byte;
        }
        if is_cut {
            body.truncate(cut.index(body.len()));
        }
        survives(&body, "application/json; charset=utf-8");
        survives(body.get(1..).unwrap_or_default(), "x");
    }

    #[test]
    fn whatever_an_event_says_both_modes_say_the_same(
        id in "[!-~]{1,256}",
        subject in "[ -~äöü€😀]{1,50}",
        text in any::<String>(),
    ) {
        let data = serde_json::Value::from(text).to_string();
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let encoded = |text: &str| {
            let bytes = text.bytes();
            let triplets: Vec<String> = bytes.map(|byte| format!("%{byte:02X}")).collect();
            triplets.concat()
        };
        let body = format!(
            r#"{{"specversion":"1.0","id":{},"source":"/a","type":"b","subject":{},"data":{data}}}"#,
            quoted(&id),
            quoted(&subject),
        );
        let structured = crate::structured(&body).unwrap();
        let (id, subject) = (encoded(&id), encoded(&subject));
        let headers = [
            ("ce-specversion", "1.0"),
            ("ce-id", id.as_str()),
            ("ce-source", "/a"),
            ("ce-type", "b"),
            ("ce-subject", subject.as_str()),
            ("content-type", "application/json"),
        ];
        prop_assert_eq!(structured, crate::binary(&headers, data.as_bytes()).unwrap());
    }
}
