//! `cargo xtask salesforce`: what operators do in the Salesforce beside a running `up`, and what breaks.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use fairlead_end_to_end::running::Running;
use fairlead_end_to_end::salesforce::{Salesforce, Shown};
use serde_json::Value;

use crate::Workshop;
use crate::up;

#[derive(Args)]
pub(crate) struct Options {
    /// What `up` was given as its folder [default: .fairlead/up]
    #[arg(long, value_name = "FOLDER", global = true)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Makes, changes or deletes a record, and shows what became of it
    Edit(Edit),
    /// Shows the records with their outcomes, or one of them, and the flows
    Show {
        /// The record's id
        record: Option<String>,
    },
    /// Breaks a flow
    Break {
        /// What the flow's name ends with, such as holiday-changes or outcomes
        flow: String,
        /// What becomes of it: deactivated, suspended, errored, credentials, throttled, rejects, skips or drops
        trouble: String,
        /// Of how many runs, rows, files or events
        #[arg(long, default_value_t = 1)]
        times: usize,
    },
}

#[derive(Args)]
struct Edit {
    /// The id of a record, or the object that a new one is of, such as `Holiday__c`
    record: String,
    /// What its fields are to say, such as Name="New Year"; nothing behind the = empties one
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// Delete it
    #[arg(long)]
    delete: bool,
    /// Take it back from the recycle bin
    #[arg(long, conflicts_with = "delete")]
    undelete: bool,
    /// The user of Salesforce who makes the edit
    #[arg(long, value_name = "USER")]
    by: Option<String>,
    /// How Salesforce tells of it: change, platform, relay, gap or overflow
    #[arg(long, default_value = "change")]
    telling: String,
}

pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let instance = up::instance(workshop, options.folder.as_ref())?;
    let salesforce = Salesforce::of(&Running::read(&instance.description())?)?;
    match &options.what {
        What::Edit(edit) => make(workshop, &salesforce, edit),
        What::Show { record } => show(workshop, &salesforce, record.as_deref()),
        What::Break {
            flow,
            trouble,
            times,
        } => {
            let flow = named(&salesforce, flow)?;
            salesforce.break_flow(&flow, trouble, *times)?;
            workshop.console.say(format_args!("{flow}: {trouble}"));
            Ok(())
        }
    }
}

fn make(workshop: &Workshop, salesforce: &Salesforce, edit: &Edit) -> Result<()> {
    let pairs = edit.fields.iter().map(|field| {
        let pair = field.split_once('=');
        pair.with_context(|| format!("{field} is not of the form FIELD=VALUE"))
    });
    let fields: Vec<(&str, &str)> = pairs.collect::<Result<_>>()?;
    // An id has 15 or 18 characters, and no underscore as objects of one's own do.
    let is_id = matches!(edit.record.len(), 15 | 18) && !edit.record.contains('_');
    let record = edit.record.as_str();
    let mut how = vec![("telling", edit.telling.as_str())];
    how.push(if is_id {
        ("records", record)
    } else {
        ("object", record)
    });
    let action = (edit.delete, edit.undelete);
    how.push((
        "action",
        match action {
            (true, _) => "delete",
            (_, true) => "undelete",
            _ => "save",
        },
    ));
    how.extend(edit.by.as_deref().map(|by| ("by", by)));
    let before = if is_id {
        salesforce.record(record)?.time().to_owned()
    } else {
        String::new()
    };
    let task = workshop.console.begin("edit in Salesforce");
    let id = salesforce.edit(&how, &fields)?;
    task.done(&id);
    let task = workshop.console.begin("the outcome on the record");
    let shown = salesforce.outcome(&id, "an outcome", |shown| {
        !shown.time().is_empty() && shown.time() != before
    })?;
    task.done(&outcome(&shown));
    Ok(())
}

fn show(workshop: &Workshop, salesforce: &Salesforce, record: Option<&str>) -> Result<()> {
    if let Some(record) = record {
        let shown = salesforce.record(record)?;
        let text = serde_json::to_string_pretty(shown.all())?;
        workshop.console.say(text);
        return Ok(());
    }
    for shown in salesforce.records()? {
        let text = |pointer: &str| {
            let found = shown.all().pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        workshop.console.say(format_args!(
            "  {}  {:<20} {:<30} {}",
            text("/id"),
            text("/object"),
            text("/fields/Name"),
            outcome(&shown),
        ));
    }
    for flow in salesforce.flows()? {
        let text = |name: &str| flow.get(name).and_then(Value::as_str).unwrap_or_default();
        workshop.console.say(format_args!(
            "  {:<50} {} {}",
            text("name"),
            text("status"),
            text("message")
        ));
    }
    Ok(())
}

fn outcome(shown: &Shown) -> String {
    let parts = [shown.action(), shown.result(), shown.reason(), shown.time()];
    let said = parts.into_iter().filter(|part| !part.is_empty());
    said.collect::<Vec<_>>().join(", ")
}

/// The one flow whose name ends so.
fn named(salesforce: &Salesforce, end: &str) -> Result<String> {
    let flows = salesforce.flows()?;
    let names = flows.iter().filter_map(|flow| flow.get("name")?.as_str());
    let found = names.into_iter().find(|name| name.ends_with(end));
    let found = found.with_context(|| format!("no flow's name ends with {end}"))?;
    Ok(found.to_owned())
}
