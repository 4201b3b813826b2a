//! The writes that give a profile an identifier and take one away: two for each, one in each table.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, TransactWriteItem, Update};
use identity::{Identifier, IdentifierKey, IdentifierKind, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{number, put, text, transact_put, unmakeable},
    error::ServiceError,
    planted,
};

use super::{
    identifiers::{IdentifierItem, OwnedItem, Owner},
    watch,
};
use crate::{Claimant, PROFILE_PART, Person};

/// Nobody has it, and nobody who was erased ever had it.
const NEVER_HAD: &str = "attribute_not_exists(identifier)";

/// Nobody has it. Whoever proves today that an address is theirs may have it again, though it was
/// erased: by then the person has come back by themselves.
const NOT_HELD: &str = "attribute_not_exists(identifier) OR attribute_exists(erased_at)";

#[derive(Debug, Clone)]
pub(super) struct PointerWrites {
    pub(super) profiles: String,
    pub(super) identifiers: String,
    pub(super) key: IdentifierKey,
    pub(super) clock: Clock,
}

impl PointerWrites {
    /// The login of a new profile points at it.
    pub(super) fn claim_login(
        &self,
        login: &Identifier,
        id: ProfileId,
        digest: Option<String>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let row = IdentifierItem {
            login_digest: digest,
            ..self.row(login, id, id)
        };
        self.claim(&row, NEVER_HAD)
    }

    /// What a login proved points at its member, and by it at `root`.
    pub(super) fn claim_proven(
        &self,
        proven: &Identifier,
        root: ProfileId,
        member: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let condition = match proven.kind() {
            IdentifierKind::Email | IdentifierKind::Phone => NOT_HELD,
            _ => NEVER_HAD,
        };
        self.claim(&self.row(proven, root, member), condition)
    }

    /// An identifier that nobody has points at `member` on somebody's word.
    pub(super) fn claim_on_word(
        &self,
        identifier: &Identifier,
        root: ProfileId,
        member: ProfileId,
        asserted_by: Option<Claimant>,
    ) -> Result<TransactWriteItem, ServiceError> {
        // A contact is proven by its login alone. A device is whoever holds its id, and what a
        // partner calls its customers is the partner's to say.
        let is_contact = matches!(
            identifier.kind(),
            IdentifierKind::Email | IdentifierKind::Phone
        );
        let row = IdentifierItem {
            verified: !is_contact,
            asserted_by,
            ..self.row(identifier, root, member)
        };
        if planted::is_on("word-displaces-proof") {
            return transact_put(put(&self.identifiers, &row)?);
        }
        self.claim(&row, NEVER_HAD)
    }

    /// What a login proved leaves `from`, who had it on somebody's word, or before.
    pub(super) fn displace(
        &self,
        contact: &Identifier,
        from: &Owner,
        root: ProfileId,
        member: ProfileId,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let row = self.row(contact, root, member);
        let claim = put(&self.identifiers, &row)?
            .condition_expression("#member = :from AND verified = :was")
            .expression_attribute_names("#member", "member")
            .expression_attribute_values(":from", text(from.member))
            .expression_attribute_values(":was", AttributeValue::Bool(from.verified));
        let mut items = vec![transact_put(claim)?];
        if from.member != member {
            items.push(self.disown(contact, from.member)?);
            items.push(self.own(contact, member)?);
        }
        Ok(items)
    }

    fn claim(
        &self,
        row: &IdentifierItem,
        condition: &str,
    ) -> Result<TransactWriteItem, ServiceError> {
        let put = put(&self.identifiers, row)?;
        if planted::is_on("identifier-claimed-unconditionally") {
            return transact_put(put);
        }
        transact_put(put.condition_expression(condition))
    }

    fn row(&self, identifier: &Identifier, root: ProfileId, member: ProfileId) -> IdentifierItem {
        IdentifierItem {
            identifier: identifier.key(&self.key),
            profile_id: Some(root),
            member: Some(member),
            verified: true,
            at: Some(self.clock.now()),
            login_digest: None,
            asserted_by: None,
            erased_at: None,
        }
    }

    /// The claimed identifier stands in its member's own list.
    pub(super) fn own(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let now = self.clock.now();
        let is_login = identifier.kind() == IdentifierKind::CognitoSub;
        let part = identifier.part(&self.key);
        let row = OwnedItem {
            profile_id: member,
            look_shard: is_login.then(|| watch::shard(&part)),
            part,
            value: identifier.value(),
            at: now,
            look_at: is_login.then(|| watch::first_look(now)),
        };
        transact_put(put(&self.profiles, &row)?.condition_expression("attribute_not_exists(part)"))
    }

    /// An identifier of `member` becomes free.
    pub(super) fn release(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.identifiers)
            .key("identifier", text(identifier.key(&self.key)))
            .condition_expression("#member = :member")
            .expression_attribute_names("#member", "member")
            .expression_attribute_values(":member", text(member));
        Ok(TransactWriteItem::builder()
            .delete(delete.build().map_err(|_| unmakeable())?)
            .build())
    }

    /// The released identifier leaves its member's own list.
    pub(super) fn disown(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(member))
            .key("part", text(identifier.part(&self.key)))
            .condition_expression("attribute_exists(part)");
        Ok(TransactWriteItem::builder()
            .delete(delete.build().map_err(|_| unmakeable())?)
            .build())
    }

    /// Nothing but that the person's root is open and the login's own member still one of its; a
    /// change of the root's parts, so that whoever merges or splits it sees that there is one.
    pub(super) fn hold(&self, person: &Person) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let root = Update::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(person.root.profile_id))
            .key("part", text(PROFILE_PART))
            .update_expression("ADD #parts :one")
            .condition_expression("attribute_exists(part) AND attribute_not_exists(closed)")
            .expression_attribute_names("#parts", "parts")
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| unmakeable())?;
        let mut items = vec![TransactWriteItem::builder().update(root).build()];
        if let Some(member) = &person.member {
            let check = ConditionCheck::builder()
                .table_name(&self.profiles)
                .key("profile_id", text(member.profile_id))
                .key("part", text(PROFILE_PART))
                .condition_expression("closed = :merged AND merged_into = :root")
                .expression_attribute_values(":merged", text("merged"))
                .expression_attribute_values(":root", text(person.root.profile_id))
                .build()
                .map_err(|_| unmakeable())?;
            items.push(TransactWriteItem::builder().condition_check(check).build());
        }
        Ok(items)
    }
}
