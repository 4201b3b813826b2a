//! The policies, as they stand in `policies/` at the top of the checkout.

use std::{collections::BTreeSet, sync::LazyLock};

use cedar_policy::{
    Authorizer, Effect, Entities, ParseErrors, Policy, PolicyId, PolicySet, Request,
    ResourceConstraint, Response,
};
use serde_json::Value;

use crate::{Reason, facts::Names};

/// The rules, in Cedar.
pub const POLICIES: &str = include_str!("../../../policies/reading.cedar");

/// What the rules may speak of. Nothing reads it at run time: a test holds the rules and the
/// questions to it.
pub const SCHEMA: &str = include_str!("../../../policies/fairlead.cedarschema");

/// Parsed once per process, when the first decision is made.
static EMBEDDED: LazyLock<Result<Policies, PoliciesError>> =
    LazyLock::new(|| Policies::parse(POLICIES));

/// Policies that questions can be put to. Most say the same of every group that a question asks
/// for; they are asked once, and only the others for each group.
#[derive(Debug)]
pub struct Policies {
    authorizer: Authorizer,
    of_question: PolicySet,
    of_group: PolicySet,
    pub(crate) names: Names,
}

/// What is wrong with a text of policies.
#[derive(Debug, thiserror::Error)]
pub enum PoliciesError {
    /// It is not Cedar.
    #[error("the policies can't be parsed")]
    Syntax(#[from] Box<ParseErrors>),
    /// Cedar can't show what a policy speaks of.
    #[error("the policies can't be looked at")]
    Opaque,
    /// A prohibition gives no reason that a receipt could name.
    #[error(
        "each prohibition has the code of a reason for its @id, and each permission has an @id"
    )]
    Nameless,
    /// Two policies have one id.
    #[error("two policies have the same @id")]
    NamedAlike,
}

impl Policies {
    /// The policies that this build was made with.
    pub fn embedded() -> Result<&'static Self, &'static PoliciesError> {
        EMBEDDED.as_ref()
    }

    /// Policies from a text in Cedar. Each goes by its `@id`, which for a prohibition is a reason's
    /// code.
    pub fn parse(text: &str) -> Result<Self, PoliciesError> {
        let parsed: PolicySet = text.parse().map_err(Box::new)?;
        let mut ids = BTreeSet::new();
        let (mut of_question, mut of_group) = (PolicySet::new(), PolicySet::new());
        for policy in parsed.policies() {
            let id = policy.annotation("id").ok_or(PoliciesError::Nameless)?;
            if policy.effect() == Effect::Forbid && id.parse::<Reason>().is_err() {
                return Err(PoliciesError::Nameless);
            }
            if !ids.insert(id.to_owned()) {
                return Err(PoliciesError::NamedAlike);
            }
            let set = if speaks_of_the_group(policy)? {
                &mut of_group
            } else {
                &mut of_question
            };
            set.add(policy.new_id(PolicyId::new(id)))
                .map_err(|_| PoliciesError::NamedAlike)?;
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            of_question,
            of_group,
            names: Names::new()?,
        })
    }

    /// What the policies that speak of no group say, which is the same for each.
    pub(crate) fn of_question(&self, request: &Request, entities: &Entities) -> Response {
        self.authorizer
            .is_authorized(request, &self.of_question, entities)
    }

    /// What the others say of the group in `request`.
    pub(crate) fn of_group(&self, request: &Request, entities: &Entities) -> Response {
        self.authorizer
            .is_authorized(request, &self.of_group, entities)
    }
}

/// Whether what a policy says can differ between groups: its scope or a condition names the resource.
fn speaks_of_the_group(policy: &Policy) -> Result<bool, PoliciesError> {
    if policy.resource_constraint() != ResourceConstraint::Any {
        return Ok(true);
    }
    let json = policy.to_json().map_err(|_| PoliciesError::Opaque)?;
    Ok(json.get("conditions").is_some_and(names_the_resource))
}

fn names_the_resource(expression: &Value) -> bool {
    match expression {
        Value::Object(members) => members.iter().any(|(operator, operand)| {
            (operator == "Var" && operand == "resource") || names_the_resource(operand)
        }),
        Value::Array(items) => items.iter().any(names_the_resource),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Schema, ValidationMode, Validator};

    use super::*;

    #[test]
    fn the_policies_hold_to_the_schema_strictly_and_without_a_warning() {
        let (schema, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        assert_eq!(warnings.count(), 0);
        let policies = Policies::parse(POLICIES).unwrap();
        let validator = Validator::new(schema);
        for set in [&policies.of_question, &policies.of_group] {
            let result = validator.validate(set, ValidationMode::Strict);
            assert!(
                result.validation_passed_without_warnings(),
                "{:?} {:?}",
                result.validation_errors().collect::<Vec<_>>(),
                result.validation_warnings().collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn only_what_names_the_resource_is_asked_for_each_group() {
        let policies = Policies::parse(POLICIES).unwrap();
        let names = |set: &PolicySet| -> Vec<String> {
            set.policies()
                .map(|policy| policy.id().to_string())
                .collect()
        };
        assert_eq!(names(&policies.of_group), ["group-not-in-agreement"]);
        assert_eq!(
            policies.of_question.policies().count(),
            POLICIES.matches("@id(").count() - 1
        );
        for by_group in [
            "permit (principal, action, resource == Fairlead::FieldGroup::\"names\");",
            "permit (principal, action, resource) when { [[resource]].contains([resource]) };",
            "permit (principal, action, resource) unless { {a: resource} has a };",
            "permit (principal, action, resource) when { if resource == principal then true else false };",
        ] {
            let parsed = Policies::parse(&format!("@id(\"a\") {by_group}")).unwrap();
            assert_eq!(names(&parsed.of_group), ["a"], "{by_group}");
        }
        let text =
            "@id(\"a\") permit (principal, action, resource) when { context.a == \"resource\" };";
        let parsed = Policies::parse(text).unwrap();
        assert!(parsed.of_group.is_empty());
    }

    #[test]
    fn the_reasons_are_the_prohibitions_in_the_order_of_the_file() {
        let ids = POLICIES.split("@id(\"").skip(1);
        let ids: Vec<&str> = ids.map(|rest| rest.split('"').next().unwrap()).collect();
        let reasons = Reason::ALL.iter().map(|reason| reason.as_str());
        let expected: Vec<&str> = ["by-consent", "by-agreement"]
            .into_iter()
            .chain(reasons.filter(|code| *code != Reason::Undecided.as_str()))
            .collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn a_prohibition_without_a_reason_is_refused() {
        for text in [
            "forbid (principal, action, resource);",
            "@id(\"because\") forbid (principal, action, resource);",
            "permit (principal, action, resource);",
        ] {
            let parsed = Policies::parse(text);
            assert!(matches!(parsed, Err(PoliciesError::Nameless)), "{text}");
        }
        let twice = POLICIES.replace("by-agreement", "by-consent");
        assert!(matches!(
            Policies::parse(&twice),
            Err(PoliciesError::NamedAlike)
        ));
        assert!(matches!(
            Policies::parse("permit;"),
            Err(PoliciesError::Syntax(_))
        ));
    }
}
