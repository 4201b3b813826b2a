//! A sale of their data that a person agreed to, for the tests of functions that honour Global Privacy
//! Control.

use serde_json::{Value, json};

use crate::World;

/// Where the person's consent lies in their partition.
const PART: &str = "consent#harbour#partner-offers";

/// The tenant `harbour` sells data for the purpose `partner-offers`, and the person of `profile_id`
/// agreed to it.
pub fn grant(world: &World, profile_id: &str) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "purpose#partner-offers",
            "display_name": "Offers of partners",
            "legal_basis": "consent",
            "text_versions": ["2026-01"],
            "notices": [{
                "text_version": "2026-01",
                "url": "https://harbour.example/privacy/partner-offers/2026-01",
                "sha256": "5e".repeat(32),
                "recipients": ["Chandlers"],
                "retention": "Until you withdraw",
            }],
            "sale_or_sharing": true,
        }),
    );
    world.put_row(
        "profiles",
        json!({
            "profile_id": profile_id,
            "part": PART,
            "tenant": "harbour",
            "purpose": "partner-offers",
            "ruling": "granted",
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2025-06-01T00:00:00Z",
            "version": 1,
        }),
    );
}

/// Whether they still agree to it.
#[must_use]
pub fn is_granted(world: &World, profile_id: &str) -> bool {
    world.rows("profiles").iter().any(|row| {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        text("profile_id") == Some(profile_id)
            && text("part") == Some(PART)
            && text("ruling") == Some("granted")
    })
}
