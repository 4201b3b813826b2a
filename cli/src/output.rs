//! How answers are printed.

use std::{collections::BTreeMap, io::Write};

use serde_json::Value;

use crate::{args::Output, failure::Failure};

/// Prints an answer: as it came, or one member on each line; the members of `list`, if the answer
/// is one, with these columns.
pub(crate) fn print(
    out: &mut impl Write,
    output: Output,
    answer: &Value,
    columns: &[&str],
) -> Result<(), Failure> {
    let text = match (output, answer) {
        (Output::Json, _) => serde_json::to_string_pretty(answer).unwrap_or_default(),
        (Output::Table, Value::Array(rows)) => table(rows, columns),
        (Output::Table, Value::Object(members)) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let longest = sorted.keys().map(|name| width(name)).max();
            let longest = longest.unwrap_or_default();
            let lines = sorted.into_iter().map(|(name, value)| {
                let line = format!("{}  {}", padded(name, longest), cell(value));
                line.trim_end().to_owned()
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        (Output::Table, _) => "Done.".to_owned(),
    };
    writeln!(out, "{text}").map_err(Failure::file("the answer can't be printed"))
}

fn table(rows: &[Value], columns: &[&str]) -> String {
    let head: Vec<String> = columns
        .iter()
        .map(|column| column.to_uppercase().replace('_', " "))
        .collect();
    let body = rows.iter().map(|row| {
        let cells = columns.iter().map(|column| match row {
            // A list of names has one column.
            Value::String(name) => name.clone(),
            row => row.get(column).map(cell).unwrap_or_default(),
        });
        cells.collect::<Vec<_>>()
    });
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|n| {
            let cells = lines.iter().filter_map(|line| line.get(n));
            cells.map(|cell| width(cell)).max().unwrap_or_default()
        })
        .collect();
    let lines = lines.iter().map(|line| {
        let cells = line.iter().zip(&widths);
        let cells: Vec<String> = cells.map(|(cell, width)| padded(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let members = sorted.into_iter();
            let members = members.map(|(name, value)| format!("{name}: {}", cell(value)));
            members.collect::<Vec<_>>().join("; ")
        }
        value => value.to_string(),
    };
    // What others wrote must not steer the terminal.
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn printed(output: Output, answer: &Value, columns: &[&str]) -> String {
        let mut out = Vec::new();
        print(&mut out, output, answer, columns).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_is_a_table() {
        let rows = json!([
            { "agreement": "deliveries", "partner": "chandlery", "terms": { "newsletter": ["names", "contacts"] } },
            { "agreement": "ferry-2026", "partner": "ferry-line", "terms": {}, "valid_until": "2027-01-01T00:00:00Z" },
        ]);
        let columns = ["agreement", "partner", "terms", "valid_until"];
        assert_snapshot!(printed(Output::Table, &rows, &columns), @r"
        AGREEMENT   PARTNER     TERMS                        VALID UNTIL
        deliveries  chandlery   newsletter: names, contacts
        ferry-2026  ferry-line                               2027-01-01T00:00:00Z
        ");
    }

    #[test]
    fn one_thing_is_a_line_for_each_member() {
        let purpose = json!({ "version": 2, "purpose": "newsletter", "text_versions": ["2026-01"], "sale_or_sharing": false });
        assert_snapshot!(printed(Output::Table, &purpose, &[]), @r"
        purpose          newsletter
        sale_or_sharing  false
        text_versions    2026-01
        version          2
        ");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let named = json!({ "display_name": "a\u{1b}[2Jb\nc" });
        assert_eq!(
            printed(Output::Table, &named, &[]),
            "display_name  a [2Jb c\n"
        );
    }

    #[test]
    fn for_programs_it_is_json() {
        let names = json!(["airport"]);
        assert_eq!(
            printed(Output::Json, &names, &["tenant"]),
            "[\n  \"airport\"\n]\n"
        );
        assert_eq!(
            printed(Output::Table, &names, &["tenant"]),
            "TENANT\nairport\n"
        );
    }
}
