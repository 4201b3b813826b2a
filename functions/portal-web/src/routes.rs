//! Which page answers at which address.

use std::sync::Arc;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};

use crate::{around, assets, config::Portal, failure::Failure, me, ops, reference, sign_in};

/// All pages.
pub(crate) fn router(portal: Portal) -> Router {
    let portal = Arc::new(portal);
    Router::new()
        .route("/", get(sign_in::front))
        .route("/language", get(sign_in::language))
        .route("/sign-in", get(sign_in::begin))
        .route(sign_in::PATH_BACK, get(sign_in::finish))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/assets/{version}/{name}", get(assets::show))
        .merge(people())
        .merge(operators())
        .fallback(|| async { Failure::NotFound })
        .method_not_allowed_fallback(|| async { Failure::NotFound })
        .layer(from_fn_with_state(Arc::clone(&portal), around::around))
        .with_state(portal)
}

fn people() -> Router<Arc<Portal>> {
    Router::new()
        .route("/me", get(me::overview::show))
        .route(
            "/me/profile",
            get(me::profile::show).post(me::profile::save),
        )
        .route("/me/logins", get(me::logins::show))
        .route("/me/logins/{login}/remove", post(me::logins::remove))
        .route("/me/permissions", get(me::permissions::list))
        .route(
            "/me/permissions/{purpose}",
            get(me::permissions::show).post(me::permissions::decide),
        )
        .route("/me/readers", get(me::readers::show))
        .route(
            "/me/notices",
            get(me::notices::show).post(me::notices::save),
        )
        .route("/me/notices/test", post(me::notices::test))
        .route("/me/export", get(me::export::show).post(me::export::make))
        .route(
            "/me/delete",
            get(me::deletion::show).post(me::deletion::request),
        )
        .route("/me/delete/withdraw", post(me::deletion::withdraw))
        .route("/erasures/{erasure_id}", get(me::deletion::follow))
        .route("/me/api", get(reference::list))
        .route(
            "/me/api/{operation}",
            get(reference::show).post(reference::try_it),
        )
}

fn operators() -> Router<Arc<Portal>> {
    Router::new()
        .route("/ops", get(ops::requests::front))
        .route("/ops/api", get(reference::list))
        .route(
            "/ops/api/{operation}",
            get(reference::show).post(reference::try_it),
        )
        .route("/ops/requests", get(ops::requests::show))
        .route("/ops/requests.csv", get(ops::requests::table))
        .route("/ops/requests/{partner}", get(ops::requests::of_partner))
        .route("/ops/people", get(ops::find::show))
        .route("/ops/people/find", post(ops::find::find))
        .route("/ops/people/{profile}/timeline", post(ops::find::timeline))
        .route("/ops/people/merges", get(ops::people::show))
        .route("/ops/people/merge", post(ops::people::merge))
        .route("/ops/people/split", post(ops::people::split))
        .route("/ops/flows", get(ops::house::show))
        .route("/ops/flows/house/{context}", get(ops::house::group))
        .route("/ops/flows/salesforce", get(ops::mending::show))
        .route("/ops/flows/dead-letters", get(ops::dead_letters::show))
        .route(
            "/ops/flows/{queue}",
            get(ops::dead_letters::queue).post(ops::dead_letters::redrive),
        )
        .route("/ops/rejected", get(ops::rejected::show))
        .route(
            "/ops/rejected/{partner}/{rejected_id}",
            post(ops::rejected::resubmit),
        )
        .route("/ops/tenant", get(ops::tenant::show))
        .route("/ops/tenant/partners", post(ops::partner::make))
        .route(
            "/ops/tenant/partners/{partner}",
            get(ops::partner::show).post(ops::partner::save),
        )
        .route(
            "/ops/tenant/partners/{partner}/clients",
            post(ops::made::make_client),
        )
        .route(
            "/ops/tenant/partners/{partner}/clients/{client}/remove",
            post(ops::made::remove_client),
        )
        .route(
            "/ops/tenant/partners/{partner}/keys",
            post(ops::made::make_key),
        )
        .route(
            "/ops/tenant/partners/{partner}/keys/{key}/revoke",
            post(ops::made::revoke_key),
        )
        .route("/ops/tenant/purposes", get(ops::purpose::named))
        .route(
            "/ops/tenant/purposes/{purpose}",
            get(ops::purpose::show).post(ops::purpose::save),
        )
        .route("/ops/tenant/rules", get(ops::rule::named))
        .route(
            "/ops/tenant/rules/{type}",
            get(ops::rule::show).post(ops::rule::save),
        )
        .route("/ops/tenant/agreements", get(ops::agreement::named))
        .route("/ops/tenant/event-types", get(ops::event_type::named))
        .route(
            "/ops/tenant/event-types/{type}",
            get(ops::event_type::show).post(ops::event_type::save),
        )
        .route(
            "/ops/tenant/agreements/{agreement}",
            get(ops::agreement::show).post(ops::agreement::save),
        )
        .route(
            "/ops/tenant/extensions/{extension}",
            get(ops::extension::show),
        )
        .route(
            "/ops/tenant/extensions/{extension}/{change}",
            post(ops::extension::change),
        )
}
