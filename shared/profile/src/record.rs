//! A profile and how it changes.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Identifier, IdentifierKind, LoginFacts, MergeId, ProfileId};
use jiff::Timestamp;
use lambda_kit::{clock::after, redact::Redacted};
use serde::{Deserialize, Serialize};

use crate::{
    Claimant, FieldName, ProfilePatch, Standing,
    field::UNWANTED,
    merge::Register,
    view::{Fields, Writes},
};

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
    /// Who can tell this person from others, and what they took on somebody's word.
    #[serde(flatten)]
    pub standing: Standing,
    /// What of that is this member's own, where another member's shows too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_standing: Option<Standing>,
    /// The fields that were removed, since when and by whom.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub removed: BTreeMap<FieldName, Removal>,
    /// What this member wrote itself into fields in which another member's text stands.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<FieldName, Register>,
    /// The root of the person whose member it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ProfileId>,
    /// The root that absorbed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ProfileId>,
    /// The merge by which it was absorbed last, or under whose lock it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_id: Option<MergeId>,
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
    /// The member that it came by, if that is not the profile in whose row it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<ProfileId>,
}

/// That a field was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// When.
    pub at: Timestamp,
    /// By what.
    pub source: Source,
    /// The member by which, if that is not the profile in whose row it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<ProfileId>,
}

/// Where a field's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The login.
    Login,
    /// The person themselves.
    Person,
    /// A partner.
    Partner,
}

impl Source {
    /// Which of two texts of the same time wins: the higher one.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Partner => 0,
            Self::Login => 1,
            Self::Person => 2,
        }
    }
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
        let mut profile = Self::unknown(profile_id, now, request_id.to_owned());
        profile.standing.known_by.insert(Claimant::Login);
        profile.learn(facts, now);
        profile
    }

    /// The profile of somebody of whom nothing is known yet.
    #[must_use]
    pub const fn unknown(profile_id: ProfileId, now: Timestamp, request_id: String) -> Self {
        Self {
            profile_id,
            part: ProfilePart::Profile,
            version: 1,
            fields: BTreeMap::new(),
            created_at: now,
            updated_at: now,
            last_request: request_id,
            closed: None,
            parts: None,
            standing: Standing::new(),
            own_standing: None,
            removed: BTreeMap::new(),
            own: BTreeMap::new(),
            merged_into: None,
            parent: None,
            merge_id: None,
        }
    }

    /// Takes over what a login knows, and says which fields changed. Contacts follow the login;
    /// names and language are taken only while nobody set them, so that the person's own stand.
    pub fn learn(&mut self, facts: &LoginFacts, now: Timestamp) -> BTreeSet<FieldName> {
        let news = self.news(&self.own(), facts, now);
        self.write(self.profile_id, news)
    }

    /// What a login writes that knows `facts` and whose member wrote `own` until now.
    pub(crate) fn news(&self, own: &Fields, facts: &LoginFacts, now: Timestamp) -> Writes {
        let email = facts.email.as_ref().map(|c| (c.value.as_str(), c.verified));
        let phone = facts.phone.as_ref().map(|c| (c.value.as_str(), c.verified));
        let contact = |(name, contact): (FieldName, Option<(&str, bool)>)| {
            let held = own.get(&name).map(|held| &held.what);
            let text = contact.map(|(text, _)| Redacted::new(text.to_owned()));
            let verified = contact.is_some_and(|(_, verified)| verified);
            let is_known = match held {
                // What a partner said of somebody whose login is silent about it stays.
                Some(held) if held.source == Source::Partner && text.is_none() => true,
                Some(held) => held.value == text && held.verified == verified,
                None => text.is_none(),
            };
            (!is_known).then(|| (name, Register::by_login(text, verified, held, now)))
        };
        let suggestion = |(name, text): (FieldName, &Option<Redacted<String>>)| {
            let text = crate::FieldText::new(name, text.as_ref()?.expose()).ok()?;
            let is_set = self.fields.contains_key(&name) || self.removed.contains_key(&name);
            let text = Some(text.into_inner());
            (!is_set).then(|| (name, Register::by_login(text, false, None, now)))
        };
        let contacts = [(FieldName::Email, email), (FieldName::PhoneNumber, phone)];
        let suggestions = [
            (FieldName::GivenName, &facts.given_name),
            (FieldName::FamilyName, &facts.family_name),
            (FieldName::Locale, &facts.locale),
        ];
        let contacts = contacts.into_iter().filter_map(contact);
        contacts
            .chain(suggestions.into_iter().filter_map(suggestion))
            .collect()
    }

    /// Applies changes from `source`, and says which fields changed. The last writer wins, by time
    /// and rank; a person wrote on top of what they saw, whatever the clocks say.
    pub fn apply(
        &mut self,
        patch: ProfilePatch,
        source: Source,
        now: Timestamp,
    ) -> BTreeSet<FieldName> {
        let edits = self.edits(patch, source, now);
        self.write(self.profile_id, edits)
    }

    /// What `patch` writes on what it was made on.
    pub(crate) fn edits(&self, patch: ProfilePatch, source: Source, now: Timestamp) -> Writes {
        let shown = self.shown();
        let edit = |(name, text): (FieldName, Option<crate::FieldText>)| {
            let seen = shown.get(&name).map(|seen| &seen.what);
            let value = text.map(crate::FieldText::into_inner);
            let is_known = seen.and_then(|seen| seen.value.as_ref()) == value.as_ref();
            let at = match source {
                Source::Person => after(seen.map(|seen| seen.at), now),
                Source::Login | Source::Partner => now,
            };
            let is_late =
                seen.is_some_and(|seen| (seen.at, seen.source.rank()) > (at, source.rank()));
            let register = Register {
                value,
                verified: false,
                at,
                source,
            };
            (!is_known && !is_late).then_some((name, register))
        };
        patch.0.into_iter().filter_map(edit).collect()
    }

    /// What it writes that `identifier` is taken over on a partner's word. A contact shows in its
    /// field, unless the login or the person says another.
    pub(crate) fn word(&self, identifier: &Identifier, now: Timestamp) -> Writes {
        let name = match identifier.kind() {
            IdentifierKind::Email => FieldName::Email,
            IdentifierKind::Phone => FieldName::PhoneNumber,
            _ => return Writes::new(),
        };
        let shown = self.shown();
        let seen = shown.get(&name).map(|seen| &seen.what);
        if seen.is_some_and(|seen| seen.source != Source::Partner) {
            return Writes::new();
        }
        let register = Register {
            value: Some(identifier.value()),
            verified: false,
            at: after(seen.map(|seen| seen.at), now),
            source: Source::Partner,
        };
        vec![(name, register)]
    }

    /// Counts the change that `request_id` made.
    pub fn advance(&mut self, now: Timestamp, request_id: &str) {
        self.version += 1;
        self.updated_at = now;
        request_id.clone_into(&mut self.last_request);
    }

    /// The text of a field.
    #[must_use]
    pub fn text(&self, name: FieldName) -> Option<&str> {
        self.fields
            .get(&name)
            .map(|field| field.value.expose().as_str())
    }

    /// Whether the person does not want notices by the channel of this preference.
    #[must_use]
    pub fn declines(&self, preference: FieldName) -> bool {
        self.text(preference) == Some(UNWANTED)
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
            socials: std::collections::BTreeSet::new(),
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
            profile.apply(patch, Source::Person, at(1)),
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
        let without = LoginFacts {
            email: None,
            ..facts()
        };
        let changed = profile.learn(&without, at(1));
        assert_eq!(changed, BTreeSet::from([FieldName::Email]));
        assert_eq!(profile.text(FieldName::Email), None);
    }

    #[test]
    fn a_patch_that_says_what_stands_there_changes_nothing() {
        let mut profile = profile();
        let patch = ProfilePatch::parse(br#"{"given_name":" Jane ","birthdate":null}"#).unwrap();
        assert_eq!(profile.apply(patch, Source::Person, at(1)), BTreeSet::new());
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
