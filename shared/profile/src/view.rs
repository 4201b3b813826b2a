//! Whose what stands in a profile is: the profile's own, or another member's of the same person.

use std::collections::{BTreeMap, BTreeSet};

use identity::ProfileId;

use crate::{
    Field, FieldName, Profile, Removal,
    merge::{Owned, Register, State},
};

/// What is written into fields.
pub(crate) type Writes = Vec<(FieldName, Register)>;

/// Fields and whose they are.
pub(crate) type Fields = BTreeMap<FieldName, Owned<Register>>;

impl Profile {
    /// Takes over what `member` writes, and says which fields look otherwise by it.
    pub(crate) fn write(&mut self, member: ProfileId, writes: Writes) -> BTreeSet<FieldName> {
        let before = self.fields.clone();
        let mut own = self.own();
        let fields: Fields = writes
            .into_iter()
            .map(|(name, what)| (name, Owned { member, what }))
            .collect();
        if member == self.profile_id {
            own.extend(fields.clone());
        }
        let names: Vec<FieldName> = fields.keys().copied().collect();
        let view = State::<()>::of(self.shown()).fold(State::of(fields));
        self.show(&own, &view.fields);
        let looks = |fields: &BTreeMap<FieldName, Field>, name| {
            let field = fields.get(&name);
            field.map(|field| (field.value.clone(), field.verified))
        };
        let is_changed = |name: &FieldName| looks(&before, *name) != looks(&self.fields, *name);
        names.into_iter().filter(is_changed).collect()
    }

    /// What stands in each field, and whose it is.
    pub(crate) fn shown(&self) -> Fields {
        let texts = self.fields.iter().map(|(name, field)| {
            let what = Register {
                value: Some(field.value.clone()),
                verified: field.verified,
                at: field.at,
                source: field.source,
            };
            (*name, self.owned(field.member, what))
        });
        let removals = self.removed.iter().map(|(name, removal)| {
            let what = Register {
                value: None,
                verified: false,
                at: removal.at,
                source: removal.source,
            };
            (*name, self.owned(removal.member, what))
        });
        texts.chain(removals).collect()
    }

    /// What this member wrote itself: where another one's stands, what lies beside it.
    pub(crate) fn own(&self) -> Fields {
        let mut own = self.shown();
        own.retain(|_, field| field.member == self.profile_id);
        for (name, register) in &self.own {
            own.insert(*name, self.owned(None, register.clone()));
        }
        own
    }

    /// Shows `view`, and keeps beside it what of `own` does not show.
    pub(crate) fn show(&mut self, own: &Fields, view: &Fields) {
        self.fields.clear();
        self.removed.clear();
        for (name, Owned { member, what }) in view {
            let member = Some(*member).filter(|member| *member != self.profile_id);
            let (at, source) = (what.at, what.source);
            if let Some(value) = what.value.clone() {
                let field = Field {
                    value,
                    verified: what.verified,
                    at,
                    source,
                    member,
                };
                self.fields.insert(*name, field);
            } else {
                let removal = Removal { at, source, member };
                self.removed.insert(*name, removal);
            }
        }
        let is_displaced = |(name, field): &(&FieldName, &Owned<Register>)| {
            view.get(name)
                .is_none_or(|shown| shown.member != field.member)
        };
        self.own = own
            .iter()
            .filter(is_displaced)
            .map(|(name, field)| (*name, field.what.clone()))
            .collect();
    }

    fn owned(&self, member: Option<ProfileId>, what: Register) -> Owned<Register> {
        Owned {
            member: member.unwrap_or(self.profile_id),
            what,
        }
    }

    /// Opens a root that a merge or split had locked.
    pub(crate) fn open(&mut self) {
        if self.closed.take().is_some() {
            self.merged_into = None;
            self.merge_id = None;
        }
    }
}
