//! A person as one of their logins finds them.

use std::collections::BTreeSet;

use identity::{Identifier, LoginFacts, ProfileId};
use jiff::Timestamp;
use tenancy::TenantId;

use crate::{
    Claimant, FieldName, Profile, ProfilePatch, Source, Standing,
    view::{Fields, Writes},
};

/// A person's root, which shows all that their members know, and the member that a login made, where
/// that is another one. What is done by the login is that member's own, and shows in the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The root.
    pub root: Profile,
    /// The login's own member, unless it is the root.
    pub member: Option<Profile>,
}

/// What a write made of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Whether anything is written at all.
    pub is_any: bool,
    /// The fields that look otherwise by it.
    pub shown: BTreeSet<FieldName>,
}

impl Person {
    /// The id of the login's own member.
    #[must_use]
    pub fn member_id(&self) -> ProfileId {
        let member = self.member.as_ref().unwrap_or(&self.root);
        member.profile_id
    }

    /// What the login's own member wrote itself.
    pub(crate) fn own(&self) -> Fields {
        self.member.as_ref().unwrap_or(&self.root).own()
    }

    /// Takes over what the login knows, as [`Profile::learn`] does for a profile of its own.
    pub fn learn(&mut self, facts: &LoginFacts, now: Timestamp, request_id: &str) -> Changes {
        let news = self.root.news(&self.own(), facts, now);
        self.write(news, now, request_id)
    }

    /// Applies changes from `source`, as [`Profile::apply`] does for a profile of its own.
    pub fn apply(
        &mut self,
        patch: ProfilePatch,
        source: Source,
        now: Timestamp,
        request_id: &str,
    ) -> Changes {
        let edits = self.root.edits(patch, source, now);
        self.write(edits, now, request_id)
    }

    /// Applies changes from `source` and takes `identifiers` over on somebody's word, the partner's
    /// that `claimant` names or the person's, in one version; says which fields look otherwise by it.
    pub(crate) fn take(
        &mut self,
        patch: ProfilePatch,
        source: Source,
        identifiers: &[Identifier],
        claimant: Option<&Claimant>,
        now: Timestamp,
    ) -> BTreeSet<FieldName> {
        let mut writes = self.root.edits(patch, source, now);
        for identifier in identifiers {
            writes.extend(self.root.word(identifier, now));
        }
        let (member, gained) = (self.member_id(), Standing::of(identifiers, claimant));
        for row in self.member.iter_mut().chain([&mut self.root]) {
            row.gain(member, &gained);
        }
        self.show(writes)
    }

    /// Takes over that they came to `tenant` by the login; whether that is news of its own member.
    pub(crate) fn come_to(&mut self, tenant: &TenantId) -> bool {
        let member = self.member.as_ref().unwrap_or(&self.root);
        let (own, id) = (member.standing_of_its_own(), member.profile_id);
        if own.tenants.contains(tenant) {
            return false;
        }
        let gained = Standing::at(tenant);
        for row in self.member.iter_mut().chain([&mut self.root]) {
            row.gain(id, &gained);
        }
        true
    }

    /// Counts the change that `request_id` made.
    pub(crate) fn advance(&mut self, now: Timestamp, request_id: &str) {
        for row in self.member.iter_mut().chain([&mut self.root]) {
            row.advance(now, request_id);
        }
    }

    fn write(&mut self, writes: Writes, now: Timestamp, request_id: &str) -> Changes {
        let is_any = !writes.is_empty();
        let shown = self.show(writes);
        if is_any {
            self.advance(now, request_id);
        }
        Changes { is_any, shown }
    }

    fn show(&mut self, writes: Writes) -> BTreeSet<FieldName> {
        if let Some(member) = &mut self.member {
            member.write(member.profile_id, writes.clone());
        }
        self.root.write(self.member_id(), writes)
    }
}

#[cfg(test)]
mod tests {
    use identity::LoginFacts;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    fn profile(n: u128) -> Profile {
        let facts = LoginFacts {
            sub: "s-1".parse().unwrap(),
            email: None,
            phone: None,
            given_name: None,
            family_name: None,
            locale: None,
            socials: std::collections::BTreeSet::new(),
        };
        Profile::new(ProfileId::new(Uuid::from_u128(n)), &facts, at(0), "r-1")
    }

    fn patch(text: &str) -> ProfilePatch {
        ProfilePatch::parse(text.as_bytes()).unwrap()
    }

    fn person() -> Person {
        let mut root = profile(1);
        root.apply(patch(r#"{"given_name":"Jane"}"#), Source::Person, at(1));
        Person {
            root,
            member: Some(profile(2)),
        }
    }

    #[test]
    fn what_a_member_writes_shows_in_the_root_and_is_its_own() {
        let mut person = person();
        let changes = person.apply(
            patch(r#"{"given_name":"Janet"}"#),
            Source::Person,
            at(2),
            "r-2",
        );
        assert_eq!(changes.shown, BTreeSet::from([FieldName::GivenName]));
        assert_eq!(person.root.text(FieldName::GivenName), Some("Janet"));
        let member = person.member.as_ref().unwrap();
        assert_eq!(member.text(FieldName::GivenName), Some("Janet"));
        let own = person.root.own();
        let own = own[&FieldName::GivenName].what.value.as_ref().unwrap();
        assert_eq!(own.expose(), "Jane");
    }

    #[test]
    fn whom_a_member_deals_with_shows_in_the_root_and_is_its_own() {
        let mut person = person();
        let tenant: TenantId = "harbour".parse().unwrap();
        assert!(person.come_to(&tenant));
        assert!(!person.come_to(&tenant));
        assert!(person.root.standing.tenants.contains(&tenant));
        assert!(person.root.standing_of_its_own().tenants.is_empty());
        let member = person.member.as_ref().unwrap();
        assert!(member.standing_of_its_own().tenants.contains(&tenant));
    }

    #[test]
    fn a_member_removes_what_another_wrote() {
        let mut person = person();
        let changes = person.apply(
            patch(r#"{"given_name":null}"#),
            Source::Person,
            at(2),
            "r-2",
        );
        assert!(changes.is_any);
        assert_eq!(person.root.text(FieldName::GivenName), None);
        assert!(person.root.own().contains_key(&FieldName::GivenName));
    }

    #[test]
    fn a_person_s_write_wins_over_what_they_saw_though_clocks_differ() {
        let mut person = person();
        person.apply(
            patch(r#"{"given_name":"Janet"}"#),
            Source::Person,
            at(-60),
            "r-2",
        );
        assert_eq!(person.root.text(FieldName::GivenName), Some("Janet"));
    }

    #[test]
    fn what_the_root_writes_itself_takes_the_place_of_a_member_s() {
        let mut person = person();
        person.apply(
            patch(r#"{"given_name":"Janet"}"#),
            Source::Person,
            at(2),
            "r-2",
        );
        person
            .root
            .apply(patch(r#"{"given_name":"Joan"}"#), Source::Person, at(3));
        assert_eq!(person.root.text(FieldName::GivenName), Some("Joan"));
        assert!(person.root.own.is_empty());
        assert_eq!(person.root.fields[&FieldName::GivenName].member, None);
    }
}
