//! What the routes take and answer, for the API's description.

mod senders;

use identity::cognito::MessageKind;
use openapi::{Answer, Caller, EntityTag, Method, NoTag, Route, Service, Value, json, with};
use tenancy::{
    AgreementId, EventTypeName, LanguageCode, MessageName, PartnerId, Purpose, TenantId,
};

use crate::{
    READ, WRITE, WRITE_RULES,
    representation::{
        AgreementResponse, AgreementsResponse, NotificationRuleResponse, NotificationRulesResponse,
        PartnerResponse, PartnersResponse, PurposeResponse, PurposesResponse, TenantResponse,
        TenantsResponse,
        identifier_rules::IdentifierRulesResponse,
        messages::{MessageResponse, MessagesResponse},
    },
    routes::{
        agreements::AgreementRequest, identifier_rules::IdentifierRulesRequest,
        messages::MessageRequest, notification_rules::NotificationRuleRequest,
        partners::PartnerRequest, purposes::PurposeRequest, tenants::TenantRequest,
    },
};

/// The routes of this function.
#[must_use]
pub fn description() -> Service {
    let routes = [
        tenants(),
        partners(),
        purposes(),
        agreements(),
        notification_rules(),
        messages(),
    ];
    let of_tenants = routes.into_iter().flatten();
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: of_tenants
            .chain(senders::routes())
            .chain(identifier_rules())
            .collect(),
    }
}

fn tenants() -> [Route; 3] {
    let path = "/v1/directory/{tenant}";
    let asked = json!({
        "display_name": "Harbour Stores",
        "app_clients": ["1webclient", "1operatorsclient"],
    });
    let shown = recorded("tenant", "harbour", asked.clone());
    let names = json!({ "tenants": ["airport", "harbour"] });
    let list = Route::new(Method::Get, "/v1/directory", "Which tenants there are");
    let show = Route::new(Method::Get, path, "How a tenant is defined");
    let put = Route::new(Method::Put, path, "Defines a tenant");
    [
        reading(list)
            .query::<TenantId>("cursor", "next of the page before.")
            .answers(Answer::json::<TenantsResponse>(200, LIST, &names)),
        of_tenant(reading(show))
            .answers(tagged(Answer::json::<TenantResponse<'_>>(200, SHOW, &shown)))
            .problems(&["no-such-definition"]),
        of_tenant(writing(put, WRITE))
            .details("A tenant that is not there yet may be defined by every operator; one that is, by its own.")
            .takes::<TenantRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<TenantResponse<'_>>(200, CHANGED, &shown)))
            .answers(tagged(Answer::json::<TenantResponse<'_>>(201, DEFINED, &shown)))
            .problems(&["app-client-taken"]),
    ]
}

fn partners() -> [Route; 3] {
    let asked = json!({ "display_name": "The Chandlery", "requests_per_minute": 3000 });
    let shown = recorded("partner", "chandlery", asked.clone());
    let all = json!({ "partners": [shown] });
    let path = "/v1/directory/{tenant}/partners/{partner}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/partners",
        "Which partners a tenant has",
    );
    let show = Route::new(Method::Get, path, "How a partner is defined");
    let put = Route::new(Method::Put, path, "Defines a partner");
    let named = |route: Route| route.path::<PartnerId>("partner", "Which partner.");
    [
        of_tenant(reading(list))
            .query::<PartnerId>("cursor", "next of the page before.")
            .answers(Answer::json::<PartnersResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<PartnerResponse<'_>>(
                200, SHOW, &shown,
            )))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .takes::<PartnerRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<PartnerResponse<'_>>(
                200, CHANGED, &shown,
            )))
            .answers(tagged(Answer::json::<PartnerResponse<'_>>(
                201, DEFINED, &shown,
            )))
            .problems(&["no-such-definition"]),
    ]
}

fn purposes() -> [Route; 3] {
    let asked = json!({
        "display_name": "The Harbour Letter",
        "legal_basis": "consent",
        "text_versions": ["2026-01"],
        "notices": [{
            "text_version": "2026-01",
            "url": "https://harbour.example/privacy/newsletter/2026-01",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "recipients": ["Printers"],
            "retention": "Until you unsubscribe",
        }],
        "valid_for_days": 730,
        "sale_or_sharing": false,
    });
    let shown = recorded("purpose", "newsletter", asked.clone());
    let all = json!({ "purposes": [shown] });
    let path = "/v1/directory/{tenant}/purposes/{purpose}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/purposes",
        "What a tenant processes data for",
    );
    let show = Route::new(Method::Get, path, "How a purpose is defined");
    let put = Route::new(Method::Put, path, "Defines a purpose");
    let named = |route: Route| route.path::<Purpose>("purpose", "Which purpose.");
    [
        of_tenant(reading(list))
            .query::<Purpose>("cursor", "next of the page before.")
            .answers(Answer::json::<PurposesResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<PurposeResponse<'_>>(
                200, SHOW, &shown,
            )))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details("Its legal basis, the versions of its text that were published and their notices are fixed.")
            .takes::<PurposeRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<PurposeResponse<'_>>(
                200, CHANGED, &shown,
            )))
            .answers(tagged(Answer::json::<PurposeResponse<'_>>(
                201, DEFINED, &shown,
            )))
            .problems(&[
                "fixed-once-defined",
                "no-such-definition",
                "too-many-purposes",
            ]),
    ]
}

fn agreements() -> [Route; 3] {
    let asked = json!({
        "partner": "chandlery",
        "terms": { "newsletter": ["names", "contacts"] },
        "valid_until": "2027-01-01T00:00:00Z",
    });
    let shown = recorded("agreement", "chandlery-2026", asked.clone());
    let all = json!({ "agreements": [shown] });
    let path = "/v1/directory/{tenant}/agreements/{agreement}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/agreements",
        "What a tenant agreed on with its partners",
    );
    let show = Route::new(Method::Get, path, "How an agreement is defined");
    let put = Route::new(Method::Put, path, "Defines, changes or ends an agreement");
    let named = |route: Route| route.path::<AgreementId>("agreement", "Which agreement.");
    [
        of_tenant(reading(list))
            .query::<AgreementId>("cursor", "next of the page before.")
            .answers(Answer::json::<AgreementsResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<AgreementResponse<'_>>(
                200, SHOW, &shown,
            )))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details("It ends at valid_until, and is never removed.")
            .takes::<AgreementRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<AgreementResponse<'_>>(
                200, CHANGED, &shown,
            )))
            .answers(tagged(Answer::json::<AgreementResponse<'_>>(
                201, DEFINED, &shown,
            )))
            .problems(&[
                "fixed-once-defined",
                "no-such-definition",
                "unknown-purpose",
            ]),
    ]
}

fn notification_rules() -> [Route; 3] {
    let asked = json!({
        "purpose": "newsletter",
        "texts": { "en": "Your parcel is on its way." },
        "state": "active",
    });
    let shown = recorded("event_type", "com.example.parcel.sent.v1", asked.clone());
    let all = json!({ "notification_rules": [shown] });
    let path = "/v1/directory/{tenant}/notification-rules/{type}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/notification-rules",
        "Of which of partners' events people are told",
    );
    let show = Route::new(Method::Get, path, "How people are told of a type of events");
    let put = Route::new(
        Method::Put,
        path,
        "Defines whether and how people are told of a type of events",
    );
    let named = |route: Route| route.path::<EventTypeName>("type", "Which type of events.");
    [
        of_tenant(reading(list))
            .query::<EventTypeName>("cursor", "next of the page before.")
            .answers(Answer::json::<NotificationRulesResponse<'_>>(
                200, LIST, &all,
            )),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<NotificationRuleResponse<'_>>(
                200, SHOW, &shown,
            )))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details("Nobody is told by a rule that is disabled. Within a minute it holds.")
            .takes::<NotificationRuleRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<NotificationRuleResponse<'_>>(
                200, CHANGED, &shown,
            )))
            .answers(tagged(Answer::json::<NotificationRuleResponse<'_>>(
                201, DEFINED, &shown,
            )))
            .problems(&["no-such-definition", "unknown-purpose"]),
    ]
}

fn messages() -> [Route; 3] {
    let asked = json!({
        "subject": "Your code for {tenant}",
        "email": "<p>Welcome to {tenant}. Your code is <b>{####}</b>.</p>",
        "sms": "Your code for {tenant} is {####}.",
    });
    let named = with(asked.clone(), "kind", "sign-up".into());
    let shown = recorded("language", "en", named);
    let all = json!({ "messages": [shown] });
    let path = "/v1/directory/{tenant}/messages/{kind}/{language}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/messages",
        "Which messages to people a tenant has words of its own for",
    );
    let show = Route::new(Method::Get, path, "What a message of a tenant says");
    let put = Route::new(Method::Put, path, "Defines what a message of a tenant says");
    let named = |route: Route| {
        route
            .path::<MessageKind>("kind", "What the message is about.")
            .path::<LanguageCode>("language", "Who reads it.")
    };
    [
        of_tenant(reading(list))
            .query::<MessageName>("cursor", "next of the page before.")
            .answers(Answer::json::<MessagesResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<MessageResponse<'_>>(
                200, SHOW, &shown,
            )))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details("People read Fairlead's own words in place of a part that is missing.")
            .takes::<MessageRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<MessageResponse<'_>>(
                200, CHANGED, &shown,
            )))
            .answers(tagged(Answer::json::<MessageResponse<'_>>(
                201, DEFINED, &shown,
            )))
            .problems(&["no-such-definition"]),
    ]
}

fn identifier_rules() -> [Route; 2] {
    let asked =
        json!({ "blocked": ["office@example.com"], "limits": { "email": 20, "phone": 10 } });
    let shown = signed(asked.clone());
    let path = "/v1/identifier-rules";
    let show = Route::new(
        Method::Get,
        path,
        "Which identifiers are nobody's, and how many a profile takes",
    );
    let put = Route::new(Method::Put, path, "Defines the rules for identifiers");
    let answer = |status, about| {
        tagged(Answer::json::<IdentifierRulesResponse<'_>>(
            status, about, &shown,
        ))
    };
    [
        show.caller(Caller::Operator(READ))
            .details("The same for all tenants. Where nothing is defined, Fairlead's own hold.")
            .answers(answer(200, SHOW))
            .problems(&["no-such-definition"]),
        writing(put, WRITE_RULES)
            .details("They hold for all tenants' people, within a minute.")
            .takes::<IdentifierRulesRequest>(&["application/json"], &asked)
            .answers(answer(200, CHANGED))
            .answers(answer(201, DEFINED)),
    ]
}

const LIST: &str = "By name, fifty at a time.";
const SHOW: &str = "As it is now, and who changed it last.";
const CHANGED: &str = "As it is from now on.";
const DEFINED: &str = "As it is defined.";

fn reading(route: Route) -> Route {
    route
        .caller(Caller::Operator(READ))
        .problems(&["invalid-parameter"])
}

fn writing(route: Route, scope: &'static str) -> Route {
    route
        .caller(Caller::Operator(scope))
        .header::<NoTag>("If-Match", "The version that you saw, to change it.")
        .header::<NoTag>("If-None-Match", "`*`, to define what is not there yet.")
        .problems(&[
            "invalid-field",
            "invalid-parameter",
            "stale-version",
            "version-needed",
        ])
}

fn of_tenant(route: Route) -> Route {
    route
        .path::<TenantId>("tenant", "Your own.")
        .problems(&["another-tenant", "no-tenant-in-token"])
}

fn tagged(answer: Answer) -> Answer {
    answer.header::<EntityTag>("etag", "The version.")
}

/// A definition of that name with its last change.
fn recorded(kind: &str, name: &str, definition: Value) -> Value {
    signed(with(definition, kind, name.into()))
}

/// A definition with its last change.
fn signed(definition: Value) -> Value {
    let counted = with(definition, "version", 1.into());
    let signed = with(
        counted,
        "changed_by",
        "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11".into(),
    );
    with(signed, "changed_at", "2026-01-15T09:00:00Z".into())
}
