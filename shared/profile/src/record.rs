//! A profile and how it changes.

use std::collections::{BTreeMap, BTreeSet};

use identity::{LoginFacts, ProfileId};
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::{FieldName, ProfilePatch};

/// The part of a profile that holds its fields.
pub const PROFILE_PART: &str = "profile";

/// A profile: row `profile` of the table `profiles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose.
    pub profile_id: ProfileId,
    part: ProfilePart,
    /// Grows by one with each change.
    pub version: u64,
    /// What is known.
    pub fields: BTreeMap<FieldName, Field>,
    /// When the person was first seen.
    pub created_at: Timestamp,
    /// When the fields last changed.
    pub updated_at: Timestamp,
    /// The request that made this version: a repeated write recognises itself by it.
    pub last_request: String,
    /// Why nobody may write to it; `None` while it is a person's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// Grows with each part beside this one that is added or changed, so that whoever read them all
    /// can tell whether they are still all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<u64>,
}

/// Why nobody may write to a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It became a member of another root, which the row names in `merged_into`.
    Merged,
    /// It is being merged or split, in more than one transaction.
    Settling,
    /// It is being erased.
    Erasing,
    /// It was erased; the row is all that is left.
    Erased,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum ProfilePart {
    #[serde(rename = "profile")]
    Profile,
}

/// What stands in a field, since when and from where: what merging two profiles goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The text.
    pub value: Redacted<String>,
    /// Whether its ownership was proven; for contacts only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Since when.
    pub at: Timestamp,
    /// From where.
    pub source: Source,
}

/// Where a field's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The login.
    Login,
    /// The person themselves.
    Person,
}

impl Profile {
    /// The profile of a person seen for the first time.
    #[must_use]
    pub fn new(
        profile_id: ProfileId,
        facts: &LoginFacts,
        now: Timestamp,
        request_id: &str,
    ) -> Self {
        let mut profile = Self {
            profile_id,
            part: ProfilePart::Profile,
            version: 1,
            fields: BTreeMap::new(),
            created_at: now,
            updated_at: now,
            last_request: request_id.to_owned(),
            closed: None,
            parts: None,
        };
        profile.learn(facts, now);
        profile
    }

    /// Takes over what a login knows, and says which fields changed. Contacts follow the login;
    /// names and language are taken only while nobody set them, so that the person's own stand.
    pub fn learn(&mut self, facts: &LoginFacts, now: Timestamp) -> BTreeSet<FieldName> {
        let email = facts
            .email
            .as_ref()
            .map(|c| (Redacted::new(c.value.as_str().to_owned()), c.verified));
        let phone = facts
            .phone
            .as_ref()
            .map(|c| (Redacted::new(c.value.as_str().to_owned()), c.verified));
        let mut changed = BTreeSet::new();
        for (name, contact) in [(FieldName::Email, email), (FieldName::PhoneNumber, phone)] {
            let new = contact.map(|(value, verified)| Field {
                value,
                verified,
                at: now,
                source: Source::Login,
            });
            changed.extend(self.set(name, new));
        }
        let suggestions = [
            (FieldName::GivenName, &facts.given_name),
            (FieldName::FamilyName, &facts.family_name),
            (FieldName::Locale, &facts.locale),
        ];
        for (name, text) in suggestions {
            let acceptable = text
                .as_ref()
                .and_then(|text| crate::FieldText::new(name, text.expose()).ok());
            if let (Some(text), false) = (acceptable, self.fields.contains_key(&name)) {
                let new = Field {
                    value: text.into_inner(),
                    verified: false,
                    at: now,
                    source: Source::Login,
                };
                changed.extend(self.set(name, Some(new)));
            }
        }
        changed
    }

    /// Applies the person's own changes, and says which fields changed.
    pub fn apply(&mut self, patch: ProfilePatch, now: Timestamp) -> BTreeSet<FieldName> {
        let field = |text: crate::FieldText| Field {
            value: text.into_inner(),
            verified: false,
            at: now,
            source: Source::Person,
        };
        patch
            .0
            .into_iter()
            .filter_map(|(name, text)| self.set(name, text.map(field)))
            .collect()
    }

    /// Counts the change that `request_id` made.
    pub fn advance(&mut self, now: Timestamp, request_id: &str) {
        self.version += 1;
        self.updated_at = now;
        request_id.clone_into(&mut self.last_request);
    }

    /// Puts `new` into the field; says its name if that made a difference.
    fn set(&mut self, name: FieldName, new: Option<Field>) -> Option<FieldName> {
        let same = match (self.fields.get(&name), &new) {
            (Some(old), Some(new)) => old.value == new.value && old.verified == new.verified,
            (None, None) => true,
            _ => false,
        };
        if same {
            return None;
        }
        match new {
            Some(new) => self.fields.insert(name, new),
            None => self.fields.remove(&name),
        };
        Some(name)
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, name: FieldName) -> Option<&str> {
        self.fields
            .get(&name)
            .map(|field| field.value.expose().as_str())
    }

    /// The text of a contact whose ownership was proven.
    #[must_use]
    pub fn proven(&self, name: FieldName) -> Option<&str> {
        self.fields
            .get(&name)
            .filter(|field| field.verified)
            .map(|field| field.value.expose().as_str())
    }
}

#[cfg(test)]
mod tests {
    use identity::{Contact, LoginFacts};
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    fn facts() -> LoginFacts {
        LoginFacts {
            sub: "s-1".parse().unwrap(),
            email: Some(Contact {
                value: "jane@example.com".parse().unwrap(),
                verified: false,
            }),
            phone: None,
            given_name: Some(Redacted::new("Jane".to_owned())),
            family_name: None,
            locale: None,
        }
    }

    fn profile() -> Profile {
        Profile::new(ProfileId::new(Uuid::from_u128(7)), &facts(), at(0), "r-1")
    }

    #[test]
    fn a_login_without_news_changes_nothing() {
        let mut profile = profile();
        let before = profile.clone();
        assert_eq!(profile.learn(&facts(), at(60)), BTreeSet::new());
        assert_eq!(profile, before);
    }

    #[test]
    fn the_login_does_not_overwrite_what_the_person_set() {
        let mut profile = profile();
        let patch = ProfilePatch::parse(br#"{"given_name":"Janet"}"#).unwrap();
        assert_eq!(
            profile.apply(patch, at(1)),
            BTreeSet::from([FieldName::GivenName])
        );
        assert_eq!(profile.learn(&facts(), at(2)), BTreeSet::new());
        assert_eq!(profile.text(FieldName::GivenName), Some("Janet"));
    }

    #[test]
    fn a_verified_address_is_a_change() {
        let mut profile = profile();
        assert_eq!(profile.proven(FieldName::Email), None);
        let mut facts = facts();
        facts.email.as_mut().unwrap().verified = true;
        assert_eq!(
            profile.learn(&facts, at(1)),
            BTreeSet::from([FieldName::Email])
        );
        assert_eq!(profile.proven(FieldName::Email), Some("jane@example.com"));
    }

    #[test]
    fn a_contact_that_the_login_dropped_is_dropped() {
        let mut profile = profile();
        assert_eq!(
            profile.learn(
                &LoginFacts {
                    email: None,
                    ..facts()
                },
                at(1)
            ),
            BTreeSet::from([FieldName::Email])
        );
        assert_eq!(profile.text(FieldName::Email), None);
    }

    #[test]
    fn a_patch_that_says_what_stands_there_changes_nothing() {
        let mut profile = profile();
        let patch = ProfilePatch::parse(br#"{"given_name":" Jane ","birthdate":null}"#).unwrap();
        assert_eq!(profile.apply(patch, at(1)), BTreeSet::new());
    }

    #[test]
    fn no_personal_text_is_printed() {
        let printed = format!("{:?}", profile());
        assert!(
            !printed.contains("Jane") && !printed.contains("jane@"),
            "{printed}"
        );
    }
}
