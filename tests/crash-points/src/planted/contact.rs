//! Those in what the contact centre is told, and whoever is on call.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "webhook-flag-not-read",
        what: "what operators switched off goes out all the same",
        exposed_by: "webhook-switched-off",
    },
    Bug {
        name: "contact-open-on-holidays",
        what: "callers are put through on a holiday",
        exposed_by: "contact-asked",
    },
    Bug {
        name: "contact-stale-unmarked",
        what: "what could not be read anew is told as if it had been",
        exposed_by: "contact-asked",
    },
    Bug {
        name: "caller-on-somebodys-word",
        what: "whoever calls by a number that a partner noted is told of somebody else",
        exposed_by: "caller-on-a-word",
    },
    Bug {
        name: "oncall-unsubscribes-others",
        what: "whom somebody subscribed by hand is told of nothing any more",
        exposed_by: "shifts-change",
    },
    Bug {
        name: "oncall-recorded-afterwards",
        what: "a record after the effect: whoever is subscribed by a run that is cut off is told of everything for ever",
        exposed_by: "shifts-change",
    },
    Bug {
        name: "sms-noted-before-it-is-passed-on",
        what: "an acknowledgement before the effect: a text message that nobody gets",
        exposed_by: "texts-relayed",
    },
];
