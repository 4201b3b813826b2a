//! Those in what tenants' own code is given, and what comes of it.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "extension-undecided",
        what: "code is given what the person does not agree to",
        exposed_by: "extension-withdrawn",
    },
    Bug {
        name: "extension-unreachable-dropped",
        what: "what a disabled extension wanted is dropped in silence",
        exposed_by: "extension-dispatched",
    },
    Bug {
        name: "extension-batch-taken-for-sent",
        what: "of a batch, what the queue did not take counts as sent",
        exposed_by: "extension-dispatched",
    },
    Bug {
        name: "extension-failure-acknowledged",
        what: "a message that failed is acknowledged",
        exposed_by: "extension-dispatched",
    },
    Bug {
        name: "extension-done-before-it-is-told",
        what: "a run is done before the bus is told of it: cut off in between, nobody ever is",
        exposed_by: "extension-run",
    },
    Bug {
        name: "extension-run-counted-apart",
        what: "what a run used is counted apart from its end, and so twice",
        exposed_by: "extension-run",
    },
    Bug {
        name: "breaker-never-closes",
        what: "an extension that works again stays paused",
        exposed_by: "extension-failing",
    },
    Bug {
        name: "breaker-never-half-opens",
        what: "nobody tries whether an extension works again",
        exposed_by: "extension-failing",
    },
    Bug {
        name: "extension-sees-what-it-caused",
        what: "code is given what it caused itself",
        exposed_by: "extension-enriched",
    },
    Bug {
        name: "extension-hop-uncounted",
        what: "what code notes does not say that it came about by code",
        exposed_by: "extension-enriched",
    },
    Bug {
        name: "extension-hop-ignored",
        what: "what code answers with forgets by which code it came about",
        exposed_by: "extension-enriched",
    },
    Bug {
        name: "extension-event-anew",
        what: "an answer that is applied twice is two events",
        exposed_by: "extension-enriched",
    },
    Bug {
        name: "extension-trait-noted-anew",
        what: "an answer that is applied twice changes the person twice",
        exposed_by: "extension-enriched",
    },
];
