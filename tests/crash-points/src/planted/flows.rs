//! Those in mending the flows between Salesforce and Fairlead.

use super::Bug;

pub(super) const BUGS: &[Bug] = &[
    Bug {
        name: "broken-flow-noted-as-told-before-it-is",
        what: "an acknowledgement before the effect: the support team counts as told of a flow that is broken",
        exposed_by: "flow-credentials",
    },
    Bug {
        name: "broken-flow-is-told-of-on-and-on",
        what: "the support team is told of one broken flow again and again",
        exposed_by: "flow-credentials",
    },
    Bug {
        name: "accepted-counted-before-it-is-noted",
        what: "two writes where one belongs: rows that Salesforce took are counted twice",
        exposed_by: "flow-errored",
    },
    Bug {
        name: "flow-that-is-gone-can-not-be-removed",
        what: "a removal that was cut off fails when CloudFormation's request comes again",
        exposed_by: "flows-connected",
    },
    Bug {
        name: "what-was-half-written-again-counts-as-written",
        what: "a try that was cut off while it wrote files again leaves those that it did not get to",
        exposed_by: "flow-overlooked-in-part",
    },
];
