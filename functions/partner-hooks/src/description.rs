//! What the route takes and answers, for the API's description.

use intake::ToldOfAll;
use openapi::{
    Answer, Caller, Method, Route, Service, json,
    utoipa::{
        PartialSchema, ToSchema,
        openapi::{
            RefOr, Schema,
            schema::{ObjectBuilder, SchemaType, Type},
        },
    },
};

/// The route of this function.
#[must_use]
pub fn description() -> Service {
    Service {
        function: env!("CARGO_PKG_NAME"),
        routes: vec![hook()],
    }
}

fn hook() -> Route {
    let message = json!({
        "type": "com.example.order.placed.v1",
        "timestamp": "2026-01-15T09:00:00Z",
        "data": { "order": "4711", "amount": 1250 },
    });
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let kept = json!({ "events": [{ "index": 0, "id": id, "status": "accepted" }] });
    Route::known_again(
        Method::Post,
        "/v1/hooks/{partner}/{source}",
        "Takes a webhook, signed as Standard Webhooks has it, as an event",
    )
    .details(
        "Signed with a secret of the hook, the present one or the one before it, at most five minutes ago. It is known by \
         `webhook-id`: sent again it is a `duplicate`.",
    )
    .caller(Caller::Signature)
    .path::<HookPartner>("partner", "Tenant and partner, with a full stop between them.")
    .path::<HookSource>("source", "Which of the partner's systems sends.")
    .takes::<WebhookRequest>(&["application/json"], &message)
    .answers(Answer::json::<ToldOfAll>(202, "It is kept.", &kept))
    .problems(&[
        "content-encoding",
        "event-id-taken",
        "invalid-event",
        "reserved-name",
        "schema-violation",
        "unknown-event-type",
    ])
}

/// The tenant and the partner.
struct HookPartner;

/// The name of a system.
struct HookSource;

openapi::texts! {
    HookPartner: "The tenant and the partner.", "^[a-z][a-z0-9-]{0,63}\\.[a-z][a-z0-9-]{0,63}$", "harbour.chandlery";
    HookSource: "The name of a system.", "^[a-z][a-z0-9-]{0,63}$", "orders";
}

/// A webhook's body.
struct WebhookRequest;

impl PartialSchema for WebhookRequest {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property("type", text().pattern(Some("^[!-~]{1,128}$")))
            .required("type")
            .property("timestamp", text())
            .build()
            .into()
    }
}

impl ToSchema for WebhookRequest {}
