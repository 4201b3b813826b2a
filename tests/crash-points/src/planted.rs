//! Bugs that are planted on purpose. Each names a switch in the code under test.

mod configuration;
mod contact;
mod extensions;
mod flows;
mod registering;
mod running;

/// A bug, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Bug {
    /// Its switch, as `lambda_kit::planted::is_on` asks for it.
    pub name: &'static str,
    /// What it makes of the code.
    pub what: &'static str,
    /// The scenario that has to expose it.
    pub exposed_by: &'static str,
}

/// All of them.
pub fn bugs() -> impl Iterator<Item = &'static Bug> {
    let more = [
        configuration::BUGS,
        contact::BUGS,
        extensions::BUGS,
        flows::BUGS,
        registering::BUGS,
        running::BUGS,
    ];
    BUGS.iter().chain(more.into_iter().flatten())
}

const BUGS: &[Bug] = &[
    Bug {
        name: "identifier-claimed-unconditionally",
        what: "a dropped condition: an identifier gets a second owner",
        exposed_by: "address-of-someone-else",
    },
    Bug {
        name: "word-displaces-proof",
        what: "a partner's word takes an address from the person who proved it",
        exposed_by: "word-against-proof",
    },
    Bug {
        name: "shared-device-joined",
        what: "whoever logs in on a device is taken for the one before",
        exposed_by: "shared-device",
    },
    Bug {
        name: "device-moved-anew",
        what: "a visit that is repeated on a device of somebody else is a second visitor",
        exposed_by: "next-visit",
    },
    Bug {
        name: "linked-by-unverified-address",
        what: "a login is linked by an address that nobody vouches for",
        exposed_by: "unproven-social",
    },
    Bug {
        name: "already-linked-is-a-failure",
        what: "a repeated trigger fails where the first run had linked",
        exposed_by: "social-after-native",
    },
    Bug {
        name: "login-left-there",
        what: "a login that was taken off still gets in",
        exposed_by: "login-taken-off",
    },
    Bug {
        name: "taken-off-for-a-while",
        what: "a login that was taken off leads to the same person at its next sign-in",
        exposed_by: "login-taken-off",
    },
    Bug {
        name: "tokens-left-there",
        what: "a request that is cut off after the login is taken off leaves its refresh tokens",
        exposed_by: "login-taken-off",
    },
    Bug {
        name: "missed-twice-at-once",
        what: "a login is taken off since one run, begun twice, missed its user twice",
        exposed_by: "user-untold",
    },
    Bug {
        name: "sign-in-recorded-unconditionally",
        what: "a dropped condition: a repeated trigger is a second sign-in",
        exposed_by: "sign-in",
    },
    Bug {
        name: "notice-tested-without-a-pause",
        what: "a dropped condition: a repeated request for a test is a second one",
        exposed_by: "notice-tested",
    },
    Bug {
        name: "profile-written-at-any-version",
        what: "a dropped version: a repeated change is a second change",
        exposed_by: "overtaken",
    },
    Bug {
        name: "change-without-outbox",
        what: "state is written without the event that tells of it",
        exposed_by: "change",
    },
    Bug {
        name: "outbox-deleted-before-publish",
        what: "an acknowledgement before the effect, at the outbox",
        exposed_by: "poison",
    },
    Bug {
        name: "publish-ignores-failed-entries",
        what: "a swallowed FailedEntryCount",
        exposed_by: "many-changes",
    },
    Bug {
        name: "poison-acknowledged-unparked",
        what: "what can't be published is dropped",
        exposed_by: "poison",
    },
    Bug {
        name: "stream-failure-swallowed",
        what: "a stream batch that failed is reported as done",
        exposed_by: "poison",
    },
    Bug {
        name: "sqs-failure-swallowed",
        what: "a message that failed is reported as done",
        exposed_by: "notices",
    },
    Bug {
        name: "ledger-claim-unconditional",
        what: "a dropped condition: two runs hold one lease",
        exposed_by: "notices",
    },
    Bug {
        name: "ledger-completed-before-sending",
        what: "an acknowledgement before the effect, at the ledger",
        exposed_by: "notices",
    },
    Bug {
        name: "repetition-claimed-unconditionally",
        what: "a dropped condition: a request under its key is answered anew",
        exposed_by: "repeated",
    },
    Bug {
        name: "repetition-under-another-id",
        what: "what a dead run wrote is not recognised by the one that takes over",
        exposed_by: "repeated",
    },
    Bug {
        name: "answer-not-kept",
        what: "an answer is given and not kept under its key",
        exposed_by: "repeated",
    },
    Bug {
        name: "repetition-has-another-receipt",
        what: "a partner's repetition makes a second receipt for the same answer",
        exposed_by: "repeated-read",
    },
    Bug {
        name: "consent-not-checked",
        what: "a notice goes out without consent",
        exposed_by: "withdrawn-while-queued",
    },
    Bug {
        name: "preference-not-read",
        what: "a notice goes out by a channel that the person does not want",
        exposed_by: "declined-while-queued",
    },
    Bug {
        name: "consent-granted-by-default",
        what: "who never decided counts as having agreed",
        exposed_by: "consent",
    },
    Bug {
        name: "expired-consent-counts-as-granted",
        what: "a grant outlives its time",
        exposed_by: "expired",
    },
    Bug {
        name: "grant-ends-twice",
        what: "a dropped mark: a repeated run tells again that a grant ended",
        exposed_by: "audience-run-out",
    },
    Bug {
        name: "decision-without-evidence",
        what: "a decision holds that can't be proven",
        exposed_by: "consent",
    },
    Bug {
        name: "directory-written-at-any-version",
        what: "a dropped version: an operator overwrites what they never saw",
        exposed_by: "directory-overtaken",
    },
    Bug {
        name: "partner-client-made-twice",
        what: "a repetition makes a second app client, and leaves the first one to nobody",
        exposed_by: "partner-client",
    },
    Bug {
        name: "dataset-pushed-at-any-version",
        what: "a dropped version: a device overwrites what it never saw",
        exposed_by: "devices",
    },
    Bug {
        name: "contested-identifier-left-there",
        what: "two who proved the same address stay two",
        exposed_by: "address-of-someone-else",
    },
    Bug {
        name: "split-leaves-identifiers",
        what: "a split forgets to re-point the identifiers",
        exposed_by: "split",
    },
    Bug {
        name: "unreadable-receipt-dropped",
        what: "a receipt that can't be archived is dropped",
        exposed_by: "receipts-archived",
    },
    Bug {
        name: "answered-without-receipt",
        what: "a partner is answered though no receipt was written",
        exposed_by: "partner-read",
    },
    Bug {
        name: "partner-ignores-consent",
        what: "a partner reads on after the person withdrew",
        exposed_by: "partner-read",
    },
    Bug {
        name: "erased-without-a-mark",
        what: "an erased identifier is free, and a late sign-in brings the person back",
        exposed_by: "erasure",
    },
    Bug {
        name: "erased-though-taken-back",
        what: "an erasure goes on that the person has taken back",
        exposed_by: "way-back",
    },
    Bug {
        name: "acknowledged-by-whoever-asks",
        what: "a partner acknowledges what it was never told of",
        exposed_by: "erasure",
    },
    Bug {
        name: "partner-told-without-event",
        what: "a partner that is told by webhooks never hears that it has to erase somebody",
        exposed_by: "webhook-erasure",
    },
    Bug {
        name: "erasure-ignores-the-trail",
        what: "what partners read while the person was one with another is forgotten",
        exposed_by: "erasure-after-split",
    },
    Bug {
        name: "audience-number-given-twice",
        what: "a dropped condition: two changes get one number",
        exposed_by: "audience-together",
    },
    Bug {
        name: "audience-forgets-tombstone",
        what: "who leaves an audience leaves no tombstone",
        exposed_by: "audience",
    },
    Bug {
        name: "audience-keeps-first-version",
        what: "a member of an audience who changes is not told of",
        exposed_by: "audience",
    },
    Bug {
        name: "event-put-unconditionally",
        what: "a dropped condition: another event under the same id takes the place of the first",
        exposed_by: "ingest",
    },
    Bug {
        name: "event-accepted-unkept",
        what: "an acknowledgement before the effect: an event is answered 202 that is not kept",
        exposed_by: "ingest",
    },
    Bug {
        name: "duplicate-event-taken-for-another",
        what: "an event that is sent again is refused",
        exposed_by: "ingest",
    },
    Bug {
        name: "refused-event-unkept",
        what: "an acknowledgement before the effect: an event is refused that is not kept for its sender",
        exposed_by: "ingest",
    },
    Bug {
        name: "upload-accepted-unseen",
        what: "an acknowledgement before the effect: an event is answered 202 whose data is not there",
        exposed_by: "uploaded",
    },
    Bug {
        name: "webhook-replayed",
        what: "a webhook that is sent again is another event",
        exposed_by: "hook",
    },
    Bug {
        name: "time-makes-another-event",
        what: "a message that is sent again later is refused",
        exposed_by: "sdk-batch",
    },
    Bug {
        name: "word-of-any-time",
        what: "what was said earlier and comes again takes the place of what was said later",
        exposed_by: "sdk-said-again",
    },
    Bug {
        name: "message-entered-unheard",
        what: "a message is entered and what it says of the person is not taken over",
        exposed_by: "sdk-identify",
    },
    Bug {
        name: "visitors-signal-unheard",
        what: "a message is entered and what its browser forbids is not withdrawn",
        exposed_by: "sdk-signal",
    },
    Bug {
        name: "unknown-person-dropped",
        what: "what names somebody whom nobody knows yet is dropped for good",
        exposed_by: "sdk-track-first",
    },
    Bug {
        name: "waiting-forgotten-before-it-is-told",
        what: "an acknowledgement before the effect: what waited is forgotten before it is told of again",
        exposed_by: "sdk-track-first",
    },
    Bug {
        name: "event-entered-anew",
        what: "an event that is delivered again is a second entry in the timeline",
        exposed_by: "event-router",
    },
    Bug {
        name: "webhook-undecided",
        what: "a partner is sent an event of somebody who withdrew their consent while it waited",
        exposed_by: "webhook-withdrawn",
    },
    Bug {
        name: "webhook-redirect-followed",
        what: "whoever answers leads Fairlead to an address that nobody looked at",
        exposed_by: "webhooks",
    },
    Bug {
        name: "webhook-noted-before-it-is-sent",
        what: "an acknowledgement before the effect: what counts as delivered never left",
        exposed_by: "webhooks",
    },
    Bug {
        name: "webhook-gone-is-tried-again",
        what: "an endpoint that said it was gone is called on and on",
        exposed_by: "webhook-gone",
    },
    Bug {
        name: "webhook-failing-for-ever",
        what: "an endpoint that has failed for days is called on and on",
        exposed_by: "webhook-failing",
    },
    Bug {
        name: "webhook-failing-is-cancelled",
        what: "what an endpoint never took counts as not wanted",
        exposed_by: "webhook-failing",
    },
    Bug {
        name: "webhook-end-told-afterwards",
        what: "two writes where one belongs: that a subscription ended is told by nobody who is cut off between",
        exposed_by: "webhook-failing",
    },
    Bug {
        name: "event-published-undecided",
        what: "a partner gets by its topic what is about somebody who withdrew their consent",
        exposed_by: "fan-out-withdrawn",
    },
    Bug {
        name: "copies-outlive-their-event",
        what: "of somebody who was erased a partner can still fetch what lies for it",
        exposed_by: "fan-out-erased",
    },
    Bug {
        name: "dead-letter-removed-before-it-is-back",
        what: "an acknowledgement before the effect: a dead letter leaves its queue before it is back where it came from",
        exposed_by: "dead-letters",
    },
    Bug {
        name: "feed-skips-one",
        what: "a place in a feed that is one too far",
        exposed_by: "audience",
    },
];
