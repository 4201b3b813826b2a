//! Who asks.

use std::collections::BTreeSet;

use identity::CognitoSub;
use lambda_kit::problem::Problem;
use tenancy::InvalidName;
use token::{Machine, Operator, Principal, Verified};

use crate::problems;

/// As what a tenant's directory has the tenant's own operators: a partner of that name, with what is agreed
/// on in an agreement of the same name. Whoever defines neither lets no operator look anybody up.
const OPERATORS: &str = "operators";

/// A machine that asks by a token that holds, or an operator who asks as the partner that the tenant's
/// operators are; whatever the token allows: that is decided, and on record.
#[derive(Debug, Clone)]
pub struct Asker {
    machine: Machine,
    scopes: BTreeSet<String>,
    operator: Option<Operator>,
}

impl Asker {
    /// The machine for which the token speaks.
    pub(crate) fn of(verified: &Verified) -> Result<Self, Problem> {
        Ok(Self {
            machine: verified.any_machine()?.clone(),
            scopes: verified.scopes().names().clone(),
            operator: None,
        })
    }

    /// The same, or the operator for whom it speaks. A program that runs for operators is neither.
    pub(crate) fn or_operator(verified: &Verified) -> Result<Self, Problem> {
        match verified.principal() {
            Principal::Operator(operator) if !operator.is_program => Ok(Self {
                machine: as_partner(operator, verified.client_id())?,
                scopes: verified.scopes().names().clone(),
                operator: Some(operator.clone()),
            }),
            _ => Self::of(verified),
        }
    }

    /// For whom it speaks.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What its token was granted.
    pub(crate) const fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }

    /// Whose idempotency keys it sends.
    pub(crate) fn key_holder(&self) -> String {
        let operator = self.operator.as_ref();
        operator.map_or_else(|| self.machine.key_holder(), Operator::key_holder)
    }

    /// The login of the operator who asks, if it is one.
    pub(crate) fn operator(&self) -> Option<&CognitoSub> {
        self.operator.as_ref().map(|operator| &operator.sub)
    }
}

/// The partner as which an operator asks: of the tenant by whose app client they signed in, and of no other.
fn as_partner(operator: &Operator, client_id: &str) -> Result<Machine, Problem> {
    let tenant = operator.tenant.clone();
    let tenant = tenant.ok_or_else(problems::no_tenant_in_token)?;
    let unnamed = |error: InvalidName| problems::unavailable(&error);
    Ok(Machine {
        tenant,
        partner: OPERATORS.parse().map_err(unnamed)?,
        agreement: Some(OPERATORS.parse().map_err(unnamed)?),
        client_id: client_id.to_owned(),
    })
}
