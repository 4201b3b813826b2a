//! Where definitions stand in the directory.

use crate::{
    AgreementId, EventTypeName, HookName, MessageName, PartnerId, Purpose, TenantId,
    agreement::AGREEMENT_PREFIX, fan_out::FAN_OUT_PREFIX, hook::HOOK_PREFIX,
    message::MESSAGE_PREFIX, notification_rule::NOTIFICATION_RULE_PREFIX, purpose::PURPOSE_PREFIX,
};

/// What precedes a partner's name in its part of the directory.
pub(crate) const PARTNER_PREFIX: &str = "partner#";

/// What precedes the name of a type of events in its part of the directory.
pub const EVENT_TYPE_PREFIX: &str = "event-type#";

/// What precedes a tenant's name in the list of all of them.
pub(crate) const TENANT_PREFIX: &str = "tenant#";

/// The partition of what is no single tenant's.
pub(crate) const OF_ALL: &str = "*";

/// What many rows of a tenant are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Partners.
    Partner,
    /// Purposes.
    Purpose,
    /// Agreements.
    Agreement,
    /// Rules by which people are told of events.
    NotificationRule,
    /// Its words for what Cognito writes to people.
    Message,
    /// Which systems of partners may send webhooks.
    Hook,
    /// What is published to partners' topics.
    FanOut,
}

impl Kind {
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Partner => PARTNER_PREFIX,
            Self::Purpose => PURPOSE_PREFIX,
            Self::Agreement => AGREEMENT_PREFIX,
            Self::NotificationRule => NOTIFICATION_RULE_PREFIX,
            Self::Message => MESSAGE_PREFIX,
            Self::Hook => HOOK_PREFIX,
            Self::FanOut => FAN_OUT_PREFIX,
        }
    }
}

/// The key of a definition's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(crate) tenant: String,
    pub(crate) part: String,
}

impl Place {
    /// Of the tenant itself.
    #[must_use]
    pub fn of_tenant(tenant: &TenantId) -> Self {
        Self::at(tenant, "tenant".to_owned())
    }

    /// Of a partner.
    #[must_use]
    pub fn of_partner(tenant: &TenantId, partner: &PartnerId) -> Self {
        Self::at(tenant, format!("{PARTNER_PREFIX}{partner}"))
    }

    /// Of a purpose.
    #[must_use]
    pub fn of_purpose(tenant: &TenantId, purpose: &Purpose) -> Self {
        Self::at(tenant, format!("{PURPOSE_PREFIX}{purpose}"))
    }

    /// Of an agreement.
    #[must_use]
    pub fn of_agreement(tenant: &TenantId, agreement: &AgreementId) -> Self {
        Self::at(tenant, format!("{AGREEMENT_PREFIX}{agreement}"))
    }

    /// Of a type of events.
    #[must_use]
    pub fn of_event_type(tenant: &TenantId, name: &EventTypeName) -> Self {
        Self::at(tenant, format!("{EVENT_TYPE_PREFIX}{name}"))
    }

    /// Of the rule by which people are told of events of a type.
    #[must_use]
    pub fn of_notification_rule(tenant: &TenantId, name: &EventTypeName) -> Self {
        Self::at(tenant, format!("{NOTIFICATION_RULE_PREFIX}{name}"))
    }

    /// Of the tenant's words for a message.
    #[must_use]
    pub fn of_message(tenant: &TenantId, name: &MessageName) -> Self {
        Self::at(tenant, format!("{MESSAGE_PREFIX}{}", name.in_directory()))
    }

    /// Of a hook.
    #[must_use]
    pub fn of_hook(tenant: &TenantId, name: &HookName) -> Self {
        Self::at(tenant, format!("{HOOK_PREFIX}{name}"))
    }

    /// Of what is published to a partner.
    #[must_use]
    pub fn of_fan_out(tenant: &TenantId, partner: &PartnerId) -> Self {
        Self::at(tenant, format!("{FAN_OUT_PREFIX}{partner}"))
    }

    /// Of the rules for identifiers, which are the same for all tenants.
    #[must_use]
    pub fn of_identifier_rules() -> Self {
        Self {
            tenant: OF_ALL.to_owned(),
            part: "identifier-rules".to_owned(),
        }
    }

    /// Its partition: what a row has in the attribute `tenant`.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Its part of the tenant's partition: what a row has in the attribute `part`.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }

    fn at(tenant: &TenantId, part: String) -> Self {
        Self {
            tenant: tenant.to_string(),
            part,
        }
    }
}
