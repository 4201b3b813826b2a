//! What a login proved, and somebody else did too.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use event::Cause;
use identity::{Identifier, LoginFacts, ProfileId};
use lambda_kit::{
    Chain,
    dynamodb::{text, transact, unmakeable},
    error::ServiceError,
    planted,
};

use super::{Ensured, Grounds, MergeError, Owner, Pointed, ProfileError, ProfileStore};
use crate::{IdentifierRules, Refusal};

impl ProfileStore {
    /// Joins the person of `login` with those to whom the `contested` identifiers lead. The login
    /// proved them, and whoever has them did too.
    pub(super) async fn contest(
        &self,
        login: &Owner,
        contested: Vec<Identifier>,
        facts: &LoginFacts,
        cause: &Cause,
    ) -> Result<Ensured, ProfileError> {
        let mut person = Ensured::from(login);
        if contested.is_empty() || planted::is_on("contested-identifier-left-there") {
            return Ok(person);
        }
        let rules = match self.rules.rules().await {
            Ok(rules) => rules,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "a merge is left to the next sign-in");
                return Ok(person);
            }
        };
        let mut is_done = true;
        for identifier in &contested {
            match self
                .join(person.member, identifier, facts, &rules, cause)
                .await
            {
                Ok(Some(profile_id)) => person.profile_id = profile_id,
                Ok(None) => {}
                Err(MergeError::Refused(refusal)) => {
                    tracing::info!(%refusal, "two who proved the same identifier stay apart");
                }
                Err(error) => {
                    tracing::warn!(error = %Chain(&error), "a merge is left to the next sign-in");
                    is_done = false;
                }
            }
        }
        if is_done {
            transact(&self.client, vec![self.note_digest(login, facts)?]).await?;
        }
        Ok(person)
    }

    /// Joins `member` with whoever has `identifier`; the id under which the two go. `None` if
    /// nobody has it by now: then there is nothing to join, and the next sign-in claims it.
    async fn join(
        &self,
        member: ProfileId,
        identifier: &Identifier,
        facts: &LoginFacts,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Option<ProfileId>, MergeError> {
        let Some(Pointed::At(owner)) = self.logins.find(identifier).await? else {
            return Ok(None);
        };
        let socials = facts.socials.iter().cloned().map(Identifier::Social);
        let socials: Vec<String> = socials.map(|social| social.key(&self.writes.key)).collect();
        let apart = self.merger.are_taken_apart(member, &socials, owner.member);
        if apart.await? {
            return Err(Refusal::TakenOff.into());
        }
        let grounds = Grounds::Identifier {
            kind: identifier.kind(),
            key: identifier.key(&self.writes.key),
            is_verified: owner.verified,
            is_blocked: rules.blocks(identifier),
            limits: rules.limits.clone(),
        };
        let joined = self
            .merger
            .join(member, owner.member, &grounds, cause)
            .await?;
        Ok(Some(joined.profile_id))
    }

    pub(super) fn note_digest(
        &self,
        login: &Owner,
        facts: &LoginFacts,
    ) -> Result<TransactWriteItem, ServiceError> {
        let sub = Identifier::CognitoSub(facts.sub.clone());
        let (known, old) = match &login.login_digest {
            Some(digest) => ("login_digest = :old", Some(text(digest))),
            None => ("attribute_not_exists(login_digest)", None),
        };
        // By member and not by root, which a merge may change meanwhile.
        let update = Update::builder()
            .table_name(&self.writes.identifiers)
            .key("identifier", text(sub.key(&self.writes.key)))
            .update_expression("SET login_digest = :new")
            .condition_expression(format!("#member = :member AND {known}"))
            .expression_attribute_names("#member", "member")
            .expression_attribute_values(":new", text(facts.digest()))
            .expression_attribute_values(":member", text(login.member));
        let update = old.into_iter().fold(update, |update, old| {
            update.expression_attribute_values(":old", old)
        });
        Ok(TransactWriteItem::builder()
            .update(update.build().map_err(|_| unmakeable())?)
            .build())
    }
}
