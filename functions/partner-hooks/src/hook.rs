//! Which hook a path leads to.

use lambda_kit::http::Request;
use tenancy::{HookName, PartnerId, Place, SourceName, TenantId};

/// A hook: `/v1/hooks/<tenant>.<partner>/<source>`. No name has a full stop in it, so that a path leads
/// to one tenant and one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(crate) tenant: TenantId,
    pub(crate) partner: PartnerId,
    /// Which of the partner's systems sends.
    source: SourceName,
}

impl Hook {
    /// The hook that the path of `request` names, if it can be one.
    pub(crate) fn named_by(request: &Request) -> Option<Self> {
        let (tenant, partner) = request.path_parameter("partner")?.split_once('.')?;
        Some(Self {
            tenant: tenant.parse().ok()?,
            partner: partner.parse().ok()?,
            source: request.path_parameter("source")?.parse().ok()?,
        })
    }

    /// Under which part the directory has it.
    pub(crate) fn part(&self) -> String {
        let name = HookName {
            partner: self.partner.clone(),
            source: self.source.clone(),
        };
        Place::of_hook(&self.tenant, &name).part().to_owned()
    }

    /// The name of its secret, below what all of them have before it.
    pub(crate) fn secret(&self) -> String {
        format!("{}/{}/{}", self.tenant, self.partner, self.source)
    }

    /// The `source` of its events.
    pub(crate) fn event_source(&self) -> String {
        format!("/hooks/{}", self.source)
    }
}
