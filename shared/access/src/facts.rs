//! A question as Cedar takes it, in the terms of `policies/fairlead.cedarschema`. Facts alone: no
//! rule is decided here.

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, ParseErrors, Request,
    RestrictedExpression,
};
use jiff::Timestamp;
use tenancy::{Agreement, FieldGroup, LegalBasis, PartnerId, Purpose, PurposeDefinition, TenantId};

use crate::{ConsentState, Decision, Person, Question};

/// The schema's names, parsed once.
#[derive(Debug)]
pub(crate) struct Names {
    read: EntityUid,
    tenant: EntityTypeName,
    partner: EntityTypeName,
    group: EntityTypeName,
    agreement: EntityTypeName,
    basis: EntityTypeName,
    decision: EntityTypeName,
    record: EntityTypeName,
}

/// A question that Cedar could not be asked.
#[derive(Debug)]
pub(crate) struct Unaskable;

/// What a question comes to: one request for each group, and what they refer to.
#[derive(Debug)]
pub(crate) struct Facts {
    partner: EntityUid,
    context: Context,
    pub(crate) entities: Entities,
}

impl Names {
    pub(crate) fn new() -> Result<Self, Box<ParseErrors>> {
        let entity = |name: &str| name.parse::<EntityTypeName>().map_err(Box::new);
        Ok(Self {
            read: "Fairlead::Action::\"read\"".parse().map_err(Box::new)?,
            tenant: entity("Fairlead::Tenant")?,
            partner: entity("Fairlead::Partner")?,
            group: entity("Fairlead::FieldGroup")?,
            agreement: entity("Fairlead::Agreement")?,
            basis: entity("Fairlead::LegalBasis")?,
            decision: entity("Fairlead::Decision")?,
            record: entity("Fairlead::Record")?,
        })
    }

    /// What is known of a question, apart from the group.
    pub(crate) fn facts(&self, question: &Question<'_>) -> Result<Facts, Unaskable> {
        let partner = self.partner(question.tenant, question.partner);
        let tenant = [("tenant".to_owned(), self.tenant(question.tenant))];
        let no_tags = std::iter::empty::<(String, RestrictedExpression)>();
        let mut entities = vec![
            Entity::new_with_tags(partner.clone(), tenant, [], no_tags).map_err(|_| Unaskable)?,
        ];
        entities.extend(
            question
                .agreement
                .map(|agreement| self.agreement(agreement, question.purpose))
                .transpose()?,
        );
        let entities = Entities::from_entities(entities, None).map_err(|_| Unaskable)?;
        let context = Context::from_pairs(self.context(question)?).map_err(|_| Unaskable)?;
        Ok(Facts {
            partner,
            context,
            entities,
        })
    }

    /// The request for one group.
    pub(crate) fn request(&self, facts: &Facts, group: FieldGroup) -> Result<Request, Unaskable> {
        let group = uid(&self.group, group.as_str());
        let (read, context) = (self.read.clone(), facts.context.clone());
        Request::new(facts.partner.clone(), read, group, context, None).map_err(|_| Unaskable)
    }

    fn context(
        &self,
        question: &Question<'_>,
    ) -> Result<Vec<(String, RestrictedExpression)>, Unaskable> {
        let scopes = question.scopes.iter().cloned();
        let mut pairs = vec![
            ("now".to_owned(), time(question.now)),
            (
                "scopes".to_owned(),
                RestrictedExpression::new_set(scopes.map(RestrictedExpression::new_string)),
            ),
            ("record".to_owned(), self.record(question.person)),
            (
                "dealings".to_owned(),
                RestrictedExpression::new_set(
                    question.dealings.iter().map(|tenant| self.tenant(tenant)),
                ),
            ),
        ];
        if let Some(agreement) = question.agreement {
            let agreement = RestrictedExpression::new_entity_uid(self.agreement_uid(agreement));
            pairs.push(("agreement".to_owned(), agreement));
        }
        if let Some(definition) = question.definition {
            pairs.push(("purpose".to_owned(), self.purpose(definition)?));
        }
        if let Some(consent) = question.consent {
            pairs.push(("consent".to_owned(), self.consent(consent)?));
        }
        Ok(pairs)
    }

    /// An agreement with what it covers for the purpose that is asked about: no rule looks at the
    /// others.
    fn agreement(&self, agreement: &Agreement, purpose: &Purpose) -> Result<Entity, Unaskable> {
        let partner = self.partner(agreement.tenant(), agreement.partner());
        let attributes = [
            ("tenant".to_owned(), self.tenant(agreement.tenant())),
            (
                "partner".to_owned(),
                RestrictedExpression::new_entity_uid(partner),
            ),
        ];
        let until = agreement
            .valid_until()
            .map(|at| ("valid_until".to_owned(), time(at)));
        let terms = agreement.terms().get(purpose).map(|groups| {
            let groups = groups.iter().map(|group| {
                RestrictedExpression::new_entity_uid(uid(&self.group, group.as_str()))
            });
            (purpose.to_string(), RestrictedExpression::new_set(groups))
        });
        let attributes = attributes.into_iter().chain(until);
        Entity::new_with_tags(self.agreement_uid(agreement), attributes, [], terms)
            .map_err(|_| Unaskable)
    }

    fn purpose(&self, definition: &PurposeDefinition) -> Result<RestrictedExpression, Unaskable> {
        record([
            ("tenant".to_owned(), self.tenant(definition.tenant())),
            ("name".to_owned(), text(definition.purpose().as_str())),
            (
                "legal_basis".to_owned(),
                self.basis(definition.legal_basis()),
            ),
        ])
    }

    fn consent(&self, consent: ConsentState<'_>) -> Result<RestrictedExpression, Unaskable> {
        let decision = match consent.decision {
            Decision::Granted => "granted",
            Decision::Withdrawn => "withdrawn",
        };
        let decision = RestrictedExpression::new_entity_uid(uid(&self.decision, decision));
        let facts = [
            ("tenant".to_owned(), self.tenant(consent.tenant)),
            ("purpose".to_owned(), text(consent.purpose.as_str())),
            ("decision".to_owned(), decision),
        ];
        let until = consent
            .valid_until
            .map(|at| ("valid_until".to_owned(), time(at)));
        record(facts.into_iter().chain(until))
    }

    fn record(&self, person: Person) -> RestrictedExpression {
        let record = match person {
            Person::Live(_) => "live",
            Person::Locked(_) => "locked",
            Person::Erased(_) => "erased",
            Person::Unknown => "unknown",
        };
        RestrictedExpression::new_entity_uid(uid(&self.record, record))
    }

    fn basis(&self, basis: LegalBasis) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(uid(&self.basis, basis.as_str()))
    }

    fn tenant(&self, tenant: &TenantId) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(uid(&self.tenant, tenant.as_str()))
    }

    /// A partner's name is its tenant's to give: two tenants may have partners of one name.
    fn partner(&self, tenant: &TenantId, partner: &PartnerId) -> EntityUid {
        uid(&self.partner, &format!("{tenant}/{partner}"))
    }

    fn agreement_uid(&self, agreement: &Agreement) -> EntityUid {
        let id = format!("{}/{}", agreement.tenant(), agreement.agreement());
        uid(&self.agreement, &id)
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn time(at: Timestamp) -> RestrictedExpression {
    RestrictedExpression::new_long(at.as_millisecond())
}

fn record(
    facts: impl IntoIterator<Item = (String, RestrictedExpression)>,
) -> Result<RestrictedExpression, Unaskable> {
    RestrictedExpression::new_record(facts).map_err(|_| Unaskable)
}
