//! What an assertion changes.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use event::Data;
use identity::{Identifier, ProfileId};
use lambda_kit::{
    dynamodb::{text, unmakeable},
    error::ServiceError,
};

use crate::{
    FieldName, IdentifierRules, PROFILE_PART, Person, Profile, SegmentsWord, Speaker,
    identify::Plan,
};

/// A change to write: the person before, if there is one, and after, with what they get.
pub(super) struct Change {
    pub(super) before: Option<Person>,
    pub(super) after: Person,
    pub(super) claims: Vec<Identifier>,
    pub(super) changed: BTreeSet<FieldName>,
    pub(super) segments: Option<SegmentsWord>,
}

/// The claims of `plan` that `root` may take, each kind up to its limit.
pub(super) fn allowed(plan: &Plan, rules: &IdentifierRules, root: &Profile) -> Vec<Identifier> {
    let mut taken = root.standing.taken.clone();
    let mut claims = plan.claims.clone();
    claims.retain(|identifier| {
        let kind = identifier.kind();
        let count = taken.entry(kind).or_default();
        let is_allowed = rules.allows(kind, *count);
        if is_allowed {
            *count = count.saturating_add(1);
        } else {
            tracing::warn!(identifier.kind = %kind, profile.id = %root.profile_id, "a profile has all identifiers of a kind that it takes");
        }
        is_allowed
    });
    claims
}

impl Change {
    /// Whether there is anything to write.
    pub(super) fn is_any(&self) -> bool {
        let is_told = !self.changed.is_empty() || self.segments.is_some();
        !self.claims.is_empty() || (self.before.is_some() && is_told)
    }

    pub(super) fn event(&self, speaker: &Speaker) -> Data {
        let (profile_id, version) = (self.after.root.profile_id, self.after.root.version);
        let tenant_id = speaker.tenant().cloned();
        let identifiers: BTreeSet<_> = self.claims.iter().map(Identifier::kind).collect();
        let mut changed: BTreeSet<String> = self.changed.iter().map(ToString::to_string).collect();
        changed.extend(self.segments.is_some().then(|| "segments".to_owned()));
        match &self.before {
            None => Data::ProfileCreated {
                profile_id,
                version,
                tenant_id,
                identifiers,
            },
            Some(_) if identifiers.is_empty() => Data::ProfileUpdated {
                profile_id,
                version,
                tenant_id,
                changed,
            },
            Some(_) => Data::ProfileIdentified {
                profile_id,
                version,
                tenant_id,
                identifiers,
                changed,
            },
        }
    }
}

/// A check that there is nobody of that id.
pub(super) fn nobody(profiles: &str, id: ProfileId) -> Result<TransactWriteItem, ServiceError> {
    let check = ConditionCheck::builder()
        .table_name(profiles)
        .key("profile_id", text(id))
        .key("part", text(PROFILE_PART))
        .condition_expression("attribute_not_exists(part)")
        .build()
        .map_err(|_| unmakeable())?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}
