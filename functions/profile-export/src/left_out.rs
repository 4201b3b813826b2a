//! What is held and not exported, and why.

use serde::Serialize;

/// Something that is left out.
#[derive(Debug, Serialize)]
pub(crate) struct LeftOut {
    /// The table, the bucket or what else it is kept in.
    from: &'static str,
    /// What of that, where it is not all: how its name begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'static str>,
    because: &'static str,
}

/// All that is left out.
pub(crate) const LEFT_OUT: [LeftOut; 23] = [
    LeftOut {
        from: "profiles",
        part: Some("outbox#"),
        because: "Messages to other systems that are still on their way. They say that something \
                  changed, and hold nothing of it.",
    },
    LeftOut {
        from: "profiles",
        part: Some("by_operator, undone_by_operator"),
        because: "By which logins operators merged and split, for which they are held to account. \
                  That tells of the operators, and not of the person.",
    },
    LeftOut {
        from: "erasures",
        part: Some("by_operator"),
        because: "By which login an operator asked for an erasure, for which they are held to account. \
                  That tells of the operator, and not of the person.",
    },
    LeftOut {
        from: "identifiers",
        part: Some("login_digest"),
        because: "A digest of what a login said last, by which it is told whether it says \
                  something new. Nothing can be read from it.",
    },
    LeftOut {
        from: "audiences",
        part: Some("<tenant>#<purpose>#<shard>"),
        because: "By these rows partners go through an audience and follow its changes. They hold \
                  a person's id and that it came, changed or left, in the order of all people's \
                  changes: one person's can't be looked for. Changes are removed after 31 days.",
    },
    LeftOut {
        from: "events",
        part: None,
        because: "Events of partners as they came in, for 15 days. Those that are about a person are \
                  in the person's timeline, here in event.json; the others name nobody who is known.",
    },
    LeftOut {
        from: "event-bodies",
        part: None,
        because: "What of an event is larger than 300 KiB or was uploaded, for 30 days. The timeline has \
                  its name in body_key. Who runs the service can fetch it. Whose what was uploaded and never \
                  became an event is, can't be told.",
    },
    LeftOut {
        from: "claims",
        part: None,
        because: "Copies of events that partners were given, for 15 days, where the partners fetch them. The \
                  events are here in event.json; that they were given, and to whom, in receipts.json.",
    },
    LeftOut {
        from: "waiting",
        part: None,
        because: "That an event names somebody by an identifier that nobody has yet. Once it is somebody's, \
                  the event is here in event.json, and it waits no more.",
    },
    LeftOut {
        from: "quarantine",
        part: None,
        because: "Events of partners that were refused, for 14 days after they came last. They could not \
                  be read, or not be believed: what they say of whom they name is not held to be so.",
    },
    LeftOut {
        from: "deliveries",
        part: None,
        because: "That partners were sent events by webhooks, until 30 days later, by the events' keys and ids. \
                  The events are here in event.json; that they were given, and to whom, in receipts.json.",
    },
    LeftOut {
        from: "ledger",
        part: Some("idempotency#"),
        because: "Answers to requests, kept for a day and sealed under the key that came with the \
                  request and is kept nowhere. They can be neither read nor found.",
    },
    LeftOut {
        from: "ledger",
        part: Some("extension-run#"),
        because: "That a tenant's own code ran on an event, so that it does not count twice. What it \
                  noted of the person is here in trait.json; what it answered is kept until it is \
                  told, sealed.",
    },
    LeftOut {
        from: "ledger",
        part: Some("notice#"),
        because: "That a notice was sent, so that it is not sent twice. It holds the id of an \
                  event, and neither what was sent nor to whom.",
    },
    LeftOut {
        from: "receipts-archive",
        part: None,
        because: "Receipts of more than twelve months ago. They lie there by their day and not by \
                  person, so that one person's can't be found within a request. Who runs the \
                  service can search them for the ids in `members`.",
    },
    LeftOut {
        from: "salesforce-events",
        part: None,
        because: "Events of Salesforce about configuration that were too large for a bus. They tell of what \
                  operators edited, and of nobody else.",
    },
    LeftOut {
        from: "salesforce-outcomes",
        part: None,
        because: "What became of edits of configuration, for Salesforce. That tells of the edit, and of nobody.",
    },
    LeftOut {
        from: "extensions",
        part: None,
        because: "Tenants' own code, as it was pushed and compiled. It is a program, and tells of nobody.",
    },
    LeftOut {
        from: "exports",
        part: None,
        because: "Earlier exports. They hold what was held then, and are removed after a day.",
    },
    LeftOut {
        from: "user-pool",
        part: None,
        because: "What the user pool does not tell among a login's attributes: the password, which \
                  nobody can read, second factors, remembered devices, groups and sessions. They \
                  say how a login gets in, and not who it is.",
    },
    LeftOut {
        from: "logs and events",
        part: None,
        because: "They hold ids, times and outcomes, and nothing of what is known of a person.",
    },
    LeftOut {
        from: "logs of extensions",
        part: None,
        because: "What tenants' own code wrote while it ran on an event, for three days. It lies there by \
                  the time, and only the tenant can say whom it is about.",
    },
    LeftOut {
        from: "backups",
        part: None,
        because: "Earlier states of the tables, for 35 days. They can be restored as a whole, and \
                  not be read for one person.",
    },
];

/// Whether a part of a profile is left out.
pub(crate) fn is_left_out(part: &str) -> bool {
    let of_profiles = LEFT_OUT.iter().filter(|each| each.from == "profiles");
    of_profiles
        .filter_map(|each| each.part)
        .any(|prefix| part.starts_with(prefix))
}
