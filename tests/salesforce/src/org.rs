//! An org: the records of its objects, and what each commit changes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use crate::ids::record_id;

/// The object that outcomes are upserted into.
pub const OUTCOME: &str = "Fairlead_Outcome__c";

/// Its external id: the record that an outcome is of.
pub const EXTERNAL_ID: &str = "Record_ID__c";

/// When it was decided.
pub const OUTCOME_TIME: &str = "Time__c";

/// How the names of the fields begin into which an outcome is copied on the record that it is of.
pub const COPIED: &str = "Fairlead_";

/// A record's fields, by their names in Salesforce.
pub type Fields = BTreeMap<String, Value>;

/// A record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its id, of 18 characters.
    pub id: String,
    /// What it is a record of, such as `Holiday__c`.
    pub object: String,
    /// What it says. A field that is empty is not there.
    pub fields: Fields,
    /// Whether it lies in the recycle bin.
    pub is_deleted: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// The user who changed it last.
    pub modified_by: String,
}

/// What a commit does to records.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// They are new.
    Create,
    /// Some of their fields are other ones.
    Update,
    /// They go into the recycle bin.
    Delete,
    /// They come back from there.
    Undelete,
}

/// What a commit changed, alike in all of its records.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// What they are records of.
    pub object: String,
    /// Which they are.
    pub record_ids: Vec<String>,
    /// What became of them.
    pub change: Change,
    /// The fields that changed; one that was emptied is null.
    pub changed: Fields,
    /// When it was.
    pub at: Timestamp,
    /// Its number: a later commit has a larger one.
    pub number: u64,
    /// The user whose commit it is.
    pub by: String,
}

/// What an org does not do.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum Refused {
    /// There is no such record, or it is deleted, or it is not.
    #[error("there is no record {0} of which that can be done")]
    NoRecord(String),
    /// Records of several objects do not change alike.
    #[error("the records are not of one object")]
    SeveralObjects,
    /// An outcome says of no record that it is one of it.
    #[error("REQUIRED_FIELD_MISSING: {0}")]
    Incomplete(&'static str),
}

/// What became of a row that was upserted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Upserted {
    /// It is a new record.
    Created,
    /// It took the place of an older one.
    Updated,
    /// What was there is newer, and stays: the rule that the guide has an operator set up.
    Kept,
}

/// A Salesforce org.
#[derive(Clone, Debug, Default)]
pub struct Org {
    records: BTreeMap<String, Record>,
    objects: Vec<String>,
    /// By the external id, which record has it.
    outcomes: BTreeMap<String, String>,
    commits: u64,
}

impl Change {
    /// As `changeType` says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Undelete => "UNDELETE",
        }
    }

    /// As a platform event of ours says it in `Action__c`.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Delete => "deleted",
            Self::Undelete => "undeleted",
        }
    }
}

impl Org {
    /// A new record.
    pub fn create(&mut self, object: &str, fields: Fields, by: &str, at: Timestamp) -> Commit {
        let id = self.next_id(object);
        let mut fields = fields;
        fields.retain(|_, value| !value.is_null());
        let record = Record {
            id: id.clone(),
            object: object.to_owned(),
            fields: fields.clone(),
            is_deleted: false,
            created_at: at,
            modified_at: at,
            modified_by: by.to_owned(),
        };
        self.records.insert(id.clone(), record);
        self.commit((object, Change::Create), vec![id], fields, (by, at))
    }

    /// Changes records alike: what is null is emptied. `None` if that makes them no other than they were.
    pub fn update(
        &mut self,
        ids: &[String],
        fields: &Fields,
        by: &str,
        at: Timestamp,
    ) -> Result<Option<Commit>, Refused> {
        let object = self.object_of(ids, false)?;
        let records: Vec<&Record> = ids.iter().filter_map(|id| self.records.get(id)).collect();
        let mut changed = fields.clone();
        changed.retain(|name, value| {
            let is_new =
                |record: &&Record| record.fields.get(name).unwrap_or(&Value::Null) != value;
            records.iter().any(is_new)
        });
        if changed.is_empty() {
            return Ok(None);
        }
        for id in ids {
            let Some(record) = self.records.get_mut(id) else {
                continue;
            };
            for (name, value) in &changed {
                record.fields.insert(name.clone(), value.clone());
            }
            record.fields.retain(|_, value| !value.is_null());
            (record.modified_at, record.modified_by) = (at, by.to_owned());
        }
        let commit = self.commit((&object, Change::Update), ids.to_vec(), changed, (by, at));
        Ok(Some(commit))
    }

    /// Puts records into the recycle bin.
    pub fn delete(&mut self, ids: &[String], by: &str, at: Timestamp) -> Result<Commit, Refused> {
        let object = self.object_of(ids, false)?;
        self.set_deleted(ids, true, (by, at));
        let change = (object.as_str(), Change::Delete);
        Ok(self.commit(change, ids.to_vec(), Fields::new(), (by, at)))
    }

    /// Takes a record from there.
    pub fn undelete(&mut self, id: &str, by: &str, at: Timestamp) -> Result<Commit, Refused> {
        let ids = [id.to_owned()];
        let object = self.object_of(&ids, true)?;
        self.set_deleted(&ids, false, (by, at));
        let fields = self.records.get(id).map(|record| record.fields.clone());
        let change = (object.as_str(), Change::Undelete);
        Ok(self.commit(change, ids.to_vec(), fields.unwrap_or_default(), (by, at)))
    }

    /// Upserts an outcome by the record that it is of. An older one does not take the place of a newer
    /// one: files come in no order.
    pub fn upsert_outcome(
        &mut self,
        row: Fields,
        by: &str,
        at: Timestamp,
    ) -> Result<Upserted, Refused> {
        let external = row.get(EXTERNAL_ID).and_then(Value::as_str);
        let external = external.filter(|external| !external.is_empty());
        let external = external.ok_or(Refused::Incomplete(EXTERNAL_ID))?.to_owned();
        let time = moment(&row).ok_or(Refused::Incomplete(OUTCOME_TIME))?;
        let known = self
            .outcomes
            .get(&external)
            .and_then(|id| self.records.get_mut(id));
        let Some(record) = known else {
            let commit = self.create(OUTCOME, row, by, at);
            self.outcomes.extend(
                commit
                    .record_ids
                    .into_iter()
                    .map(|id| (external.clone(), id)),
            );
            return Ok(Upserted::Created);
        };
        if moment(&record.fields).is_some_and(|known| known > time) {
            return Ok(Upserted::Kept);
        }
        // What a row leaves empty stays as it was, as Salesforce has it.
        record.fields.extend(row);
        (record.modified_at, record.modified_by) = (at, by.to_owned());
        Ok(Upserted::Updated)
    }

    /// A record, deleted or not.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<&Record> {
        self.records.get(id)
    }

    /// The records of `object`, or all but outcomes, deleted ones too.
    pub fn records(&self, object: Option<&str>) -> impl Iterator<Item = &Record> {
        self.records.values().filter(move |record| match object {
            Some(object) => record.object == object,
            None => record.object != OUTCOME,
        })
    }

    /// The outcome of a record.
    #[must_use]
    pub fn outcome(&self, record: &str) -> Option<&Fields> {
        let outcome = self.outcomes.get(record)?;
        self.records.get(outcome).map(|record| &record.fields)
    }

    /// What of an outcome is copied on to the record that it is of, as the guide has an operator set it up.
    #[must_use]
    pub fn copied(&self, record: &str) -> Option<Fields> {
        let outcome = self.outcome(record)?.iter();
        let copied = outcome.filter(|(name, _)| *name != EXTERNAL_ID);
        let copied = copied.map(|(name, value)| (format!("{COPIED}{name}"), value.clone()));
        Some(copied.collect())
    }

    fn object_of(&self, ids: &[String], is_deleted: bool) -> Result<String, Refused> {
        let mut object = None;
        for id in ids {
            let record = self.records.get(id);
            let record = record.filter(|record| record.is_deleted == is_deleted);
            let record = record.ok_or_else(|| Refused::NoRecord(id.clone()))?;
            if *object.get_or_insert(&record.object) != &record.object {
                return Err(Refused::SeveralObjects);
            }
        }
        object
            .cloned()
            .ok_or_else(|| Refused::NoRecord(String::new()))
    }

    fn set_deleted(&mut self, ids: &[String], is_deleted: bool, (by, at): (&str, Timestamp)) {
        for id in ids {
            if let Some(record) = self.records.get_mut(id) {
                record.is_deleted = is_deleted;
                (record.modified_at, record.modified_by) = (at, by.to_owned());
            }
        }
    }

    fn commit(
        &mut self,
        (object, change): (&str, Change),
        record_ids: Vec<String>,
        changed: Fields,
        (by, at): (&str, Timestamp),
    ) -> Commit {
        self.commits += 1;
        Commit {
            object: object.to_owned(),
            record_ids,
            change,
            changed,
            at,
            number: self.commits,
            by: by.to_owned(),
        }
    }

    fn next_id(&mut self, object: &str) -> String {
        let place = self.objects.iter().position(|known| known == object);
        let place = place.unwrap_or_else(|| {
            self.objects.push(object.to_owned());
            self.objects.len() - 1
        });
        let number = u64::try_from(self.records.len()).unwrap_or_default();
        record_id(u32::try_from(place).unwrap_or_default(), number)
    }
}

fn moment(fields: &Fields) -> Option<Timestamp> {
    fields.get(OUTCOME_TIME)?.as_str()?.parse().ok()
}
