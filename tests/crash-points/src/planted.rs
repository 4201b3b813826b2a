//! Bugs that are planted on purpose. Each names a switch in the code under test.

/// A bug, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Bug {
    /// Its switch, as `lambda_kit::planted::is_on` asks for it.
    pub name: &'static str,
    /// What it makes of the code.
    pub what: &'static str,
}

/// All of them.
pub const BUGS: [Bug; 11] = [
    Bug { name: "identifier-claimed-unconditionally", what: "a dropped condition: an identifier gets a second owner" },
    Bug { name: "profile-written-at-any-version", what: "a dropped version: a repeated change is a second change" },
    Bug { name: "change-without-outbox", what: "state is written without the event that tells of it" },
    Bug { name: "outbox-deleted-before-publish", what: "an acknowledgement before the effect, at the outbox" },
    Bug { name: "publish-ignores-failed-entries", what: "a swallowed FailedEntryCount" },
    Bug { name: "poison-acknowledged-unparked", what: "what can't be published is dropped" },
    Bug { name: "stream-failure-swallowed", what: "a stream batch that failed is reported as done" },
    Bug { name: "sqs-failure-swallowed", what: "a message that failed is reported as done" },
    Bug { name: "ledger-claim-unconditional", what: "a dropped condition: two runs hold one lease" },
    Bug { name: "ledger-completed-before-sending", what: "an acknowledgement before the effect, at the ledger" },
    Bug { name: "consent-not-checked", what: "a notice goes out without consent" },
];
