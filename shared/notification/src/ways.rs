//! By which ways a notice reaches somebody, as things stand: the one rule for whoever sends notices and for
//! whoever says where they would go.

use consent::{Consent, State};
use identity::PhoneNumber;
use jiff::Timestamp;
use lambda_kit::planted;
use profile::{FieldName, Profile};

/// The purpose that notices of changes are sent for, and tests of them.
pub const ACCOUNT: &str = "account-notices";

/// A way by which notices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// As a text message to the person's telephone.
    Sms,
    /// On the notifications topic, for whatever else is subscribed.
    Topic,
}

/// Where a notice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A telephone, as a text message.
    Phone(PhoneNumber),
    /// The notifications topic.
    Topic,
}

/// Why a notice does not go by a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The person does not consent to what it is sent for, or no longer.
    NotConsented,
    /// No telephone number is proven to be theirs.
    NumberNotProven,
    /// They do not want notices by it.
    Declined,
}

impl Way {
    /// All of them, in the order in which they are taken.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Topic];

    /// Under which name the ledger knows what was told of the event `event_id` by this way.
    #[must_use]
    pub fn ledger_key(self, event_id: &str) -> String {
        let name = match self {
            Self::Sms => "sms",
            Self::Topic => "topic",
        };
        format!("notice#{event_id}#{name}")
    }

    /// What the person says about notices by it.
    const fn preference(self) -> FieldName {
        match self {
            Self::Sms => FieldName::NoticesBySms,
            Self::Topic => FieldName::NoticesByTopic,
        }
    }

    /// Where a notice to the person of `profile` goes by it at `now`, with their latest decision on what
    /// it is sent for: nowhere without consent, to a telephone only if they proved that it is theirs, and
    /// by no way that they do not want. What they want never widens what they agreed to.
    pub fn to(
        self,
        profile: &Profile,
        consent: Option<&Consent>,
        now: Timestamp,
    ) -> Result<Address, Obstacle> {
        let agrees =
            State::of(consent, now) == State::Granted || planted::is_on("consent-not-checked");
        if !agrees {
            return Err(Obstacle::NotConsented);
        }
        let is_declined =
            profile.declines(self.preference()) && !planted::is_on("preference-not-read");
        if is_declined {
            return Err(Obstacle::Declined);
        }
        match self {
            Self::Topic => Ok(Address::Topic),
            Self::Sms => profile
                .proven(FieldName::PhoneNumber)
                .and_then(|text| text.parse().ok())
                .map(Address::Phone)
                .ok_or(Obstacle::NumberNotProven),
        }
    }
}

impl Address {
    /// The way there.
    #[must_use]
    pub const fn way(&self) -> Way {
        match self {
            Self::Phone(_) => Way::Sms,
            Self::Topic => Way::Topic,
        }
    }
}
