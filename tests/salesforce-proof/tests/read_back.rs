//! Files of outcomes, read back by Python's own `csv` module: whatever is in them, it is what was written.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at once"
)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use configuration::{Action, OutcomeRow, Reason, Verdict};
use fairlead_salesforce_local::csv_rows::rows;
use jiff::Timestamp;
use proptest::prelude::*;
use salesforce::{HEADER, OutcomeFile};
use serde_json::{Value, json};

/// Reads files that come one a line as hexadecimal digits; prints the rows of each as JSON.
const SCRIPT: &str = "
import csv, io, json, sys
for line in sys.stdin:
    text = bytes.fromhex(line.strip()).decode('utf-8')
    print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))
";

/// What breaks whoever reads or writes carelessly.
const HOSTILE: [&str; 16] = [
    "",
    " ",
    "a,b",
    "\"",
    "\"\"",
    "\",\"",
    "a\"b\",c",
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    "\u{feff}bom",
    "\u{2028}\u{2029}\u{85}",
    "'; DROP TABLE holiday; --",
    "😀 ünïcödé \u{202e}right to left",
    "null",
    "#N/A",
];

fn outcome(id: &str, reason: &str) -> OutcomeRow {
    OutcomeRow {
        kind: "outcome#holiday".to_owned(),
        record_id: format!("{id}#key"),
        salesforce_id: id.to_owned(),
        action: Action::Updated,
        result: Verdict::Fail,
        reason: Reason::new(reason),
        decided_at: Timestamp::constant(1_790_842_529, 0),
        operator: None,
        expires_at: 0,
    }
}

/// What Python reads of each file.
fn read_by_python(files: &[Vec<u8>]) -> Vec<Value> {
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a Python");
    let mut input = python.stdin.take().expect("its input is a pipe");
    let lines = files.iter().map(|file| {
        let digits = file.iter().map(|byte| format!("{byte:02x}"));
        digits.chain(["\n".to_owned()]).collect::<String>()
    });
    let lines: String = lines.collect();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = python.wait_with_output().expect("it ends");
    writing.join().expect("it is written").expect("it is read");
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).expect("it prints ASCII");
    let read = printed.lines().map(serde_json::from_str);
    read.collect::<Result<_, _>>().expect("it prints JSON")
}

fn assert_read_back(reasons: &[String]) {
    let id = "a015f0000000002AAA";
    let outcomes: Vec<OutcomeRow> = reasons.iter().map(|reason| outcome(id, reason)).collect();
    let files = outcomes.iter().map(|outcome| {
        let file = OutcomeFile::of(outcome);
        file.expect("an outcome of a record has a file").body
    });
    let files: Vec<Vec<u8>> = files.collect();
    let read = read_by_python(&files);
    assert_eq!(read.len(), files.len());
    for ((outcome, file), read) in outcomes.iter().zip(&files).zip(read) {
        let row = [
            id,
            "updated",
            "Fail",
            outcome.reason.as_str(),
            "2026-10-01T08:15:29Z",
        ];
        assert_eq!(read, json!([HEADER, row]));
        // As the local flow reads it: what is empty is not there.
        let fields = rows(file).expect("it is a file");
        let reason = fields[0].get("Reason__c").and_then(Value::as_str);
        assert_eq!(reason.unwrap_or_default(), outcome.reason.as_str());
    }
}

#[test]
fn python_reads_hostile_reasons_as_they_are() {
    let long = "x,\"".repeat(200);
    let mut reasons: Vec<String> = HOSTILE.map(str::to_owned).into();
    reasons.extend([
        long,
        "a\r\nb".to_owned(),
        "tab\there".to_owned(),
        "\0nul".to_owned(),
    ]);
    assert_read_back(&reasons);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn python_reads_any_reasons_as_they_are(reasons in prop::collection::vec("\\PC{0,60}", 1..40)) {
        assert_read_back(&reasons);
    }
}
