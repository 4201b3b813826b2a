//! The scheduled flow: CSV files in, upserts out, and a file of what was rejected.

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde_json::Value;

use crate::org::{EXTERNAL_ID, Fields, Org, Upserted};

/// The user as whom flows write.
pub const INTEGRATION_USER: &str = "005fl0000004IntAAE";

/// What one run of the flow came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// How many rows were taken.
    pub processed: usize,
    /// How many files were read.
    pub files: usize,
    /// How many bytes were in them.
    pub bytes: usize,
    /// Of which records a row was taken, in the order in which they were.
    pub accepted: Vec<(Fields, Upserted)>,
    /// The rows that were rejected, with their reason.
    pub rejected: Vec<(Fields, String)>,
}

/// The rows of a file with a header, by the names in it.
pub fn rows(file: &[u8]) -> Result<Vec<Fields>> {
    let mut reader = csv::Reader::from_reader(file);
    let names = reader.headers().context("a file has a header")?.clone();
    ensure!(!names.is_empty(), "a file has a header");
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.context("a row has as many fields as the header")?;
        // A field that is empty is left as it is: `insertNullFields` is off.
        let fields = names
            .iter()
            .zip(&row)
            .filter(|(_, value)| !value.is_empty());
        let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
        rows.push(fields.collect());
    }
    Ok(rows)
}

impl Run {
    /// Reads a file and upserts its rows; those of which `rejects` gives a reason are rejected.
    pub fn take(
        &mut self,
        org: &mut Org,
        file: &[u8],
        at: Timestamp,
        mut rejects: impl FnMut(&Fields) -> Option<String>,
    ) {
        self.files += 1;
        self.bytes += file.len();
        let rows = match rows(file) {
            Ok(rows) => rows,
            Err(error) => {
                self.rejected.push((Fields::new(), error.to_string()));
                return;
            }
        };
        for row in rows {
            if let Some(reason) = rejects(&row) {
                self.rejected.push((row, reason));
                continue;
            }
            match org.upsert_outcome(row.clone(), INTEGRATION_USER, at) {
                Ok(upserted) => {
                    self.processed += 1;
                    self.accepted.push((row, upserted));
                }
                Err(refused) => self.rejected.push((row, refused.to_string())),
            }
        }
    }

    /// Of which records a row took its place.
    pub fn records(&self) -> impl Iterator<Item = &str> {
        let taken = self.accepted.iter();
        let taken = taken.filter(|(_, upserted)| *upserted != Upserted::Kept);
        taken.filter_map(|(row, _)| row.get(EXTERNAL_ID)?.as_str())
    }

    /// The file of what was rejected: the rows as they were, with the reason behind them.
    pub fn rejected_file(&self) -> Result<Vec<u8>> {
        let mut names: Vec<&str> = Vec::new();
        for (row, _) in &self.rejected {
            for name in row.keys() {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(names.iter().copied().chain(["error"]))?;
        for (row, reason) in &self.rejected {
            let value = |name: &&str| row.get(*name).and_then(Value::as_str).unwrap_or_default();
            writer.write_record(names.iter().map(value).chain([reason.as_str()]))?;
        }
        writer
            .into_inner()
            .context("a file in memory can be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::OUTCOME_TIME;

    const AT: Timestamp = Timestamp::constant(1_790_842_529, 0);

    fn file(time: &str, reason: &str) -> Vec<u8> {
        let reason = reason.replace('"', "\"\"");
        format!("Record_ID__c,Result__c,Reason__c,Time__c\r\na0,Fail,\"{reason}\",{time}\r\n")
            .into_bytes()
    }

    #[test]
    fn an_older_row_does_not_take_the_place_of_a_newer_one() {
        let mut org = Org::default();
        let mut run = Run::default();
        for time in ["2026-10-01T08:00:01Z", "2026-10-01T08:00:00Z"] {
            run.take(
                &mut org,
                &file(time, "a \"reason\",\nof two lines"),
                AT,
                |_| None,
            );
        }
        let became: Vec<Upserted> = run.accepted.iter().map(|(_, became)| *became).collect();
        assert_eq!(became, [Upserted::Created, Upserted::Kept]);
        assert_eq!(run.records().collect::<Vec<_>>(), ["a0"]);
        let outcome = org.outcome("a0").unwrap();
        assert_eq!(outcome[OUTCOME_TIME], "2026-10-01T08:00:01Z");
        assert_eq!(outcome["Reason__c"], "a \"reason\",\nof two lines");
    }

    #[test]
    fn what_is_rejected_is_kept_with_its_reason() {
        let mut org = Org::default();
        let mut run = Run::default();
        let rejects = |_: &Fields| Some("STRING_TOO_LONG".to_owned());
        run.take(&mut org, &file("2026-10-01T08:00:01Z", "no"), AT, rejects);
        run.take(&mut org, b"Result__c\nFail\n", AT, |_| None);
        assert_eq!((run.processed, run.rejected.len()), (0, 2));
        assert!(org.outcome("a0").is_none());
        let rejected = rows(&run.rejected_file().unwrap()).unwrap();
        assert_eq!(rejected[0]["error"], "STRING_TOO_LONG");
        assert_eq!(rejected[1]["error"], "REQUIRED_FIELD_MISSING: Record_ID__c");
    }
}
