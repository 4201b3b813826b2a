//! The brand's contact centre: a partner that reads whoever calls, and the org in which its configuration
//! is edited.

use anyhow::Result;
use serde_json::{Value, json};

use super::{TENANT, put_new};
use crate::aws::JsonService;
use crate::fairlead::Fairlead;
use crate::salesforce::CLIENT;

/// The contact centre, as the CDK app's stage names it.
pub const PARTNER: &str = "contact-centre";

/// What its agreement is called, and the purpose that it is for.
const CUSTOMER_SERVICE: &str = "customer-service";

/// Says what the contact centre may read, and by what Salesforce knows its reader.
pub(super) fn seed(fairlead: &Fairlead) -> Result<()> {
    for row in rows() {
        put_new(fairlead, &row)?;
    }
    let (id, secret) = CLIENT;
    let client = json!({
        "clientId": id,
        "clientSecret": secret,
        "refreshToken": "none",
    });
    let value = json!({
        "SecretId": fairlead.stack.output("SalesforceSecretArn")?,
        "SecretString": client.to_string(),
    });
    fairlead
        .aws
        .call(JsonService::SecretsManager, "PutSecretValue", &value)
        .map(drop)
}

fn rows() -> [Value; 2] {
    [
        json!({
            "tenant": TENANT,
            "part": format!("partner#{PARTNER}"),
            "display_name": "The contact centre",
        }),
        json!({
            "tenant": TENANT,
            "part": format!("agreement#{CUSTOMER_SERVICE}"),
            "partner": PARTNER,
            "terms": { CUSTOMER_SERVICE: ["names", "contacts", "events"] },
        }),
    ]
}
