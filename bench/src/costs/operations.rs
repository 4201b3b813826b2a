//! The operations that are counted.

use std::rc::Rc;

use serde_json::{Value, json};
use testkit::World;

use super::{
    Group, Operation, Stage,
    requests::{
        KEY, batch, by_id, contact, on_device, operators, own, partners, trigger, with, with_header,
    },
    scene::{
        PHONE, contact_caller_lookup, contact_config_lookup, email, id, identity_post_confirmation,
        identity_pre_token_generation, partner_api, profile_api, profile_datasets,
        profile_identify, profile_merge, receipt_api,
    },
};

const CONFIRMATION: &str = "PostConfirmation_ConfirmSignUp";
const TOKEN: &str = "TokenGeneration_HostedAuth";
const RESOLVE: &str = "POST /v1/profiles/resolve";
const DATASET: &str = "PATCH /v1/me/datasets/{name}";

pub(super) const GROUPS: &[Group] = &[
    Group {
        heading: "Sign-up and sign-in",
        operations: &[
            Operation {
                name: "a person signs up with two proven contacts",
                by: identity_post_confirmation,
                before: |stage| stage.send(&trigger(CONFIRMATION, "web", 1)),
                request: |_, _| trigger(CONFIRMATION, "web", 2),
            },
            Operation {
                name: "a returning person's token",
                by: identity_pre_token_generation,
                before: |stage| stage.send(&trigger(TOKEN, "web", 1)),
                request: |_, _| trigger(TOKEN, "web", 1),
            },
        ],
    },
    Group {
        heading: "People",
        operations: &[
            Operation {
                name: "`GET /v1/me`",
                by: profile_api,
                before: nothing,
                request: |_, _| own("GET /v1/me", "", None),
            },
            Operation {
                name: "`PATCH /v1/me`",
                by: profile_api,
                before: nothing,
                request: |_, _| change(),
            },
            Operation {
                name: "the same under an idempotency key",
                by: profile_api,
                before: nothing,
                request: |_, _| with_header(change(), "idempotency-key", KEY),
            },
            Operation {
                name: "and again",
                by: profile_api,
                before: |stage| stage.send(&with_header(change(), "idempotency-key", KEY)),
                request: |_, _| with_header(change(), "idempotency-key", KEY),
            },
            Operation {
                name: "a consent withdrawn",
                by: profile_api,
                before: |stage| stage.send(&decision("granted")),
                request: |_, _| decision("withdrawn"),
            },
            Operation {
                name: "a dataset's first key pushed",
                by: profile_datasets,
                before: nothing,
                request: |_, _| push("theme", "dark"),
            },
            Operation {
                name: "another one",
                by: profile_datasets,
                before: |stage| stage.send(&push("theme", "dark")),
                request: |_, _| push("size", "12"),
            },
            Operation {
                name: "a dataset of two keys pulled",
                by: profile_datasets,
                before: |stage| {
                    stage.send(&push("theme", "dark"));
                    stage.send(&push("size", "12"))
                },
                request: |_, _| own("GET /v1/me/datasets/{name}", "settings", None),
            },
        ],
    },
    Group {
        heading: "Who somebody is",
        operations: &[
            Operation {
                name: "a person on a new device",
                by: profile_identify,
                before: |stage| stage.send(&on_device(&stage.world, &id(0), 1)),
                request: |stage, _| on_device(&stage.world, &id(0), 2),
            },
            Operation {
                name: "a partner tells of somebody new by two identifiers",
                by: profile_identify,
                before: |stage| stage.send(&told(&stage.world, 1)),
                request: |stage, _| told(&stage.world, 2),
            },
            Operation {
                name: "the same again",
                by: profile_identify,
                before: |stage| stage.send(&told(&stage.world, 1)),
                request: |stage, _| told(&stage.world, 1),
            },
        ],
    },
    Group {
        heading: "Operators",
        operations: &[
            Operation {
                name: "two persons of ten identifiers each merged",
                by: profile_merge,
                before: two_of_ten,
                request: |stage, _| merge(stage),
            },
            Operation {
                name: "and split",
                by: profile_merge,
                before: |stage| {
                    two_of_ten(stage);
                    stage.send(&merge(stage))
                },
                request: |stage, merged| split(stage, merged),
            },
            Operation {
                name: "a partner's first fifty receipts of a day",
                by: receipt_api,
                before: receipts,
                request: |stage, _| of_the_day(stage, "GET /v1/receipts"),
            },
            Operation {
                name: "the summary of its three hundred receipts",
                by: receipt_api,
                before: receipts,
                request: |stage, _| of_the_day(stage, "GET /v1/receipts/summary"),
            },
            Operation {
                name: "a person's fifty newest receipts",
                by: receipt_api,
                before: receipts,
                request: |_, _| own("GET /v1/me/receipts", "", None),
            },
        ],
    },
    Group {
        heading: "A partner's read",
        operations: &[
            Operation {
                name: "by id",
                by: partner_api,
                before: warm,
                request: |stage, _| by_id(&stage.world, 0),
            },
            Operation {
                name: "by id, of nobody",
                by: partner_api,
                before: warm,
                request: |stage, _| by_id(&stage.world, 1_000),
            },
            Operation {
                name: "by the id of a profile that was merged",
                by: partner_api,
                before: warm,
                request: |stage, _| by_id(&stage.world, 500),
            },
            Operation {
                name: "by an identifier",
                by: partner_api,
                before: warm,
                request: |stage, _| resolve(&stage.world),
            },
            Operation {
                name: "by an identifier, under an idempotency key",
                by: partner_api,
                before: warm,
                request: |stage, _| with_header(resolve(&stage.world), "idempotency-key", KEY),
            },
            Operation {
                name: "by an identifier, with another share of the limit",
                by: partner_api,
                before: |stage| {
                    // A first share is for forty-seven.
                    (0..47).fold(Value::Null, |_, _| warm(stage))
                },
                request: |stage, _| resolve(&stage.world),
            },
            Operation {
                name: "100 people by their ids",
                by: partner_api,
                before: warm_for_batches,
                request: |stage, _| batch(&stage.world, |n| json!({ "profile_id": id(n) })),
            },
            Operation {
                name: "100 people by identifiers",
                by: partner_api,
                before: warm_for_batches,
                request: |stage, _| batch(&stage.world, |n| json!({ "email": email(n) })),
            },
        ],
    },
    Group {
        heading: "The contact centre",
        operations: &[
            Operation {
                name: "what comes of a contact",
                by: contact_config_lookup,
                before: nothing,
                request: |_, _| contact(PHONE),
            },
            Operation {
                name: "and again within five seconds",
                by: contact_config_lookup,
                before: |stage| stage.send(&contact(PHONE)),
                request: |_, _| contact(PHONE),
            },
            Operation {
                name: "a caller who is known",
                by: contact_caller_lookup,
                before: |stage| stage.send(&contact("+4930901899")),
                request: |_, _| contact(PHONE),
            },
            Operation {
                name: "a caller whom nobody knows",
                by: contact_caller_lookup,
                before: |stage| stage.send(&contact("+4930901899")),
                request: |_, _| contact("+4930901899"),
            },
        ],
    },
];

fn nothing(_: &Stage) -> Value {
    Value::Null
}

fn warm(stage: &Stage) -> Value {
    stage.send(&by_id(&stage.world, 1))
}

/// The second share of the limit is for two batches.
fn warm_for_batches(stage: &Stage) -> Value {
    let request = batch(&stage.world, |n| json!({ "profile_id": id(n) }));
    stage.send(&request);
    stage.send(&request)
}

fn change() -> Value {
    let request = own("PATCH /v1/me", "", Some(json!({ "given_name": "Zoe" })));
    with_header(request, "if-match", "\"3\"")
}

fn decision(ruling: &str) -> Value {
    let body = json!({ "decision": ruling, "text_version": "2026-01" });
    own("PUT /v1/me/consents/{purpose}", "newsletter", Some(body))
}

fn push(key: &str, value: &str) -> Value {
    let changes = json!([{ "key": key, "value": value, "version": 0 }]);
    let body = json!({ "device": "phone", "changes": changes });
    own(DATASET, "settings", Some(body))
}

fn told(world: &World, n: u32) -> Value {
    let body =
        json!({ "external_id": format!("C-{n}"), "email": format!("customer-{n}@example.com") });
    partners(world, "POST /v1/identify", &body)
}

fn resolve(world: &World) -> Value {
    partners(world, RESOLVE, &json!({ "email": email(0) }))
}

/// The people 0 and 1 with an address and nine devices each.
fn two_of_ten(stage: &Stage) -> Value {
    let identify = Stage {
        world: Rc::clone(&stage.world),
        handler: profile_identify(&stage.world),
    };
    for person in 0..2 {
        for device in 1..10 {
            identify.send(&on_device(&stage.world, &id(person), 100 * person + device));
        }
    }
    Value::Null
}

fn merge(stage: &Stage) -> Value {
    let body = json!({ "profiles": [id(0), id(1)] });
    operators(&stage.world, "POST /v1/profiles/merge", &body)
}

fn split(stage: &Stage, merged: &Value) -> Value {
    let merged = merged.get("body").and_then(Value::as_str);
    let merged: Value =
        serde_json::from_str(merged.expect("a merge is answered")).expect("by JSON");
    let body = json!({ "merge_id": merged.get("merge_id") });
    let route = "POST /v1/profiles/{profile_id}/split";
    let request = operators(&stage.world, route, &body);
    with(request, "pathParameters", json!({ "profile_id": id(0) }))
}

/// The chandlery reads three hundred times, sixty of them the first person.
fn receipts(stage: &Stage) -> Value {
    let partner = Stage {
        world: Rc::clone(&stage.world),
        handler: partner_api(&stage.world),
    };
    (0..300_u32).fold(Value::Null, |_, n| {
        partner.send(&by_id(&stage.world, n % 5))
    })
}

fn of_the_day(stage: &Stage, route: &str) -> Value {
    let query = json!({ "partner": "chandlery", "from": "2026-01-15T00:00:00Z", "to": "2026-01-16T00:00:00Z" });
    with(
        operators(&stage.world, route, &Value::Null),
        "queryStringParameters",
        query,
    )
}
