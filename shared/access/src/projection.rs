//! From what may be read to what is read.

use std::collections::{BTreeMap, BTreeSet};

use profile::{Field, FieldName, Profile};
use serde::{Serialize, Serializer, ser::SerializeMap};
use tenancy::FieldGroup;

/// The group that a field belongs to; `None` if it is in none, so that no partner gets to see it.
#[must_use]
pub const fn group_of(field: FieldName) -> Option<FieldGroup> {
    match field {
        FieldName::GivenName | FieldName::FamilyName | FieldName::DisplayName => {
            Some(FieldGroup::Names)
        }
        FieldName::Email | FieldName::PhoneNumber => Some(FieldGroup::Contacts),
        FieldName::Birthdate | FieldName::Country | FieldName::Locale | FieldName::TimeZone => {
            Some(FieldGroup::Demographics)
        }
        FieldName::NoticesBySms | FieldName::NoticesByTopic => None,
    }
}

/// The fields of a group, as a person reads of them.
#[must_use]
pub const fn fields_of(group: FieldGroup) -> &'static [FieldName] {
    match group {
        FieldGroup::Names => &[
            FieldName::GivenName,
            FieldName::FamilyName,
            FieldName::DisplayName,
        ],
        FieldGroup::Contacts => &[FieldName::Email, FieldName::PhoneNumber],
        FieldGroup::Demographics => &[
            FieldName::Birthdate,
            FieldName::Country,
            FieldName::Locale,
            FieldName::TimeZone,
        ],
        // Entries of the timeline, which are no fields.
        FieldGroup::Events => &[],
    }
}

/// The fields that a partner gets to see; as JSON, what is not known and what is withheld is absent
/// alike. A contact comes with whether it is proven: `email_verified`, `phone_number_verified`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection<'a>(BTreeMap<FieldName, &'a Field>);

impl<'a> Projection<'a> {
    pub(crate) fn of(profile: &'a Profile, groups: &BTreeSet<FieldGroup>) -> Self {
        let fields = profile.fields.iter();
        let is_allowed = |name| group_of(name).is_some_and(|group| groups.contains(&group));
        let allowed = fields.filter(|(name, _)| is_allowed(**name));
        Self(allowed.map(|(name, field)| (*name, field)).collect())
    }

    /// The names of the fields in it.
    pub fn names(&self) -> impl Iterator<Item = FieldName> {
        self.0.keys().copied()
    }
}

impl Serialize for Projection<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        for (name, field) in &self.0 {
            fields.serialize_entry(name.as_str(), field.value.expose())?;
            if group_of(*name) == Some(FieldGroup::Contacts) {
                fields.serialize_entry(&format!("{name}_verified"), &field.verified)?;
            }
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_in_one_group_but_the_person_s_preferences() {
        for group in FieldGroup::ALL {
            for field in fields_of(group) {
                assert_eq!(group_of(*field), Some(group));
            }
        }
        let listed: usize = FieldGroup::ALL
            .iter()
            .map(|group| fields_of(*group).len())
            .sum();
        let all = FieldName::EDITABLE.len() + FieldName::FROM_LOGIN.len();
        assert_eq!(listed, all - FieldName::PREFERENCES.len());
        for preference in FieldName::PREFERENCES {
            assert_eq!(group_of(preference), None);
        }
    }
}
