//! Why a group of fields was withheld.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Why a group of fields was withheld. Each is the `@id` of the prohibition that said so; of
        /// several the first is told. They stand in the order of `policies/reading.cedar`: what
        /// concerns the partner alone precedes what could tell of the person.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Reason {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its code, which never changes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// The token lacks the scope for reading.
    ScopeMissing = "scope-missing",
    /// There is no agreement of that name.
    NoAgreement = "no-agreement",
    /// The agreement is another partner's, or with another tenant.
    AgreementOfAnother = "agreement-of-another",
    /// The agreement has ended.
    AgreementExpired = "agreement-expired",
    /// The tenant defined no such purpose.
    PurposeUnknown = "purpose-unknown",
    /// The agreement does not cover the purpose.
    PurposeNotInAgreement = "purpose-not-in-agreement",
    /// For that purpose, the agreement does not cover the group.
    GroupNotInAgreement = "group-not-in-agreement",
    /// There is no such person.
    PersonUnknown = "person-unknown",
    /// The person was erased.
    PersonErased = "person-erased",
    /// The record is being merged, split or erased.
    PersonLocked = "person-locked",
    /// The person has nothing to do with the tenant.
    PersonOfAnother = "person-of-another",
    /// The decision at hand is not on this purpose of this tenant.
    ConsentOfAnother = "consent-of-another",
    /// The person decided nothing.
    ConsentMissing = "consent-missing",
    /// The person withdrew, or refused.
    ConsentWithdrawn = "consent-withdrawn",
    /// The grant has run out.
    ConsentExpired = "consent-expired",
    /// The person objected.
    Objected = "objected",
    /// No policy permits it, or a policy could not be evaluated.
    Undecided = "undecided",
}

/// A text that is no reason's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such reason")]
pub struct UnknownReason;

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(code: &str) -> Result<Self, UnknownReason> {
        let mut all = Self::ALL.iter().copied();
        all.find(|reason| reason.as_str() == code)
            .ok_or(UnknownReason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
