//! What all routes for partners take and answer, for the API's description.

use access::{ReasonText, ReceiptId};
use openapi::{
    Answer, Caller, Route, Value, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ObjectBuilder, SchemaType, Type},
        },
    },
};
use tenancy::{FieldGroup, Purpose};

use crate::{
    answer::{Many, Refused, Shown},
    asking::READ,
};

/// A route on which partners ask for a purpose, and for fields.
#[must_use]
pub fn for_a_purpose(route: Route) -> Route {
    by_a_purpose(route).query::<FieldGroups>(
        "fields",
        "The groups of fields that you need; without it, those that the agreement covers.",
    )
}

/// A route on which partners ask for a purpose.
#[must_use]
pub fn by_a_purpose(route: Route) -> Route {
    route
        .caller(Caller::Machine(READ))
        .needed_header::<Purpose>(
            "Fairlead-Purpose",
            "What for: one of the agreement's purposes.",
        )
        .header::<ReasonText>(
            "Fairlead-Reason",
            "The order or case, which the person sees in the receipt.",
        )
        .problems(&["purpose-needed", "unknown-purpose", "invalid-field"])
        .problem_as::<Refused>("scope-missing")
}

/// What is answered about one person.
#[must_use]
pub fn about_one(route: Route) -> Route {
    let read = Answer::json::<Shown<'_>>(200, "What may be read of the person.", &shown());
    about_one_as(route, read)
}

/// The same, of whom `answer` tells.
#[must_use]
pub fn about_one_as(route: Route, answer: Answer) -> Route {
    route
        .answers(answer.header::<ReceiptId>("fairlead-receipt", "The receipt of this answer."))
        .problem_as::<Refused>("not-permitted")
        .problem_as::<Refused>("no-such-person")
        .problem_as::<Refused>("settling")
}

/// What is answered about several people, each by itself.
#[must_use]
pub fn about_many(route: Route) -> Route {
    let about = "An answer to each, in the order of the question, with its own status and receipt.";
    let example = json!({ "answers": [shown()] });
    route.answers(Answer::json::<Many<'_>>(200, about, &example))
}

/// Those who agreed to the purpose, of whom `answer` tells.
#[must_use]
pub fn about_an_audience(route: Route, answer: Answer) -> Route {
    route
        .answers(answer)
        .problem_as::<Refused>("not-permitted")
        .problems(&["invalid-parameter", "unlistable-purpose"])
}

/// A person as a partner is given them.
#[must_use]
pub fn given() -> Value {
    json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "data": { "email": "ada@example.com", "email_verified": true, "given_name": "Ada" },
        "withheld": [{ "group": "demographics", "reason": "group-not-in-agreement" }],
        "receipt_id": "rcp_0198f2a0c1d27e3f8a4b5c6d7e8f9013",
    })
}

fn shown() -> Value {
    openapi::with(given(), "status", json!(200))
}

/// Groups of fields, separated by commas.
struct FieldGroups;

impl PartialSchema for FieldGroups {
    fn schema() -> RefOr<Schema> {
        let any = FieldGroup::OF_PROFILE.map(FieldGroup::as_str).join("|");
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("Groups of fields, separated by commas."))
            .pattern(Some(format!("^({any})(,({any}))*$")))
            .examples(["names,contacts"])
            .build()
            .into()
    }
}

impl ToSchema for FieldGroups {}
