//! Who can tell one person from another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};

/// Who can tell a person from all others, which a device can't: two people may use it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Claimant {
    /// The login; written `login`.
    Login,
    /// A partner, by its own id for the person; written `<tenant>/<partner>`.
    Partner(TenantId, PartnerId),
}

/// A text that names no claimant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claimant is login, or a tenant and a partner")]
pub struct InvalidClaimant;

impl FromStr for Claimant {
    type Err = InvalidClaimant;

    fn from_str(text: &str) -> Result<Self, InvalidClaimant> {
        let Some((tenant, partner)) = text.split_once('/') else {
            return (text == "login")
                .then_some(Self::Login)
                .ok_or(InvalidClaimant);
        };
        let tenant = tenant.parse().map_err(|_| InvalidClaimant)?;
        let partner = partner.parse().map_err(|_| InvalidClaimant)?;
        Ok(Self::Partner(tenant, partner))
    }
}

impl TryFrom<String> for Claimant {
    type Error = InvalidClaimant;

    fn try_from(text: String) -> Result<Self, InvalidClaimant> {
        text.parse()
    }
}

impl From<Claimant> for String {
    fn from(claimant: Claimant) -> Self {
        claimant.to_string()
    }
}

impl fmt::Display for Claimant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login => f.write_str("login"),
            Self::Partner(tenant, partner) => write!(f, "{tenant}/{partner}"),
        }
    }
}
