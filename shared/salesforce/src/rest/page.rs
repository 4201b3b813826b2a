//! What Salesforce answers.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Where the pages of an answer are.
const PAGES: &str = "/services/data/";

/// A record as Salesforce holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecord {
    /// Its id, of 18 characters.
    pub id: String,
    /// Whether it lies in the recycle bin.
    pub deleted: bool,
    /// When it was changed last, by whatever: whole seconds.
    pub modified_at: Timestamp,
    /// The user who did it.
    pub modified_by: Option<String>,
    /// The fields that were asked for; what is empty is null.
    pub fields: Map<String, Value>,
}

/// Some of the records that a query finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// When the reading began, by Salesforce's clock and never later: what was committed before is in it.
    pub read_at: Timestamp,
    /// The records.
    pub records: Vec<StoredRecord>,
    /// Where those after them are, if there are any.
    pub next: Option<NextPage>,
}

/// Where the next page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextPage(String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    records: Vec<Map<String, Value>>,
    next_records_url: Option<String>,
}

impl Page {
    /// The page in an answer to what was begun at `read_at`; `None` if it is none.
    #[must_use]
    pub fn read(body: &[u8], read_at: Timestamp) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        let records: Option<Vec<StoredRecord>> =
            answer.records.into_iter().map(StoredRecord::read).collect();
        let next = match answer.next_records_url {
            Some(path) => Some(NextPage::read(path)?),
            None => None,
        };
        Some(Self {
            read_at,
            records: records?,
            next,
        })
    }
}

impl StoredRecord {
    fn read(mut fields: Map<String, Value>) -> Option<Self> {
        fields.remove("attributes");
        let id = fields.remove("Id")?.as_str()?.to_owned();
        let deleted = fields.remove("IsDeleted")?.as_bool()?;
        let modified_at = fields.remove("SystemModstamp")?;
        let modified_by = fields.remove("LastModifiedById");
        let modified_by = modified_by.as_ref().and_then(Value::as_str);
        Some(Self {
            id,
            deleted,
            modified_at: modified_at.as_str()?.parse().ok()?,
            modified_by: modified_by.map(str::to_owned),
            fields,
        })
    }
}

impl NextPage {
    /// A path below the API's own: the token goes nowhere else.
    fn read(path: String) -> Option<Self> {
        let rest = path.strip_prefix(PAGES)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
        (rest.bytes().all(plain) && !rest.contains("..")).then_some(Self(path))
    }

    pub(super) fn path(&self) -> &str {
        &self.0
    }
}

/// Why Salesforce refuses.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refusals {
    error_code: String,
}

impl Refusals {
    /// The code of the first reason, if it has the form of one.
    pub(super) fn code(body: &[u8]) -> Option<String> {
        let all: Vec<Self> = serde_json::from_slice(body).ok()?;
        let Self { error_code } = all.into_iter().next()?;
        let is_code = error_code
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        (is_code && (1..=80).contains(&error_code.len())).then_some(error_code)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &[u8]) -> Option<Page> {
        Page::read(body, Timestamp::UNIX_EPOCH)
    }

    fn record() -> Value {
        json!({
            "attributes": { "type": "Holiday__c", "url": "/services/data/v62.0/sobjects/Holiday__c/a015f00000AbCdEAAV" },
            "Id": "a015f00000AbCdEAAV",
            "IsDeleted": false,
            "SystemModstamp": "2026-01-15T08:59:30.000+0000",
            "LastModifiedById": "0055f000005mc66AAA",
            "Name": "Harbour day",
            "Until__c": null,
        })
    }

    #[test]
    fn a_page_has_its_records_and_says_where_the_next_one_is() {
        let body = json!({
            "totalSize": 3,
            "done": false,
            "nextRecordsUrl": "/services/data/v62.0/query/01g5f00000AbCdE-2",
            "records": [record()],
        });
        let page = read(body.to_string().as_bytes()).unwrap();
        let [one] = &page.records[..] else {
            panic!("one record is there")
        };
        assert_eq!(one.id, "a015f00000AbCdEAAV");
        assert_eq!(one.modified_at.to_string(), "2026-01-15T08:59:30Z");
        assert_eq!(one.modified_by.as_deref(), Some("0055f000005mc66AAA"));
        assert_eq!(
            Value::from(one.fields.clone()),
            json!({ "Name": "Harbour day", "Until__c": null })
        );
        let next = page.next.unwrap();
        assert_eq!(next.path(), "/services/data/v62.0/query/01g5f00000AbCdE-2");
    }

    #[test]
    fn a_next_page_elsewhere_is_no_page() {
        for url in [
            "https://elsewhere.example/services/data/v62.0/query/01g-2",
            "//elsewhere.example/",
            "/services/oauth2/token",
            "/services/data/../oauth2/token",
            "/services/data/v62.0/query/01g-2?q=SELECT",
        ] {
            let body = json!({ "records": [], "nextRecordsUrl": url });
            assert_eq!(read(body.to_string().as_bytes()), None, "{url}");
        }
    }

    #[test]
    fn a_record_without_what_every_record_has_makes_no_page() {
        for missing in ["Id", "IsDeleted", "SystemModstamp"] {
            let mut record = record();
            record.as_object_mut().unwrap().remove(missing);
            let body = json!({ "records": [record] }).to_string();
            assert_eq!(read(body.as_bytes()), None, "{missing}");
        }
        for other in ["", "[]", "null", "{}", r#"{"records":[1]}"#] {
            assert_eq!(read(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn of_a_refusal_only_what_has_the_form_of_a_code_is_told() {
        let body = |code: &str| json!([{ "errorCode": code, "message": "of jane@example.com" }]);
        let code = |code: &str| Refusals::code(body(code).to_string().as_bytes());
        assert_eq!(code("INVALID_FIELD").as_deref(), Some("INVALID_FIELD"));
        assert_eq!(code("of jane@example.com"), None);
        assert_eq!(code(""), None);
        assert_eq!(Refusals::code(b"<html>"), None);
    }
}
