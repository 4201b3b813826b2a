//! What it keeps, and what follows from an edit and from a run of the scheduled flow.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Settings;
use super::cloud::File;
use super::described::{self, Names};
use crate::appflow::{Flows, Report, Trouble};
use crate::csv_rows::{INTEGRATION_USER, Run};
use crate::kinds::{self, Kind};
use crate::org::{Commit, Fields, Org, Record, Refused};
use crate::rest::Rest;
use crate::wire::{Channel, Event, Telling};

/// The operator whose edits these are, unless they say who they are.
pub(crate) const OPERATOR: &str = "005fl0000004OlgAAE";

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) org: Org,
    pub(crate) rest: Rest,
    pub(crate) flows: Flows,
    pub(crate) kinds: Vec<Kind>,
    names: Names,
    channel: Channel,
    seen: BTreeSet<File>,
}

/// What an operator does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edit {
    /// The object, if a record is made.
    pub(crate) object: String,
    /// The records, if they are there.
    pub(crate) records: Vec<String>,
    /// What is typed in, by field.
    pub(crate) typed: BTreeMap<String, String>,
    pub(crate) action: String,
    pub(crate) by: Option<String>,
    pub(crate) telling: Telling,
}

impl State {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            org: Org::default(),
            rest: Rest::default(),
            flows: Flows::of(&settings.account, &settings.region),
            names: Names::default(),
            kinds: kinds::all(),
            channel: Channel::for_tests(&settings.account, "fairlead"),
            seen: BTreeSet::new(),
        }
    }

    /// From now on there are the flows that `described` asks for.
    pub(crate) fn attach(&mut self, described: &Value) -> Result<()> {
        self.names = described::put(&mut self.flows, described)?;
        Ok(())
    }

    pub(crate) fn kind_of(&self, object: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.object == object)
    }

    /// Does what an operator does; gives which records it was of, and what gets to the bus of it.
    pub(crate) fn edit(
        &mut self,
        edit: &Edit,
        at: Timestamp,
    ) -> std::result::Result<(Vec<String>, Vec<Event>), Refused> {
        let by = edit.by.as_deref().unwrap_or(OPERATOR);
        let object = match edit.records.first().and_then(|id| self.org.record(id)) {
            Some(record) => record.object.clone(),
            None => edit.object.clone(),
        };
        let kind = self.kind_of(&object);
        let value = |name: &String, typed: &String| match kind {
            Some(kind) => kind.value(name, typed),
            None => typed.as_str().into(),
        };
        let typed = edit.typed.iter();
        let fields: Fields = typed
            .map(|(name, typed)| (name.clone(), value(name, typed)))
            .collect();
        let commit = match (edit.action.as_str(), edit.records.first()) {
            ("delete", Some(_)) => Some(self.org.delete(&edit.records, by, at)?),
            ("undelete", Some(id)) => Some(self.org.undelete(id, by, at)?),
            (_, Some(_)) => self.org.update(&edit.records, &fields, by, at)?,
            _ => Some(self.org.create(&object, fields, by, at)),
        };
        let Some(commit) = commit else {
            return Ok((edit.records.clone(), Vec::new()));
        };
        let events = self.told(&commit, edit.telling);
        Ok((commit.record_ids, events))
    }

    /// What gets through the flow of its kind. What an event relay tells passes no flow.
    fn told(&mut self, commit: &Commit, telling: Telling) -> Vec<Event> {
        let Some(kind) = self.kind_of(&commit.object).cloned() else {
            return Vec::new();
        };
        let mut events = self
            .channel
            .events(&self.org, commit, telling, &kind.platform_event);
        if telling != Telling::Relay {
            let flow = self.names.changes(&kind.name);
            events.retain(|_| self.flows.lets_through(&flow));
        }
        events
    }

    pub(crate) fn breaks(&mut self, flow: &str, trouble: Trouble, at: Timestamp) -> Option<Report> {
        if trouble == Trouble::Credentials {
            self.rest.expire_tokens();
        }
        self.flows.make(flow, trouble, at)
    }

    pub(crate) fn outcomes_begin(&mut self) -> Option<std::result::Result<(), String>> {
        self.flows.begins(&self.names.outcomes)
    }

    /// The files that no run has come by, the oldest first.
    pub(crate) fn unseen(&self, files: Vec<File>) -> Vec<File> {
        let mut new: Vec<File> = files
            .into_iter()
            .filter(|file| !self.seen.contains(file))
            .collect();
        new.sort();
        new
    }

    /// Takes the rows of files, and copies what was taken onto the records, of which the org tells in turn.
    pub(crate) fn take_outcomes(
        &mut self,
        files: &[File],
        held: &[Vec<u8>],
        at: Timestamp,
    ) -> (Run, Vec<Event>) {
        let mut run = Run::default();
        let Self {
            org,
            flows,
            seen,
            names,
            ..
        } = self;
        let flow = names.outcomes.as_str();
        for (file, bytes) in files.iter().zip(held) {
            seen.insert(file.clone());
            if !flows.skips_file(flow) {
                run.take(org, bytes, at, |_| flows.rejects_row(flow));
            }
        }
        let records: Vec<String> = run.records().map(str::to_owned).collect();
        let mut events = Vec::new();
        for record in records {
            let copied = self.org.copied(&record).unwrap_or_default();
            // A record that is deleted shows its outcome to nobody.
            if let Ok(Some(commit)) = self.org.update(&[record], &copied, INTEGRATION_USER, at) {
                events.extend(self.told(&commit, Telling::Change));
            }
        }
        (run, events)
    }

    pub(crate) fn outcomes_ended(
        &mut self,
        result: std::result::Result<Run, String>,
        at: Timestamp,
    ) -> Vec<Report> {
        self.flows.ended(&self.names.outcomes, result, at)
    }

    /// A record with its outcome, as others are shown it.
    pub(crate) fn shown(&self, record: &Record) -> Value {
        json!({
            "id": record.id,
            "object": record.object,
            "fields": record.fields,
            "is_deleted": record.is_deleted,
            "modified_at": record.modified_at,
            "modified_by": record.modified_by,
            "outcome": self.org.outcome(&record.id),
        })
    }

    /// The flows, with how far they are and how the latest run went.
    pub(crate) fn shown_flows(&self) -> Value {
        let flows = self.flows.all().map(|(name, flow)| {
            let last = flow.executions.last();
            let last = last.map(|execution| match &execution.result {
                Ok(run) => json!({
                    "at": execution.at, "processed": run.processed, "rejected": run.rejected.len(),
                }),
                Err(error) => json!({ "at": execution.at, "error": error }),
            });
            json!({
                "name": name, "status": flow.status.name(), "message": flow.message, "last_run": last,
            })
        });
        flows.collect()
    }
}
