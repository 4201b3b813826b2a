//! What a gateway lets through that is set up for another user pool, or looks at less than it should.

use serde_json::{Value, json};
use testkit::tokens::WEB_CLIENT;

use crate::{Attempt, Genuine, Kind, TENANTS_CLIENT, foreign_clients};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.token.claims["iss"].as_str().unwrap();
    let issuers = [
        json!("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another"),
        json!("https://accounts.google.com"),
        json!(format!("{own}/")),
        json!(own.replace("https:", "http:")),
        json!(own.to_uppercase()),
        json!(""),
        json!(null),
        json!([own]),
    ];
    let uses = [json!("id"), json!("refresh"), json!(""), json!(null)];
    let mut attempts = with_values(genuine, "iss", issuers);
    attempts.extend(with_values(genuine, "token_use", uses));
    attempts.extend(foreign(genuine));
    attempts.extend(["iss", "token_use", "client_id"].map(|name| {
        let token = genuine.token.clone().without(name);
        Attempt::handed_on(format!("let through without {name}"), &token)
    }));
    attempts
}

/// Whoever signed in elsewhere: an authorizer may be set up for whatever the pool issues.
fn foreign(genuine: &Genuine) -> Vec<Attempt> {
    if genuine.kind == Kind::Machine {
        return Vec::new();
    }
    let own = genuine.token.claims["client_id"].as_str().unwrap();
    let clients = foreign_clients(own).map(Value::from);
    let mut attempts = with_values(genuine, "client_id", clients);
    let tenants = [Value::from(TENANTS_CLIENT)];
    attempts.extend(with_values(genuine, "client_id", tenants));
    if genuine.kind == Kind::Operator {
        let peoples = [Value::from(WEB_CLIENT)];
        attempts.extend(with_values(genuine, "client_id", peoples));
    }
    attempts
}

fn with_values(
    genuine: &Genuine,
    name: &str,
    values: impl IntoIterator<Item = Value>,
) -> Vec<Attempt> {
    let attempts = values.into_iter().map(|value| {
        let says = format!("let through with {name} {value}");
        Attempt::handed_on(says, &genuine.token.clone().claim(name, value))
    });
    attempts.collect()
}
