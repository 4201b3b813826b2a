//! The page: records with their outcomes, a form for each, and the flows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::kinds::Kind;
use crate::local::State;
use crate::org::Record;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;\
vertical-align:top}label{display:block;margin:.4rem 0}label span{display:inline-block;width:12rem}\
.Success{color:#176b2c}.Fail{color:#a4161a}";

/// What can be made to go wrong from the page.
const TROUBLES: [&str; 7] = [
    "deactivated",
    "suspended",
    "errored",
    "credentials",
    "throttled",
    "rejects",
    "skips",
];

/// The page, with a form for what `asked` names: `record`, or `object` for a new one.
pub(crate) fn page(state: &State, asked: &BTreeMap<String, String>) -> String {
    let record = asked.get("record").and_then(|id| state.org.record(id));
    let object = record
        .map(|record| &record.object)
        .or_else(|| asked.get("object"));
    let kind = object.and_then(|object| state.kind_of(object));
    let mut page = String::new();
    // Outcomes come by themselves; what is typed into a form must not be lost for that.
    let refresh = match kind {
        None => "<meta http-equiv=refresh content=2>",
        Some(_) => "",
    };
    let _ = write!(
        page,
        "<!doctype html><html lang=en><meta charset=utf-8>{refresh}<title>Salesforce on this machine</title>\
         <style>{STYLE}</style><h1><a href=/>Salesforce on this machine</a></h1>"
    );
    if let Some(kind) = kind {
        form(&mut page, kind, record);
    }
    if let Some(record) = record {
        outcome(&mut page, state, record);
    }
    records(&mut page, state);
    flows(&mut page, state);
    page
}

fn form(page: &mut String, kind: &Kind, record: Option<&Record>) {
    let title = record.map_or("new", |record| record.id.as_str());
    let _ = write!(
        page,
        "<h2>{} {}</h2><form method=post action=/edit><input type=hidden name=object value=\"{}\">",
        escape(&kind.object),
        escape(title),
        escape(&kind.object),
    );
    if let Some(record) = record {
        let _ = write!(
            page,
            "<input type=hidden name=records value=\"{}\">",
            escape(&record.id)
        );
    }
    for (name, type_of) in &kind.fields {
        let value = record.and_then(|record| record.fields.get(name));
        let _ = write!(
            page,
            "<label><span>{}</span><input name=\"field.{}\" value=\"{}\" placeholder=\"{}\" size=50></label>",
            escape(name),
            escape(name),
            escape(&text(value)),
            escape(type_of),
        );
    }
    page.push_str("<button name=action value=save>Save</button> ");
    match record {
        Some(record) if record.is_deleted => {
            page.push_str("<button name=action value=undelete>Undelete</button>");
        }
        Some(_) => page.push_str("<button name=action value=delete>Delete</button>"),
        None => {}
    }
    page.push_str("</form>");
}

fn outcome(page: &mut String, state: &State, record: &Record) {
    let Some(outcome) = state.org.outcome(&record.id) else {
        page.push_str("<p>No outcome yet: look again in a moment.</p>");
        return;
    };
    page.push_str("<table>");
    for (name, value) in outcome {
        let _ = write!(
            page,
            "<tr><th>{}<td>{}",
            escape(name),
            escape(&text(Some(value)))
        );
    }
    page.push_str("</table>");
}

fn records(page: &mut String, state: &State) {
    page.push_str("<h2>Records</h2><p>New: ");
    for kind in &state.kinds {
        let object = escape(&kind.object);
        let _ = write!(page, "<a href=\"/?object={object}\">{object}</a> ");
    }
    page.push_str("</p><table><tr><th>Record<th>Object<th>Name<th>Outcome");
    for record in state.org.records(None) {
        let outcome = state.org.outcome(&record.id);
        let said = |name: &str| escape(&text(outcome.and_then(|outcome| outcome.get(name))));
        let name = escape(&text(record.fields.get("Name")));
        let (result, reason) = (said("Result__c"), said("Reason__c"));
        let struck = if record.is_deleted { "<s>" } else { "" };
        let _ = write!(
            page,
            "<tr><td>{struck}<a href=\"/?record={id}\">{id}</a><td>{}<td>{name}\
             <td class=\"{result}\">{result} {} {reason} {}",
            escape(&record.object),
            said("Action__c"),
            said("Time__c"),
            id = escape(&record.id),
        );
    }
    page.push_str("</table>");
}

fn flows(page: &mut String, state: &State) {
    page.push_str("<h2>Flows</h2><table><tr><th>Flow<th>Status<th>Why<th>Break it");
    for (name, flow) in state.flows.all() {
        let _ = write!(
            page,
            "<tr><td>{name}<td>{}<td>{}<td><form method=post action=/break>\
             <input type=hidden name=flow value=\"{name}\"><select name=trouble>",
            flow.status.name(),
            escape(flow.message.as_deref().unwrap_or_default()),
            name = escape(name),
        );
        for trouble in TROUBLES {
            let _ = write!(page, "<option>{trouble}");
        }
        page.push_str("</select> <button>Break</button></form>");
    }
    page.push_str("</table></html>");
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Whatever operators type in is text on the page, and nothing else.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
