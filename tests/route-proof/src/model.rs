//! Who may do what, once more, from docs/http-api.md alone: nothing of this is used by what is deployed,
//! and nothing of it comes from the description of the API.

use crate::{
    callers::Caller,
    requests::{MERGE, unknown},
    world::Subject::{self, Erin, Jane, Joan, Jule, Malformed, Mary, Nobody},
};

/// What an answer has to be.
#[derive(Debug)]
pub(crate) struct Expected {
    /// Whether it is a yes.
    pub(crate) is_yes: bool,
    /// Of whom it may tell anything, by the ids of their profiles.
    pub(crate) may_be_told_of: Vec<&'static str>,
}

/// Whom a route is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Everyone,
    /// Everyone, and their token is not looked at.
    WhoeverHasTheId,
    People,
    Machines,
    /// Machines, and those of a partner whose agreement is over.
    WhoeverWasGivenAnything,
    Operators,
    PeopleAndMachines,
    MachinesAndOperators,
    WriteKeys,
    /// Whoever signs, which none of the callers does.
    Signers,
}

/// What `route` has to answer `caller` who names `subject`.
pub(crate) fn expected(route: &str, caller: Caller, subject: Subject) -> Expected {
    let is_program = caller == Caller::Program && is_for_programs(route);
    if !is_program && !is_among(audience(route), caller) {
        return Expected {
            is_yes: false,
            may_be_told_of: Vec::new(),
        };
    }
    let is_yes = may_name(route, caller, subject);
    let told: &[Subject] = match route {
        "GET /v1/profiles/{profile_id}"
        | "GET /v1/profiles/{profile_id}/events"
        | "POST /v1/profiles/resolve"
        | "POST /v1/profiles/batch"
        | "GET /v1/profiles"
        | "GET /v1/profiles/{profile_id}/merges"
        | "GET /v1/profiles/{profile_id}/identifiers"
        | "POST /v1/profiles/{profile_id}/split"
            if is_yes =>
        {
            &[subject]
        }
        "GET /v1/changes" if is_yes => readable(caller),
        "GET /v1/erasures" if is_yes => &[Erin],
        "POST /v1/profiles/merge" if is_yes => &[Jane, subject],
        // Operators see who was asked about by their own tenant's partner.
        "GET /v1/receipts" if caller == Caller::OperatorOfAnotherTenant => &[Jule],
        "GET /v1/receipts" => &[Jane, Joan],
        "GET /docs" | "GET /openapi.json" | "GET /openapi-3.0.json" => &[],
        "POST /v1/identify" if is_among(Audience::People, caller) => &[Jane],
        _ if is_among(Audience::People, caller) && route.contains("/v1/me") => &[Jane],
        _ => &[],
    };
    Expected {
        is_yes,
        may_be_told_of: told.iter().map(|subject| subject.profile()).collect(),
    }
}

/// What a merge has to answer that is done, to `subject` and somebody who was made for it.
pub(crate) fn expected_for_real(caller: Caller, subject: Subject) -> Expected {
    let Expected { is_yes, .. } = expected(MERGE, caller, subject);
    let told = is_yes.then(|| subject.profile());
    Expected {
        is_yes,
        may_be_told_of: told.into_iter().collect(),
    }
}

fn audience(route: &str) -> Audience {
    match route {
        "GET /docs" | "GET /openapi.json" | "GET /openapi-3.0.json" => Audience::Everyone,
        "GET /v1/erasures/{erasure_id}" | "GET /v1/erasures/{erasure_id}/certificate" => {
            Audience::WhoeverHasTheId
        }
        "GET /v1/me"
        | "PATCH /v1/me"
        | "DELETE /v1/me"
        | "GET /v1/me/erasure"
        | "DELETE /v1/me/erasure"
        | "POST /v1/me/export"
        | "GET /v1/me/events"
        | "GET /v1/me/traits"
        | "GET /v1/me/notices"
        | "POST /v1/me/notices/test"
        | "GET /v1/me/logins"
        | "DELETE /v1/me/logins/{login}"
        | "GET /v1/me/consents"
        | "GET /v1/me/consents/{purpose}"
        | "PUT /v1/me/consents/{purpose}"
        | "GET /v1/me/datasets"
        | "GET /v1/me/datasets/{name}"
        | "PATCH /v1/me/datasets/{name}"
        | "DELETE /v1/me/datasets/{name}"
        | "GET /v1/me/receipts" => Audience::People,
        "GET /v1/profiles/{profile_id}"
        | "GET /v1/profiles/{profile_id}/events"
        | "POST /v1/profiles/resolve"
        | "POST /v1/profiles/batch"
        | "GET /v1/profiles"
        | "GET /v1/changes"
        | "POST /v1/events"
        | "POST /v1/uploads"
        | "POST /v1/uploads/{upload_id}/complete"
        | "GET /v1/events/{event}/data"
        | "GET /v1/subscriptions"
        | "POST /v1/subscriptions"
        | "GET /v1/subscriptions/{subscription_id}"
        | "PUT /v1/subscriptions/{subscription_id}"
        | "DELETE /v1/subscriptions/{subscription_id}"
        | "POST /v1/subscriptions/{subscription_id}/secret"
        | "GET /v1/subscriptions/{subscription_id}/deliveries"
        | "POST /v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry" => {
            Audience::Machines
        }
        "GET /v1/erasures" | "POST /v1/erasures/{erasure_id}/ack" => {
            Audience::WhoeverWasGivenAnything
        }
        "POST /v1/profiles/merge"
        | "GET /v1/profiles/{profile_id}/merges"
        | "GET /v1/profiles/{profile_id}/identifiers"
        | "POST /v1/profiles/{profile_id}/split"
        | "POST /v1/profiles/{profile_id}/erasure"
        | "GET /v1/identifier-rules"
        | "PUT /v1/identifier-rules"
        | "GET /v1/receipts"
        | "GET /v1/receipts/summary"
        | "GET /v1/dead-letters"
        | "GET /v1/dead-letters/{queue}"
        | "POST /v1/dead-letters/{queue}/redrive"
        | "GET /v1/operations/house"
        | "GET /v1/operations/flows" => Audience::Operators,
        route if route.contains("/v1/directory") => Audience::Operators,
        "POST /v1/identify" => Audience::PeopleAndMachines,
        "GET /v1/event-types"
        | "GET /v1/event-types/{type}"
        | "PUT /v1/event-types/{type}"
        | "GET /v1/events/rejected"
        | "GET /v1/events/rejected/{rejected_id}"
        | "POST /v1/events/rejected/{rejected_id}/resubmit" => Audience::MachinesAndOperators,
        "POST /v1/hooks/{partner}/{source}" => Audience::Signers,
        "POST /v1/track" | "POST /v1/page" | "POST /v1/screen" | "POST /v1/group"
        | "POST /v1/alias" | "POST /v1/batch" | "POST /v1/import" => Audience::WriteKeys,
        _ => panic!("{}", unknown(route)),
    }
}

/// What a program of operators may do: look, and have it done again what failed.
fn is_for_programs(route: &str) -> bool {
    match route {
        "GET /v1/receipts"
        | "GET /v1/receipts/summary"
        | "GET /v1/dead-letters"
        | "GET /v1/dead-letters/{queue}"
        | "POST /v1/dead-letters/{queue}/redrive"
        | "GET /v1/operations/house"
        | "GET /v1/operations/flows"
        | "GET /v1/identifier-rules" => true,
        // Whose code runs is for those who sign in.
        route if route.contains("/extensions") => false,
        route => route.starts_with("GET /v1/directory"),
    }
}

fn is_among(audience: Audience, caller: Caller) -> bool {
    use Caller::{
        Expired, Forger, Garbage, Machine, MachineOfAnotherTenant, Operator,
        OperatorOfAnotherTenant, OperatorOfPeoplesClient, Person,
    };
    let is_bad = matches!(
        caller,
        Garbage
            | Forger
            | Expired
            | Caller::IdToken
            | Caller::PersonOfAnotherPool
            | Caller::PersonOfAnotherClient
            | Caller::WriteKey
            | Caller::WriteKeyOfNobody
    );
    let is_operator = matches!(caller, Operator | OperatorOfAnotherTenant);
    let is_machine = matches!(caller, Machine | MachineOfAnotherTenant);
    // An operator is a person, too, and one who signed in as people do is nothing else.
    let is_person = matches!(caller, Person | OperatorOfPeoplesClient) || is_operator;
    match audience {
        Audience::Everyone => !is_bad,
        Audience::WhoeverHasTheId => true,
        Audience::People => is_person,
        Audience::Machines => is_machine,
        Audience::WhoeverWasGivenAnything => {
            is_machine || caller == Caller::MachineWithoutAgreement
        }
        Audience::Operators => is_operator,
        Audience::PeopleAndMachines => is_person || is_machine,
        Audience::MachinesAndOperators => is_machine || is_operator,
        Audience::WriteKeys => caller == Caller::WriteKey,
        Audience::Signers => false,
    }
}

/// Whom a machine may read of: who consented to its own tenant's newsletter.
const fn readable(caller: Caller) -> &'static [Subject] {
    match caller {
        Caller::MachineOfAnotherTenant => &[Jule],
        _ => &[Jane, Mary],
    }
}

/// Whether it is a machine of the harbour's partner, with an agreement or without.
const fn is_of_the_harbour(caller: Caller) -> bool {
    matches!(caller, Caller::Machine | Caller::MachineWithoutAgreement)
}

/// Whether whoever may call `route` may name `subject` in it.
fn may_name(route: &str, caller: Caller, subject: Subject) -> bool {
    match route {
        "GET /v1/profiles/{profile_id}"
        | "GET /v1/profiles/{profile_id}/events"
        | "POST /v1/profiles/resolve"
        | "POST /v1/profiles/batch"
        | "GET /v1/profiles"
        | "GET /v1/events/{event}/data"
        | "GET /v1/changes" => readable(caller).contains(&subject),
        // Only the harbour's partner was told of anybody.
        "GET /v1/erasures" => is_of_the_harbour(caller),
        "POST /v1/erasures/{erasure_id}/ack" => is_of_the_harbour(caller) && subject == Erin,
        // The types were registered by an operator: no partner changes them.
        "PUT /v1/event-types/{type}" => {
            is_among(Audience::Operators, caller) && subject != Malformed
        }
        // The data of one event was uploaded, by the harbour's partner.
        "POST /v1/uploads/{upload_id}/complete" => caller == Caller::Machine && subject == Jane,
        // One event was refused, of the harbour's partner.
        "GET /v1/events/rejected/{rejected_id}"
        | "POST /v1/events/rejected/{rejected_id}/resubmit" => {
            matches!(caller, Caller::Machine | Caller::Operator) && subject == Jane
        }
        // There is one subscription, of the harbour's partner.
        "GET /v1/subscriptions/{subscription_id}"
        | "PUT /v1/subscriptions/{subscription_id}"
        | "POST /v1/subscriptions/{subscription_id}/secret"
        | "GET /v1/subscriptions/{subscription_id}/deliveries"
        | "POST /v1/subscriptions/{subscription_id}/deliveries/{delivery_id}/retry" => {
            caller == Caller::Machine && subject == Jane
        }
        "GET /v1/erasures/{erasure_id}" => matches!(subject, Jane | Joan | Erin),
        "GET /v1/erasures/{erasure_id}/certificate" => subject == Erin,
        "POST /v1/profiles/merge" => matches!(subject, Joan | Jule | Mary),
        "GET /v1/profiles/{profile_id}/merges" | "GET /v1/profiles/{profile_id}/identifiers" => {
            matches!(subject, Jane | Joan | Jule | Mary)
        }
        "POST /v1/profiles/{profile_id}/split" => subject == Mary,
        // Who is leaving, or has left, is leaving already.
        "POST /v1/profiles/{profile_id}/erasure" => {
            matches!(subject, Jane | Joan | Jule | Mary | Erin)
        }
        "GET /v1/directory" => true,
        // Whoever is there already is not defined anew.
        "PUT /v1/directory/{tenant}" => matches!(subject, Erin | Nobody),
        // Each of them is in the operator's own tenant, or the answer is no.
        route if route.contains("/v1/directory") => match caller {
            Caller::OperatorOfAnotherTenant => subject == Jule,
            _ => matches!(subject, Jane | Joan | Mary),
        },
        "GET /v1/me/consents/{purpose}" | "PUT /v1/me/consents/{purpose}" => match caller {
            Caller::OperatorOfAnotherTenant => matches!(subject, Jane | Joan | Jule),
            _ => matches!(subject, Jane | Joan | Mary),
        },
        "PATCH /v1/me"
        | "GET /v1/receipts"
        | "GET /v1/receipts/summary"
        | "GET /v1/me/receipts"
        | "GET /v1/me/datasets/{name}"
        | "PATCH /v1/me/datasets/{name}"
        | "DELETE /v1/me/datasets/{name}"
        // A login that is nobody's, or somebody else's, is as one that was taken off before.
        | "DELETE /v1/me/logins/{login}"
        | "GET /v1/event-types/{type}"
        // The queue is the same whoever's name is asked by; whose tenant an operator is of makes no difference.
        | "GET /v1/dead-letters/{queue}"
        | "POST /v1/dead-letters/{queue}/redrive"
        // They are of no tenant, either.
        | "PUT /v1/identifier-rules"
        | "POST /v1/events"
        | "POST /v1/uploads"
        | "POST /v1/track"
        | "POST /v1/page"
        | "POST /v1/screen"
        | "POST /v1/group"
        | "POST /v1/alias"
        | "POST /v1/batch"
        | "POST /v1/import"
        // One that is nobody's, or somebody else's, is as one that was ended before.
        | "DELETE /v1/subscriptions/{subscription_id}"
        | "POST /v1/identify" => subject != Malformed,
        // They name nobody.
        _ => matches!(
            subject,
            Jane | Joan | Jule | Erin | Mary | Nobody | Malformed
        ),
    }
}
