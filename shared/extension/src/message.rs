//! What a tenant's queue brings: one event for one extension.

use std::fmt;

use identity::ProfileId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tenancy::{ExtensionName, TenantId};

use crate::{Chain, RunKey};

/// Which extension is to run on which event: what tells a run from every other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId {
    /// Whose code it is.
    pub tenant: TenantId,
    /// Which.
    pub extension: ExtensionName,
    /// On which event: its id, if it is one of the platform's, else the digest by which it is kept.
    pub event_id: String,
}

impl RunId {
    /// The key of its row in the ledger.
    #[must_use]
    pub fn row(&self) -> String {
        format!(
            "extension-run#{}#{}#{}",
            self.tenant, self.extension, self.event_id
        )
    }

    /// The id of the event that tells what came of it: the same however often it is told.
    #[must_use]
    pub fn result_id(&self) -> String {
        format!("evt_{}", self.digest("finished"))
    }

    /// The id of the event number `number` that it answers with.
    #[must_use]
    pub fn answered_id(&self, number: usize) -> String {
        format!("ext_{}_{number}", self.digest("answered"))
    }

    /// What tells it from every other in a FIFO queue.
    #[must_use]
    pub fn deduplication_id(&self) -> String {
        self.digest("deduplication")
    }

    /// Half of a digest, in 32 hexadecimal digits.
    fn digest(&self, of: &str) -> String {
        let (tenant, extension) = (self.tenant.as_str(), self.extension.as_str());
        digest(&[of, tenant, extension, &self.event_id])
    }
}

/// Half of the SHA-256 of `parts`, each after its length, so that no two lists of texts look alike.
pub(crate) fn digest(parts: &[&str]) -> String {
    use fmt::Write as _;
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let half = hash.finalize();
    half.iter().take(16).fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// A message of a tenant's queue.
#[derive(Clone, Serialize, Deserialize)]
pub struct RunMessage {
    /// What is to run on what.
    #[serde(flatten)]
    pub run: RunId,
    /// The event's type.
    pub event_type: String,
    /// Whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ProfileId>,
    /// Through how many runs it came about.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hops: u8,
    /// And of which extensions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Under what the answer is sealed.
    pub key: RunKey,
    /// The event.
    pub event: Carried,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it looks at by reference"
)]
const fn is_zero(hops: &u8) -> bool {
    *hops == 0
}

/// How an event travels.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carried {
    /// Whole, as the structured form of a `CloudEvent`.
    Whole(Box<RawValue>),
    /// By a claim check: a pointer to where it lies, in the format of Amazon's Extended Clients.
    Claim {
        /// The pointer.
        pointer: String,
        /// How many bytes lie there.
        bytes: u64,
    },
}

impl RunMessage {
    /// Through which extensions its event came about.
    #[must_use]
    pub fn chain(&self) -> Chain {
        Chain::read(Some(self.hops), Some(&self.by))
    }

    /// The group of the messages that wait for each other, in a FIFO queue: those of a person, for each extension
    /// by itself.
    #[must_use]
    pub fn ordered_group(&self) -> String {
        match self.person {
            Some(person) => format!("{}.{person}", self.run.extension),
            None => self.run.extension.to_string(),
        }
    }

    /// The message as it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts, numbers and JSON that was read: nothing in it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a message; `None` if it is none.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

/// What an event says is nobody's business.
impl fmt::Debug for RunMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunMessage")
            .field("run", &self.run)
            .field("event_type", &self.event_type)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(tenant: &str, extension: &str, event: &str) -> RunId {
        RunId {
            tenant: tenant.parse().unwrap(),
            extension: extension.parse().unwrap(),
            event_id: event.to_owned(),
        }
    }

    fn message() -> serde_json::Value {
        json!({
            "tenant": "harbour",
            "extension": "greeter",
            "event_id": "evt_1",
            "event_type": "com.example.order.placed.v1",
            "person": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "hops": 1,
            "by": "scorer",
            "key": "00".repeat(32),
            "event": { "whole": { "id": "canary" } },
        })
    }

    #[test]
    fn a_message_reads_as_it_was_written_and_prints_nothing_of_its_event() {
        let read = RunMessage::read(&message().to_string()).unwrap();
        assert_eq!(
            serde_json::to_value(&read).unwrap(),
            message(),
            "as it was written"
        );
        assert!(!format!("{read:?}").contains("canary"));
        assert!(!format!("{read:?}").contains("0000"));
        assert_eq!(read.chain().by(), "scorer");
        assert!(read.ordered_group().starts_with("greeter.prf_"));
    }

    #[test]
    fn what_is_no_message_is_not_read() {
        for (member, value) in [
            ("tenant", json!("A B")),
            ("key", json!("00")),
            ("event", json!({})),
            ("person", json!("jane")),
        ] {
            let mut message = message();
            message[member] = value;
            assert!(
                RunMessage::read(&message.to_string()).is_none(),
                "{message}"
            );
        }
    }

    #[test]
    fn no_two_runs_have_an_id_in_common() {
        let one = run("harbour", "greeter", "evt_1");
        for other in [
            run("airport", "greeter", "evt_1"),
            run("harbour", "scorer", "evt_1"),
            run("harbour", "greeter", "evt_2"),
            run("harbourg", "reeter", "evt_1"),
        ] {
            assert_ne!(one.row(), other.row());
            assert_ne!(one.result_id(), other.result_id());
            assert_ne!(one.deduplication_id(), other.deduplication_id());
            assert_ne!(one.answered_id(0), other.answered_id(0));
        }
        assert_eq!(one.result_id().len(), 36);
    }
}
