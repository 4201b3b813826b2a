//! What is asked for, in SOQL. Nothing gets into a query but names, ids and times.

use jiff::Timestamp;

/// As many ids as are asked for at once.
pub const MOST_IDS: usize = 100;

/// What is read of each record beside its fields.
const ALWAYS: [&str; 4] = ["Id", "IsDeleted", "SystemModstamp", "LastModifiedById"];

/// So that what was read of an answer that was cut off is known by the last time in it.
const ORDER: &str = "ORDER BY SystemModstamp, Id";

/// Which fields of which object.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    object: &'a str,
    fields: Vec<&'a str>,
}

/// What is no name of an object or a field, or no id, gets into no query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is to be read has no name or no id that Salesforce gives")]
pub struct InvalidQuery;

impl<'a> Selection<'a> {
    /// `fields` of records of `object`; those that every record has are read in any case.
    #[must_use]
    pub fn new(object: &'a str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut fields: Vec<&str> = fields.into_iter().collect();
        fields.retain(|field| !ALWAYS.contains(field));
        fields.sort_unstable();
        fields.dedup();
        Self { object, fields }
    }

    pub(super) fn by_ids(&self, ids: &[&str]) -> Result<String, InvalidQuery> {
        if ids.is_empty() || ids.len() > MOST_IDS || !ids.iter().all(|id| is_id(id)) {
            return Err(InvalidQuery);
        }
        let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
        self.query(&format!("Id IN ({})", ids.join(",")))
    }

    pub(super) fn changed_since(&self, since: Timestamp) -> Result<String, InvalidQuery> {
        // Salesforce keeps whole seconds.
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        self.query(&format!("SystemModstamp >= {since}"))
    }

    fn query(&self, condition: &str) -> Result<String, InvalidQuery> {
        let fields: Vec<&str> = ALWAYS.iter().chain(&self.fields).copied().collect();
        if !is_name(self.object) || !fields.iter().all(|field| is_name(field)) {
            return Err(InvalidQuery);
        }
        let (fields, object) = (fields.join(", "), self.object);
        Ok(format!(
            "SELECT {fields} FROM {object} WHERE {condition} {ORDER}"
        ))
    }
}

/// Names are of letters, digits and underscores, and begin with a letter.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 80
        && bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Ids have 15 letters and digits, or 18.
fn is_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_the_fields_the_object_and_what_is_meant() {
        let selection = Selection::new("Holiday__c", ["Until__c", "Name", "Id", "Name"]);
        assert_eq!(
            selection.by_ids(&["a015f00000AbCdE", "a015f00000AbCdFAAV"]),
            Ok("SELECT Id, IsDeleted, SystemModstamp, LastModifiedById, Name, Until__c FROM Holiday__c \
                WHERE Id IN ('a015f00000AbCdE','a015f00000AbCdFAAV') ORDER BY SystemModstamp, Id"
                .to_owned())
        );
        let since: Timestamp = "2026-01-15T09:00:00.9Z".parse().unwrap();
        let query = selection.changed_since(since).unwrap();
        assert!(query.ends_with(
            "WHERE SystemModstamp >= 2026-01-15T09:00:00Z ORDER BY SystemModstamp, Id"
        ));
    }

    #[test]
    fn what_is_no_id_gets_into_no_query() {
        let selection = Selection::new("Holiday__c", ["Name"]);
        for id in ["", "a015f00000AbCd'", "a015f00000AbC%2", "a015", "ä15f00000AbCdE"] {
            assert_eq!(selection.by_ids(&[id]), Err(InvalidQuery), "{id}");
        }
        assert_eq!(selection.by_ids(&[]), Err(InvalidQuery));
        assert_eq!(selection.by_ids(&["a015f00000AbCdE"; 101]), Err(InvalidQuery));
    }

    #[test]
    fn what_is_no_name_gets_into_no_query() {
        for name in ["", "Name, Secret__c", "1st", "Name FROM User", "Näme"] {
            let of_field = Selection::new("Holiday__c", [name]);
            assert_eq!(of_field.by_ids(&["a015f00000AbCdE"]), Err(InvalidQuery));
            let of_object = Selection::new(name, ["Name"]);
            assert_eq!(of_object.by_ids(&["a015f00000AbCdE"]), Err(InvalidQuery));
        }
    }
}
