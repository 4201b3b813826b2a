//! What the routes take and answer, for the API's description.

use identity::{AnonymousId, Email, PhoneNumber, ProfileId};
use openapi::{
    Answer, Caller, Method, Route, Service, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Ref, SchemaType, Type},
        },
    },
};
use partner::description::{about_many, about_one, about_one_as, by_a_purpose, for_a_purpose};
use profile::TimelinePlace;

use crate::{target::MOST_TARGETS, timeline::Page};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![read(), events(), resolve(), batch()],
    }
}

/// A route on which the tenant's operators ask as well, by its agreement with them.
fn and_operators(route: Route) -> Route {
    route
        .caller(Caller::Operator("fairlead/profile.read"))
        .problems(&["no-tenant-in-token"])
}

fn read() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/profiles/{profile_id}",
        "What a partner may read of a person, by their id",
    );
    let route = route.path::<ProfileId>("profile_id", "Whom you ask about.");
    about_one(and_operators(for_a_purpose(route)))
}

fn events() -> Route {
    let route = Route::new(
        Method::Get,
        "/v1/profiles/{profile_id}/events",
        "What partners of the tenant told of a person, the newest first",
    );
    let example = json!({
        "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "events": [{
            "partner": "chandlery",
            "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
            "source": "/shops/17",
            "type": "com.example.order.placed.v1",
            "time": "2026-01-15T08:59:00Z",
            "accepted_at": "2026-01-15T09:00:00Z",
            "event": {
                "specversion": "1.0",
                "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
                "source": "/shops/17",
                "type": "com.example.order.placed.v1",
                "data": { "order": "4711" },
            },
        }],
        "receipt_id": "rcp_0198f2a0c1d27e3f8a4b5c6d7e8f9013",
    });
    let page = Answer::json::<Page<'_>>(200, "A page of the timeline.", &example);
    let route = and_operators(by_a_purpose(route))
        .path::<ProfileId>("profile_id", "Whom you ask about.")
        .query::<TimelinePlace>("cursor", "next of the page before.")
        .problems(&["invalid-parameter"]);
    about_one_as(route, page)
}

fn resolve() -> Route {
    let route = Route::new(
        Method::Post,
        "/v1/profiles/resolve",
        "What a partner may read of the person that an identifier points at",
    );
    let example = json!({ "external_id": "C-17" });
    about_one(
        and_operators(for_a_purpose(route))
            .takes::<IdentifierRequest>(&["application/json"], &example),
    )
}

fn batch() -> Route {
    let route = Route::new(
        Method::Post,
        "/v1/profiles/batch",
        "The same of 1 to 100 people, each answered by itself, in order",
    );
    let asked = json!({ "profiles": [{ "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012" }, { "external_id": "C-17" }] });
    about_many(for_a_purpose(route).takes::<BatchRequest>(&["application/json"], &asked))
}

/// A person by an identifier: an object with one member.
struct IdentifierRequest;

impl PartialSchema for IdentifierRequest {
    fn schema() -> RefOr<Schema> {
        one_of(identifiers())
    }
}

impl ToSchema for IdentifierRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([
            (Email::name().into_owned(), Email::schema()),
            (PhoneNumber::name().into_owned(), PhoneNumber::schema()),
            (AnonymousId::name().into_owned(), AnonymousId::schema()),
        ]);
    }
}

/// People, each by their id or an identifier.
struct BatchRequest;

impl PartialSchema for BatchRequest {
    fn schema() -> RefOr<Schema> {
        let by_id = ("profile_id", reference::<ProfileId>());
        let targets = [by_id].into_iter().chain(identifiers());
        let profiles = ArrayBuilder::new()
            .items(one_of(targets))
            .min_items(Some(1))
            .max_items(Some(MOST_TARGETS));
        openapi::closed_object()
            .property("profiles", profiles)
            .required("profiles")
            .build()
            .into()
    }
}

impl ToSchema for BatchRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        IdentifierRequest::schemas(schemas);
        schemas.push((ProfileId::name().into_owned(), ProfileId::schema()));
    }
}

fn identifiers() -> [(&'static str, RefOr<Schema>); 6] {
    let external = text()
        .description(Some("What the asking partner itself calls the person."))
        .pattern(Some(r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]{1,128}$"));
    let sub = text()
        .description(Some("The claim sub of the person's tokens."))
        .pattern(Some("^[0-9A-Za-z-]{1,128}$"));
    let graphic = || text().pattern(Some("^[!-~]{1,255}$"));
    let social = openapi::closed_object()
        .property("issuer", graphic())
        .required("issuer")
        .property("subject", graphic())
        .required("subject");
    [
        ("email", reference::<Email>()),
        ("phone_number", reference::<PhoneNumber>()),
        ("external_id", external.build().into()),
        ("anonymous_id", reference::<AnonymousId>()),
        ("cognito_sub", sub.build().into()),
        ("social", social.build().into()),
    ]
}

fn one_of(members: impl IntoIterator<Item = (&'static str, RefOr<Schema>)>) -> RefOr<Schema> {
    let objects = members.into_iter().map(|(name, schema)| {
        openapi::closed_object()
            .property(name, schema)
            .required(name)
    });
    let choices = objects.fold(OneOfBuilder::new(), OneOfBuilder::item);
    Schema::OneOf(choices.build()).into()
}

fn reference<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}
