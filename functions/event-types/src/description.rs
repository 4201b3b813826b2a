//! What the routes take and answer, for the API's description.

use openapi::{
    Answer, Caller, Method, Route, Service, Value, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ObjectBuilder, SchemaType, Type},
        },
    },
};
use tenancy::EventTypeName;

use crate::{Breaking, List, Standing, WRITE};

const PATH: &str = "/v1/event-types/{type}";

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![list(), read(), register()],
    }
}

fn list() -> Route {
    let example = json!({
        "event_types": [{
            "type": "com.example.order.placed.v1",
            "revision": 1,
            "registered_by": "partner/chandlery",
        }],
    });
    let route = Route::new(
        Method::Get,
        "/v1/event-types",
        "Which types of events there are",
    );
    of_the_tenant(route)
        .query::<EventTypeName>("cursor", "next of the page before.")
        .answers(Answer::json::<List<'_>>(
            200,
            "Fifty of them at most, without their schemas.",
            &example,
        ))
}

fn read() -> Route {
    let route = Route::new(Method::Get, PATH, "A type of events as it stands, or stood");
    on_one(route)
        .query::<Revision>(
            "revision",
            "At which revision; without it, as it stands now.",
        )
        .problems(&["no-such-event-type"])
}

/// The number of a revision.
struct Revision;

openapi::texts! {
    Revision: "The number of a revision.", "^[1-9][0-9]{0,8}$", "1";
}

fn register() -> Route {
    let route = Route::new(
        Method::Put,
        PATH,
        "Registers a type of events with the JSON Schema of its data",
    );
    on_one(route)
        .details(
            "A schema changes only so that whatever it took before it still takes. What can't be seen to do so counts \
             as breaking: register the next version of the type instead.",
        )
        .takes::<DataSchema>(&["application/schema+json", "application/json"], &schema())
        .problem_as::<Breaking>("breaking-change")
        .problems(&["event-type-taken", "invalid-schema"])
}

fn on_one(route: Route) -> Route {
    let example = json!({
        "type": "com.example.order.placed.v1",
        "revision": 1,
        "registered_by": "partner/chandlery",
        "schema": schema(),
    });
    of_the_tenant(route)
        .path::<EventTypeName>("type", "Which type.")
        .answers(Answer::json::<Standing<'_>>(200, "The type.", &example))
}

fn of_the_tenant(route: Route) -> Route {
    route
        .caller(Caller::Machine(WRITE))
        .caller(Caller::Operator(WRITE))
        .problems(&["invalid-parameter", "no-tenant-in-token"])
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": { "order": { "type": "string" } },
        "required": ["order"],
    })
}

/// A JSON Schema.
struct DataSchema;

impl PartialSchema for DataSchema {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some(
                "A JSON Schema 2020-12 that refers to nothing outside of it.",
            ))
            .build()
            .into()
    }
}

impl ToSchema for DataSchema {}
