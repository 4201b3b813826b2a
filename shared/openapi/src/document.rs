//! All routes in one document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Known, Route, schemas::Schemas};

/// A function and its routes.
#[derive(Debug)]
pub struct Service {
    /// The function's name.
    pub function: &'static str,
    /// The routes that it answers.
    pub routes: Vec<Route>,
}

/// Where the user pool says how to get at tokens, until a deployment puts its own there.
const DISCOVERY: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example/.well-known/openid-configuration";

const ABOUT: &str = "One record of each person, which partners read for a stated purpose, as far as agreement and \
consent allow, each time with a receipt.\n\nWho calls is who the access token says: people get at nobody but \
themselves. Errors are problem details (RFC 9457) whose `type` never changes. Every answer has \
`cache-control: no-store`.";

/// The description of all `services` by OpenAPI 3.1; `known` are the problems that there are.
///
/// # Panics
/// If two routes or two different schemas have one name, or a route answers a problem that is not known.
#[must_use]
pub fn document(services: &[Service], known: &[Known]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for route in services.iter().flat_map(|service| &service.routes) {
        route.collect(&mut schemas);
        let (path, method) = route.place();
        let operations = paths.entry(path).or_default();
        let before = operations.insert(method, route.describe(known));
        assert!(before.is_none(), "{} is described twice", route.key());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fairlead",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags(),
        "paths": paths,
        "components": { "schemas": schemas.into_value(), "securitySchemes": security_schemes() },
    })
}

fn tags() -> Value {
    json!([
        { "name": "everyone", "description": "For everyone, without a token." },
        { "name": "people", "description": "For people about themselves, who signed in by the hosted login." },
        { "name": "partners", "description": "For the machines of partners, with a token by their client's credentials." },
        { "name": "operators", "description": "For members of the group `operators` of the user pool." },
    ])
}

fn security_schemes() -> Value {
    let scheme = |about: &str| json!({ "type": "openIdConnect", "openIdConnectUrl": DISCOVERY, "description": about });
    json!({
        "person": scheme("An access token of a person who signed in by the hosted login."),
        "machine": scheme("An access token of a partner's app client under an agreement, by its credentials."),
        "any_machine": scheme("An access token of a partner's app client, by its credentials, with an agreement or after its end."),
        "operator": scheme("An access token of a person in the group `operators`."),
        "write_key": {
            "type": "http",
            "scheme": "basic",
            "description": "A write key of a partner as the user name, and no password; or `writeKey` in the body.",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": "A signature as Standard Webhooks 1.0.0 has it, with `webhook-id` and `webhook-timestamp`.",
        },
    })
}
