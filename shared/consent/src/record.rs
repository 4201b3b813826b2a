//! A consent and the rules of deciding on it.

use event::Surface;
use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{Purpose, TenantId, TextVersion};

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Yes.
    Granted,
    /// No, or no longer.
    Withdrawn,
}

/// A decision as it is put forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who decides.
    pub profile_id: ProfileId,
    /// To whom.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub ruling: Ruling,
    /// Which text they saw.
    pub text_version: TextVersion,
    /// Where they decide.
    pub surface: Surface,
}

/// The latest decision on (tenant, purpose): row `consent#<tenant>#<purpose>` of the profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose.
    pub profile_id: ProfileId,
    part: String,
    /// To whom.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub ruling: Ruling,
    /// Which text they saw.
    pub text_version: TextVersion,
    /// Where they decided.
    pub surface: Surface,
    /// When they decided.
    pub decided_at: Timestamp,
    /// Grows by one with each decision.
    pub version: u64,
}

/// The part of a profile that holds the consent on (tenant, purpose).
#[must_use]
pub fn part(tenant: &TenantId, purpose: &Purpose) -> String {
    format!("consent#{tenant}#{purpose}")
}

impl Consent {
    /// The consent after `decision`; `None` if it says what stood there before.
    #[must_use]
    pub fn after(before: Option<&Self>, decision: Decision, now: Timestamp) -> Option<Self> {
        let says_nothing_new = before.is_some_and(|b| {
            b.ruling == decision.ruling && b.text_version == decision.text_version
        });
        if says_nothing_new {
            return None;
        }
        Some(Self {
            profile_id: decision.profile_id,
            part: part(&decision.tenant, &decision.purpose),
            tenant: decision.tenant,
            purpose: decision.purpose,
            ruling: decision.ruling,
            text_version: decision.text_version,
            surface: decision.surface,
            decided_at: now,
            version: before.map_or(0, |before| before.version) + 1,
        })
    }

    /// Whether data may be processed by it.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        self.ruling == Ruling::Granted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decision(ruling: Ruling, text: &str) -> Decision {
        Decision {
            profile_id: format!("prf_{:032x}", 7).parse().unwrap(),
            tenant: "harbour".parse().unwrap(),
            purpose: "newsletter".parse().unwrap(),
            ruling,
            text_version: text.parse().unwrap(),
            surface: Surface::SelfService,
        }
    }

    fn ruling() -> impl Strategy<Value = Ruling> {
        prop_oneof![Just(Ruling::Granted), Just(Ruling::Withdrawn)]
    }

    proptest! {
        #[test]
        fn the_last_decision_counts_and_versions_only_grow(decisions in prop::collection::vec((ruling(), "[a-c]"), 1..12)) {
            let mut consent: Option<Consent> = None;
            for (ruling, text) in &decisions {
                let version = consent.as_ref().map_or(0, |c| c.version);
                if let Some(next) = Consent::after(consent.as_ref(), decision(*ruling, text), Timestamp::UNIX_EPOCH) {
                    prop_assert_eq!(next.version, version + 1);
                    consent = Some(next);
                }
                prop_assert_eq!(consent.as_ref().map(|c| c.ruling), Some(*ruling));
            }
        }

        #[test]
        fn deciding_twice_is_deciding_once(ruling in ruling(), text in "[a-c]") {
            let once = Consent::after(None, decision(ruling, &text), Timestamp::UNIX_EPOCH);
            prop_assert_eq!(Consent::after(once.as_ref(), decision(ruling, &text), Timestamp::UNIX_EPOCH), None);
        }
    }
}
