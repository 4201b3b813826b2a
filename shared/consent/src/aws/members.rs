//! Persons that are made of several members. What a login decides is its own member's decision; the
//! latest of all members' lies in the root's partition and says whose it is. A root's own one that
//! another member's displaced lies beside it, behind `own#`.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem};
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{number, text, unmakeable},
    error::ServiceError,
};

use super::{ConsentError, ConsentReader, items, reading::read};
use crate::Consent;

/// Before the part of a decision that another member's displaced.
const OWN_PREFIX: &str = "own#";

/// Whom a login's profile belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// The root of the person.
    pub(super) root: ProfileId,
    /// The login's own member, which may be the root.
    pub(super) member: ProfileId,
}

impl ConsentReader {
    /// Whom the profile `member` belongs to now.
    pub(super) async fn standing(&self, member: ProfileId) -> Result<Standing, ConsentError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(member))
            .key("part", text("profile"))
            .projection_expression("closed, merged_into")
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.ok_or(ConsentError::UnknownProfile)?;
        let attribute = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        let root = match attribute("closed").map(String::as_str) {
            None => member,
            Some("merged") => attribute("merged_into")
                .and_then(|root| root.parse().ok())
                .ok_or(ConsentError::Malformed)?,
            Some("settling") => return Err(ConsentError::Settling),
            Some(_) => return Err(ConsentError::UnknownProfile),
        };
        Ok(Standing { root, member })
    }

    /// The same once a write was refused: that the root was closed stands in the root's row alone.
    pub(super) async fn standing_anew(&self, member: ProfileId) -> Result<Standing, ConsentError> {
        let standing = self.standing(member).await?;
        if standing.root != member {
            self.standing(standing.root).await?;
        }
        Ok(standing)
    }

    /// What `id` decided itself and another member's displaced.
    async fn displaced(&self, id: ProfileId, part: &str) -> Result<Option<Consent>, ConsentError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(format!("{OWN_PREFIX}{part}")))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer.item.map(read).transpose()
    }

    /// The writes by which the decision `after` of `standing.member`, on top of what `before` shows,
    /// is that member's own: where it is the root itself, the one that lay beside goes; where it is
    /// another, it is written there too, and the root's own one is laid beside.
    pub(super) async fn own(
        &self,
        standing: Standing,
        after: &Consent,
        before: Option<&Consent>,
    ) -> Result<(Vec<TransactWriteItem>, Consent), ConsentError> {
        let Standing { root, member } = standing;
        let part = &after.part;
        if root == member {
            let is_displaced = before.is_some_and(|before| before.member.is_some());
            let beside = if is_displaced {
                self.displaced(root, part).await?
            } else {
                None
            };
            let gone = beside.map(|beside| self.delete(&beside)).transpose()?;
            return Ok((gone.into_iter().collect(), after.clone()));
        }
        let mut writes = vec![self.belongs(standing)?];
        if let Some(own) = before.filter(|before| before.member.is_none()) {
            let beside = Consent {
                part: format!("{OWN_PREFIX}{part}"),
                ..own.clone()
            };
            writes.push(items::replace(&self.table, &beside, None)?);
        }
        let lying = self.at(member, part).await?;
        let is_foreign = lying.as_ref().is_some_and(|lying| lying.member.is_some());
        let (part, lying) = if is_foreign {
            let beside = self.displaced(member, part).await?;
            (format!("{OWN_PREFIX}{part}"), beside)
        } else {
            (part.clone(), lying)
        };
        let own = Consent {
            profile_id: member,
            part,
            version: lying.as_ref().map_or(0, |lying| lying.version) + 1,
            member: None,
            ..after.clone()
        };
        writes.push(items::replace(&self.table, &own, lying.as_ref())?);
        Ok((writes, own))
    }

    fn delete(&self, consent: &Consent) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .key("profile_id", text(consent.profile_id))
            .key("part", text(&consent.part))
            .condition_expression("#version = :expected")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":expected", number(consent.version))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Nothing but that the member still is one of that root's.
    fn belongs(&self, standing: Standing) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key("profile_id", text(standing.member))
            .key("part", text("profile"))
            .condition_expression("closed = :merged AND merged_into = :root")
            .expression_attribute_values(":merged", text("merged"))
            .expression_attribute_values(":root", text(standing.root))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}
