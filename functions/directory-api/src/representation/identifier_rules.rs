//! The rules for identifiers.

use std::collections::{BTreeMap, BTreeSet};

use identity::IdentifierKind;
use jiff::Timestamp;
use profile::RulesDefinition;
use serde::Serialize;
use tenancy::Defined;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct IdentifierRulesResponse<'a> {
    blocked: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BTreeMap<IdentifierKind, u32>>))]
    limits: Option<&'a BTreeMap<IdentifierKind, u32>>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

pub(crate) fn identifier_rules(
    Defined { definition, change }: &Defined<RulesDefinition>,
) -> IdentifierRulesResponse<'_> {
    IdentifierRulesResponse {
        blocked: definition.blocked(),
        limits: definition.limits(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}
