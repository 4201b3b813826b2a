//! What is to be told.

use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Because, SubscriptionId};

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Message {
    /// An event of a partner.
    Partner {
        /// Its key in the table `events`.
        event: String,
    },
    /// An event of Fairlead.
    Fairlead(Notice),
    /// That another subscription of the partner was disabled.
    Disabled(Disablement),
}

/// What is told of an event of Fairlead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The event's id.
    pub id: String,
    /// When it happened.
    pub time: Timestamp,
    /// Whom it is about.
    pub profile_id: ProfileId,
    /// Who became one with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorbed_id: Option<ProfileId>,
    /// By which erasure they are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure_id: Option<String>,
}

/// What is told of a subscription that was disabled, and not by its partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disablement {
    /// The event's id.
    pub id: String,
    /// Which one.
    pub subscription_id: SubscriptionId,
    /// Why.
    pub because: Because,
    /// When.
    pub at: Timestamp,
    /// Since when no call of its endpoint has succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
}
