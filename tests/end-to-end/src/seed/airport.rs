//! The second brand: people come to it by an app client of its own, and partners of its own read of them.

use anyhow::Result;
use serde_json::{Value, json};

use super::{TEXT_VERSION, put_new};
use crate::cognito::{MachineClient, machine_token};
use crate::fairlead::Fairlead;
use crate::hosted_login::HostedLogin;

/// The brand.
pub const TENANT: &str = "airport";
/// What it processes data for, by consent.
pub const PURPOSE: &str = "lounge-letter";
const PARTNER: &str = "lounge";
const AGREEMENT: &str = "lounge-letters";
/// What the partner's machine asks its token for.
const SCOPES: &str = "fairlead/profile.read";

/// Defines the brand, its partner and what the partner may ask for.
pub(super) fn seed(fairlead: &Fairlead) -> Result<()> {
    for row in rows(fairlead.stack.output("WebClientIdOfairport")?) {
        put_new(fairlead, &row)?;
    }
    Ok(())
}

/// The login that sends people to the brand.
pub fn login(fairlead: &Fairlead) -> Result<HostedLogin> {
    Ok(HostedLogin {
        client_id: fairlead.stack.output("WebClientIdOfairport")?.to_owned(),
        ..fairlead.login.clone()
    })
}

/// A token of a machine of the brand's partner.
pub fn partner_token(fairlead: &Fairlead) -> Result<String> {
    let client: MachineClient = fairlead.pool.create_machine_client(PARTNER, SCOPES)?;
    let row = json!({
        "tenant": format!("client#{}", client.id),
        "part": "client",
        "owner_tenant": TENANT,
        "partner": PARTNER,
        "agreement": AGREEMENT,
    });
    put_new(fairlead, &row)?;
    machine_token(&fairlead.http, fairlead.stack.login_url(), &client, SCOPES)
}

fn rows(web_client: &str) -> [Value; 6] {
    [
        json!({
            "tenant": TENANT,
            "part": "tenant",
            "display_name": "Harbour Airport",
            "app_clients": [web_client],
        }),
        json!({ "tenant": "*", "part": format!("tenant#{TENANT}") }),
        json!({ "tenant": format!("client#{web_client}"), "part": "client", "owner_tenant": TENANT }),
        json!({ "tenant": TENANT, "part": format!("partner#{PARTNER}"), "display_name": "The Lounge" }),
        json!({
            "tenant": TENANT,
            "part": format!("agreement#{AGREEMENT}"),
            "partner": PARTNER,
            "terms": { PURPOSE: ["names"] },
        }),
        json!({
            "tenant": TENANT,
            "part": format!("purpose#{PURPOSE}"),
            "display_name": "The Lounge Letter",
            "legal_basis": "consent",
            "text_versions": [TEXT_VERSION],
            "notices": [],
            "sale_or_sharing": false,
        }),
    ]
}
