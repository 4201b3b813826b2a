//! Those in what becomes of tenants' own code.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "version-ready-by-itself",
        what: "two writes where one belongs: a version is ready that nobody who was cut off between has run",
        exposed_by: "extension-registered",
    },
    Bug {
        name: "rollback-of-a-rollback",
        what: "a repetition that is not known again: who goes back and is not answered goes forward again",
        exposed_by: "extension-registered",
    },
    Bug {
        name: "extension-noted-as-told-before-it-is",
        what: "an acknowledgement before the effect: the bus counts as told of a version that it never heard of",
        exposed_by: "extension-registered",
    },
    Bug {
        name: "role-has-to-be-seen-at-once",
        what: "a role that Lambda does not see yet is taken for one that it never will",
        exposed_by: "extension-registered",
    },
    Bug {
        name: "extension-forgotten-first",
        what: "rows go before what they tell of: what was cut off between is there for ever",
        exposed_by: "extension-removed",
    },
    Bug {
        name: "host-removed-without-its-queues",
        what: "a removal that forgets a part: queues stay of a tenant that has no extension",
        exposed_by: "extension-removed",
    },
    Bug {
        name: "host-believed-to-be-there",
        what: "a sweep that believes the rows: what somebody took apart stays so",
        exposed_by: "extension-drift",
    },
];
