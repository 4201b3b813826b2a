//! Who asks, and about whose events.

use intake::problems;
use lambda_kit::{http::Request, problem::Problem};
use tenancy::{PartnerId, TenantId};
use token::{Machine, Operator};

/// Whose events are asked about, and by whom.
#[derive(Debug)]
pub(crate) struct Asking {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// The partner whose events were refused.
    pub(crate) partner: PartnerId,
    /// Whether it is the partner itself that asks: nobody else gets to see what came.
    pub(crate) is_sender: bool,
}

impl Asking {
    /// A machine, about its partner's events, and of no other if the query names one.
    pub(crate) fn sender(machine: &Machine, request: &Request) -> Result<Self, Problem> {
        let named = request.query_parameter("partner");
        if named.is_some_and(|named| named != machine.partner.as_str()) {
            return Err(problems::another_partner());
        }
        Ok(Self {
            tenant: machine.tenant.clone(),
            partner: machine.partner.clone(),
            is_sender: true,
        })
    }

    /// An operator, about the events of the partner that the query names, of their own tenant.
    pub(crate) fn operator(operator: &Operator, request: &Request) -> Result<Self, Problem> {
        let tenant = operator.tenant.clone();
        let partner = request.query_parameter("partner");
        let partner = partner.and_then(|partner| partner.parse().ok());
        Ok(Self {
            tenant: tenant.ok_or_else(problems::no_tenant_in_token)?,
            partner: partner.ok_or_else(problems::no_partner)?,
            is_sender: false,
        })
    }
}
