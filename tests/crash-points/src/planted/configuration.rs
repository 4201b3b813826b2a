//! Those in what becomes of edits in Salesforce.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "outcome-counted-anew",
        what: "a dropped condition: an outcome that comes again is counted twice",
        exposed_by: "outcomes-filed",
    },
    Bug {
        name: "outcome-counted-before-it-is-written",
        what: "an acknowledgement before the effect: what counts as told to Salesforce has no file",
        exposed_by: "outcomes-filed",
    },
    Bug {
        name: "mail-put-together-anew",
        what: "outcomes that come again in another batch are told of by another mail",
        exposed_by: "outcomes-mailed",
    },
    Bug {
        name: "mail-noted-before-it-is-sent",
        what: "an acknowledgement before the effect: what counts as told never left",
        exposed_by: "outcomes-mailed",
    },
    Bug {
        name: "watermark-moved-before-the-records",
        what: "an acknowledgement before the effect: what counts as read was never handed over",
        exposed_by: "caught-up",
    },
    Bug {
        name: "what-was-deleted-is-not-read",
        what: "a record whose deletion was dropped stays for ever",
        exposed_by: "caught-up",
    },
    Bug {
        name: "older-configuration-overwrites-newer",
        what: "an edit that comes late overwrites what was edited after it",
        exposed_by: "configuration-reordered",
    },
    Bug {
        name: "configuration-outcome-written-apart",
        what: "two writes where one belongs: what became of an edit is written after the record",
        exposed_by: "configuration-edited",
    },
    Bug {
        name: "configuration-written-unconditionally",
        what: "a dropped condition: of two edits at once one is lost in what is published",
        exposed_by: "configuration-at-once",
    },
    Bug {
        name: "record-asked-for-once-at-most",
        what: "a record that is to be read again is not asked for by whoever comes after a crash",
        exposed_by: "configuration-told-in-part",
    },
];
