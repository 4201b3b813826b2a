//! A tenant, as operators define it.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::DisplayName;

/// As many app clients as people may come by to one tenant: with the tenant itself, they are
/// written in one transaction.
const MOST_APP_CLIENTS: usize = 16;

/// An app client of the user pool, by Cognito's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppClientId(String);

/// A text that is no app client's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an app client's id has 1 to 128 letters, digits, underscores and plus signs")]
pub struct InvalidAppClientId;

impl AppClientId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AppClientId {
    type Error = InvalidAppClientId;

    fn try_from(text: String) -> Result<Self, InvalidAppClientId> {
        let well_formed = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_+".contains(&b));
        if well_formed {
            Ok(Self(text))
        } else {
            Err(InvalidAppClientId)
        }
    }
}

impl FromStr for AppClientId {
    type Err = InvalidAppClientId;

    fn from_str(text: &str) -> Result<Self, InvalidAppClientId> {
        text.to_owned().try_into()
    }
}

impl From<AppClientId> for String {
    fn from(id: AppClientId) -> Self {
        id.0
    }
}

impl fmt::Display for AppClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A brand or subsidiary: row `<tenant>`, `tenant` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TenantItem")]
pub struct Tenant {
    /// What people read.
    pub display_name: DisplayName,
    /// The app clients by which people, and operators among them, come to this tenant.
    pub app_clients: BTreeSet<AppClientId>,
}

/// What is wrong with a row of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTenant {
    #[error("people come to a tenant by at most 16 app clients")]
    AppClients,
}

/// The row, as it lies in the table.
#[derive(Deserialize)]
struct TenantItem {
    display_name: DisplayName,
    #[serde(default)]
    app_clients: BTreeSet<AppClientId>,
}

impl TryFrom<TenantItem> for Tenant {
    type Error = InvalidTenant;

    fn try_from(item: TenantItem) -> Result<Self, InvalidTenant> {
        if item.app_clients.len() > MOST_APP_CLIENTS {
            return Err(InvalidTenant::AppClients);
        }
        Ok(Self {
            display_name: item.display_name,
            app_clients: item.app_clients,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tenant_has_a_name_and_a_few_app_clients() {
        let read = |row| serde_json::from_value::<Tenant>(row);
        let tenant =
            read(json!({ "tenant": "harbour", "part": "tenant", "display_name": "Harbour" }));
        assert!(tenant.unwrap().app_clients.is_empty());
        let many: Vec<String> = (0..=MOST_APP_CLIENTS)
            .map(|n| format!("client{n}"))
            .collect();
        for (name, clients) in [
            ("Harbour", json!(many)),
            ("Harbour", json!(["a-b"])),
            ("Harbour", json!([""])),
            ("", json!([])),
        ] {
            let row = json!({ "display_name": name, "app_clients": clients });
            assert!(read(row.clone()).is_err(), "{row}");
        }
    }
}
