//! By what partners send events, and what is published to them.

use openapi::{Answer, Caller, Method, Route, json};
use tenancy::{HookName, PartnerId, SourceName, WriteKeyId};

use super::{CHANGED, DEFINED, LIST, SHOW, of_tenant, reading, signed, tagged, writing};
use crate::{
    READ, WRITE,
    representation::{
        fan_outs::{FanOutResponse, FanOutsResponse},
        hooks::{HookResponse, HooksResponse},
        write_keys::{MadeWriteKeyResponse, WriteKeysResponse},
    },
    routes::{fan_outs::FanOutRequest, hooks::HookRequest},
};

pub(super) fn routes() -> impl Iterator<Item = Route> {
    write_keys().into_iter().chain(hooks()).chain(fan_outs())
}

fn write_keys() -> [Route; 3] {
    let path = "/v1/directory/{tenant}/partners/{partner}/write-keys";
    let id = "wky_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    let all = json!({
        "write_keys": [{
            "write_key_id": id,
            "beginning": "wk_3f9a0c51",
            "state": "active",
            "changed_by": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "changed_at": "2026-01-15T09:00:00Z",
        }],
    });
    let made = json!({
        "write_key_id": id,
        "write_key": "wk_3f9a0c51e2b74d68a1c05f93be7d2460913f8ac47be05d62f18c39a7e4d0b652",
    });
    let list = Route::new(Method::Get, path, "By which write keys a partner sends");
    let create = Route::new(Method::Post, path, "Makes a write key for a partner");
    let revoke = Route::new(
        Method::Delete,
        "/v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}",
        "Revokes a write key of a partner",
    );
    let of_partner = |route: Route, scope| {
        let route = of_tenant(route.caller(Caller::Operator(scope)));
        let route = route.path::<PartnerId>("partner", "Whose write keys.");
        route.problems(&["invalid-parameter"])
    };
    [
        of_partner(list, READ)
            .query::<WriteKeyId>("cursor", "next of the page before.")
            .answers(Answer::json::<WriteKeysResponse<'_>>(
                200,
                "Fifty at a time, those that were revoked, too; of each key only what it begins with.",
                &all,
            )),
        of_partner(create, WRITE)
            .details("Send an Idempotency-Key: then the key can be had again if the answer is lost.")
            .answers(Answer::json::<MadeWriteKeyResponse<'_>>(
                201,
                "The key, which is not told again.",
                &made,
            ))
            .problems(&["no-such-definition", "write-key-revoked"]),
        of_partner(revoke, WRITE)
            .path::<WriteKeyId>("write_key_id", "Which key.")
            .answers(Answer::empty(
                204,
                "Within a minute nothing comes in by it any more.",
            )),
    ]
}

fn hooks() -> [Route; 3] {
    let asked = json!({ "external_id": "/data/customer", "state": "active" });
    let shown = signed(json!({
        "partner": "chandlery",
        "source": "shop",
        "path": "/v1/hooks/harbour.chandlery/shop",
        "external_id": "/data/customer",
        "state": "active",
    }));
    let all = json!({ "hooks": [shown] });
    let path = "/v1/directory/{tenant}/hooks/{partner}/{source}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/hooks",
        "Which of partners' systems may send webhooks",
    );
    let show = Route::new(Method::Get, path, "How a hook is defined");
    let put = Route::new(Method::Put, path, "Defines a hook");
    let named = |route: Route| {
        let route = route.path::<PartnerId>("partner", "Whose hook.");
        route.path::<SourceName>("source", "Which of the partner's systems sends.")
    };
    [
        of_tenant(reading(list))
            .query::<HookName>("cursor", "next of the page before.")
            .answers(Answer::json::<HooksResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<HookResponse<'_>>(200, SHOW, &shown)))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details(
                "Nothing is taken by a hook that is disabled, or has no secret. Within a minute it holds.",
            )
            .takes::<HookRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<HookResponse<'_>>(200, CHANGED, &shown)))
            .answers(tagged(Answer::json::<HookResponse<'_>>(201, DEFINED, &shown)))
            .problems(&["no-such-definition"]),
    ]
}

fn fan_outs() -> [Route; 3] {
    let asked = json!({
        "agreement": "chandlery-2026",
        "purpose": "customer-service",
        "types": ["com.example.order.placed.v1"],
        "state": "active",
    });
    let shown = signed(json!({
        "partner": "chandlery",
        "agreement": "chandlery-2026",
        "purpose": "customer-service",
        "types": ["com.example.order.placed.v1"],
        "state": "active",
    }));
    let all = json!({ "fan_outs": [shown] });
    let path = "/v1/directory/{tenant}/fan-outs/{partner}";
    let list = Route::new(
        Method::Get,
        "/v1/directory/{tenant}/fan-outs",
        "What is published to partners' topics",
    );
    let show = Route::new(Method::Get, path, "What is published to a partner's topic");
    let put = Route::new(
        Method::Put,
        path,
        "Defines what is published to a partner's topic",
    );
    let named = |route: Route| route.path::<PartnerId>("partner", "Which partner.");
    [
        of_tenant(reading(list))
            .query::<PartnerId>("cursor", "next of the page before.")
            .answers(Answer::json::<FanOutsResponse<'_>>(200, LIST, &all)),
        named(of_tenant(reading(show)))
            .answers(tagged(Answer::json::<FanOutResponse<'_>>(200, SHOW, &shown)))
            .problems(&["no-such-definition"]),
        named(of_tenant(writing(put, WRITE)))
            .details(
                "Nothing is published by one that is disabled, nor to a partner without a topic. Within a minute it holds.",
            )
            .takes::<FanOutRequest>(&["application/json"], &asked)
            .answers(tagged(Answer::json::<FanOutResponse<'_>>(200, CHANGED, &shown)))
            .answers(tagged(Answer::json::<FanOutResponse<'_>>(201, DEFINED, &shown)))
            .problems(&["no-such-definition"]),
    ]
}
