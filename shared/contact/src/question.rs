//! What is asked of the configuration.

use jiff::Timestamp;

use crate::Zone;

/// About which contact, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its queue by whatever is known of it: name, id, ARN.
    pub queues: Vec<String>,
    /// The country.
    pub country: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// In which language, BCP 47.
    pub language: Option<String>,
    /// Where days begin, if a record does not say so itself.
    pub zone: Option<Zone>,
    /// When.
    pub at: Timestamp,
}

impl Question {
    /// About a contact of which nothing is known.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self {
            queues: Vec::new(),
            country: None,
            region: None,
            language: None,
            zone: None,
            at,
        }
    }
}
