//! What operators configured, as if it had been edited in Salesforce and written long ago.

use std::io::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Map, Value, json};

use crate::engine::Engines;

impl Engines {
    /// The compiled row `name` of the table `config` has these records from now on, each with its kind.
    pub fn put_published(&self, name: &str, records: &[(&str, Value)]) {
        let keyed = records.iter().enumerate().map(|(n, (kind, record))| {
            let id = format!("a0B{n:015}");
            (format!("{kind}#{id}"), record.clone())
        });
        let keyed: Map<String, Value> = keyed.collect();
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        let written = packed.write_all(json!(keyed).to_string().as_bytes());
        written.expect("a vector takes bytes");
        let packed = packed.finish().expect("a vector takes bytes");
        let before = self.rows("config").into_iter().find(|row| {
            row.get("kind").and_then(Value::as_str) == Some("published")
                && row.get("record_id").and_then(Value::as_str) == Some(name)
        });
        let version = before.and_then(|row| row.get("version")?.as_u64());
        let row = json!({
            "kind": "published",
            "record_id": name,
            "records": { "B": BASE64_STANDARD.encode(packed) },
            "version": version.unwrap_or_default() + 1,
            "changed_at": "2026-01-15T08:00:00Z",
            "last_request": "an earlier request",
        });
        self.put_row("config", &row);
    }
}
