//! The file that tells Salesforce what became of an edit: CSV as RFC 4180 has it, for a flow of AppFlow
//! that upserts by the record's id. Nobody opens it with a spreadsheet, so nothing in it is changed.

use configuration::OutcomeRow;
use jiff::Timestamp;

/// The columns: fields of the object in Salesforce.
pub const HEADER: [&str; 5] = [
    "Record_ID__c",
    "Action__c",
    "Result__c",
    "Reason__c",
    "Time__c",
];

/// A file of one outcome: the same for the same outcome, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeFile {
    /// `outcomes/<record id>-event-<action>-<yyyy-mm-dd-HH_MM_SS>.csv`.
    pub key: String,
    /// What is in it.
    pub body: Vec<u8>,
}

impl OutcomeFile {
    /// The file of `outcome`; `None` if that tells of no record of Salesforce.
    #[must_use]
    pub fn of(outcome: &OutcomeRow) -> Option<Self> {
        if outcome.is_unknown() {
            return None;
        }
        let row = [
            outcome.salesforce_id.as_str(),
            outcome.action.as_str(),
            outcome.result.as_str(),
            outcome.reason.as_str(),
            &outcome.decided_at.to_string(),
        ];
        Some(Self {
            key: key(
                &outcome.salesforce_id,
                outcome.action.as_str(),
                outcome.decided_at,
            ),
            body: written(&[HEADER, row])?,
        })
    }
}

fn key(record_id: &str, action: &str, at: Timestamp) -> String {
    let at = at.strftime("%Y-%m-%d-%H_%M_%S");
    format!("outcomes/{record_id}-event-{action}-{at}.csv")
}

/// RFC 4180: lines end by CR LF, and what has a comma, a quote or a break in it is quoted.
fn written(rows: &[[&str; 5]]) -> Option<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).ok()?;
    }
    writer.into_inner().ok()
}

#[cfg(test)]
mod tests;
