//! Claims of another token, of another kind, twice, or of a type that nobody expects.

use serde_json::{Value, json};
use testkit::tokens::WEB_CLIENT;

use crate::{
    Attempt, Genuine, Kind, TENANTS_CLIENT, foreign_clients,
    genuine::{PROFILE, bearer},
};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [
        uses(genuine),
        issuers(genuine),
        clients(genuine),
        own_claims(genuine),
        repeated(genuine),
        mixed(genuine),
        other_kinds(genuine),
    ]
    .concat()
}

/// An attempt for each value of a claim.
pub(super) fn with_values(
    genuine: &Genuine,
    name: &str,
    values: impl IntoIterator<Item = Value>,
) -> Vec<Attempt> {
    let attempts = values.into_iter().map(|value| {
        let text: String = value.to_string().chars().take(80).collect();
        Attempt::new(format!("{name} {text}"), genuine.claiming(name, value))
    });
    attempts.collect()
}

fn without(genuine: &Genuine, name: &str) -> Attempt {
    let token = genuine.token.clone().without(name);
    Attempt::new(format!("no {name}"), token.bearer())
}

/// Values of no type that a text could have.
fn no_texts(text: &str) -> Vec<Value> {
    vec![
        json!(null),
        json!(1),
        json!(true),
        json!([text]),
        json!({ "value": text }),
        json!(""),
    ]
}

fn uses(genuine: &Genuine) -> Vec<Attempt> {
    let mut values = no_texts("access");
    let texts = [
        "id",
        "refresh",
        "Access",
        "ACCESS",
        "access ",
        " access",
        "access\0",
        "access id",
    ];
    values.extend(texts.map(Value::from));
    let mut attempts = with_values(genuine, "token_use", values);
    attempts.push(without(genuine, "token_use"));
    // An ID token as Cognito makes it.
    let token = genuine
        .token
        .clone()
        .claim("token_use", "id")
        .without("scope");
    let token = token.without("client_id").claim("aud", WEB_CLIENT);
    attempts.push(Attempt::new("an ID token", token.bearer()));
    attempts
}

fn issuers(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.token.claims["iss"].as_str().unwrap();
    let mut values = no_texts(own);
    let texts = [
        format!("{own}/"),
        format!("{own}2"),
        own[..own.len() - 1].to_owned(),
        format!("{own}/.well-known/jwks.json"),
        format!("{own}?x=1"),
        format!("{own}#x"),
        format!("{own} "),
        format!(" {own}"),
        format!("{own}\n"),
        format!("{own}\0"),
        format!("{own},https://attacker.example"),
        own.to_uppercase(),
        own.replace("Simulated", "simulated"),
        own.replace("Simulated", "Other1234"),
        own.replace("eu-central-1.", "eu-west-1."),
        own.replace("https://", "http://"),
        own.replace("https://", "HTTPS://"),
        own.replace("https://", "https://attacker@"),
        own.replace("https://", ""),
        own.replace(".com/", ".com:443/"),
        own.replace(".com/", ".com./"),
        own.replace(".com/", ".com//"),
        own.replace(".com/", ".com/./"),
        own.replace(".com/", ".com/x/../"),
        own.replace(".com/", ".com.attacker.example/"),
        own.replace("_Sim", "%5FSim"),
        "https://accounts.google.com".to_owned(),
    ];
    values.extend(texts.map(Value::from));
    let mut attempts = with_values(genuine, "iss", values);
    attempts.push(without(genuine, "iss"));
    attempts
}

/// For a machine, the client has to be the token's subject as well.
fn clients(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.token.claims["client_id"].as_str().unwrap();
    let mut values = no_texts(own);
    let texts = [
        format!("{own} "),
        format!("{own}\0"),
        format!("{own},other"),
        format!("{own}/x"),
        "../other".to_owned(),
        "c".repeat(129),
        "a-client".to_owned(),
    ];
    values.extend(texts.map(Value::from));
    let mut attempts = with_values(genuine, "client_id", values);
    attempts.push(without(genuine, "client_id"));
    let audience = genuine.token.clone().without("client_id").claim("aud", own);
    attempts.push(Attempt::new("aud in place of client_id", audience.bearer()));
    if genuine.kind == Kind::Machine {
        let others = ["someone0else", WEB_CLIENT, &own.to_uppercase()];
        attempts.extend(with_values(genuine, "client_id", others.map(Value::from)));
        attempts.extend(with_values(genuine, "sub", others.map(Value::from)));
    } else {
        attempts.extend(with_values(genuine, "sub", [Value::from(own)]));
        attempts.extend(foreign(genuine));
    }
    attempts
}

/// Tokens that the user pool made for a person or an operator who signed in elsewhere.
fn foreign(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.token.claims["client_id"].as_str().unwrap();
    let mut attempts = Vec::new();
    for client in foreign_clients(own) {
        let token = genuine.token.clone().claim("client_id", client.as_str());
        let name = format!("the app client {client}");
        attempts.push(Attempt::new(name.as_str(), token.bearer()));
        attempts.push(Attempt::for_tenants(format!("{name}, for tenants"), &token));
        let without_tenant = token.clone().without("fairlead:tenant");
        attempts.push(Attempt::for_tenants(
            format!("{name}, of no tenant"),
            &without_tenant,
        ));
        let id = token
            .claim("token_use", "id")
            .without("client_id")
            .claim("aud", client.as_str());
        attempts.push(Attempt::new(format!("{name}, an ID token"), id.bearer()));
    }
    let by_the_tenants = genuine.token.clone().claim("client_id", TENANTS_CLIENT);
    attempts.push(Attempt::new(
        "the tenant's app client where it is not looked for",
        by_the_tenants.bearer(),
    ));
    if genuine.kind == Kind::Operator {
        let by_peoples = genuine.token.clone().claim("client_id", WEB_CLIENT);
        attempts.push(Attempt::new(
            "the app client of people",
            by_peoples.bearer(),
        ));
        attempts.push(Attempt::for_tenants(
            "the tenant's app client for people",
            &by_the_tenants,
        ));
    }
    attempts
}

/// What says who the caller is, in every shape but its own.
fn own_claims(genuine: &Genuine) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for name in genuine.kind.own_claims() {
        let own = genuine.token.claims[*name].as_str().unwrap();
        let mut values = no_texts(own);
        let texts = [
            format!("{own} "),
            format!(" {own}"),
            format!("{own}\n"),
            format!("{own}\0"),
            format!("{own}\u{200b}"),
            format!("{own}#tenant"),
            format!("{own}/../other"),
            format!("{own},other"),
            format!("{own}' OR '1'='1"),
            "x".repeat(1_000),
        ];
        values.extend(texts.map(Value::from));
        attempts.extend(with_values(genuine, name, values));
        let needed = *name != "fairlead:tenant" || genuine.kind == Kind::Machine;
        // An operator needs no profile, and a person no tenant.
        if needed && (*name != "fairlead:profile" || genuine.kind == Kind::Person) {
            attempts.push(without(genuine, name));
        }
    }
    attempts
}

/// Parsers differ in which of two members they believe.
fn repeated(genuine: &Genuine) -> Vec<Attempt> {
    let claims = genuine.claims();
    let inner = claims.trim_matches(['{', '}']);
    let mut attempts = Vec::new();
    let names = [
        "iss",
        "token_use",
        "client_id",
        "scope",
        "exp",
        "iat",
        "sub",
    ];
    for name in names.iter().chain(genuine.kind.own_claims()) {
        let own = &genuine.token.claims[*name];
        let (first, rest) = name.split_at(1);
        let escaped = format!("\\u{:04x}{rest}", first.as_bytes()[0]);
        for (how, claims) in [
            ("alike", format!(r#"{{"{name}":{own},{inner}}}"#)),
            (
                "another first",
                format!(r#"{{"{name}":"another",{inner}}}"#),
            ),
            ("another last", format!(r#"{{{inner},"{name}":"another"}}"#)),
            ("escaped", format!(r#"{{{inner},"{escaped}":{own}}}"#)),
        ] {
            let name = format!("{name} twice, {how}");
            attempts.push(Attempt::new(name, genuine.with_claims(claims)));
        }
    }
    attempts
}

/// Claims that no token has beside those of this kind.
fn mixed(genuine: &Genuine) -> Vec<Attempt> {
    let alien = match genuine.kind {
        Kind::Machine => [
            ("username", json!("post")),
            ("fairlead:profile", json!(PROFILE)),
            ("fairlead:member", json!(PROFILE)),
            ("cognito:groups", json!(["operators"])),
        ],
        Kind::Person | Kind::Operator => [
            ("fairlead:partner", json!("post")),
            ("fairlead:agreement", json!("parcels-2026")),
            ("fairlead:partner", json!(null)),
            ("username", json!(null)),
        ],
    };
    let added = alien.into_iter().map(|(name, value)| {
        let attempt = format!("with {name} {value}");
        Attempt::new(attempt, genuine.claiming(name, value))
    });
    added.collect()
}

/// Genuine tokens of the other kinds, with this kind's scope.
fn other_kinds(genuine: &Genuine) -> Vec<Attempt> {
    let others = match genuine.kind {
        // An operator is a person as well.
        Kind::Person => vec![Kind::Machine],
        Kind::Machine => vec![Kind::Person, Kind::Operator],
        Kind::Operator => vec![Kind::Person, Kind::Machine],
    };
    let attempts = others.into_iter().map(|kind| {
        let token = genuine.of_another(kind).signed();
        Attempt::new(format!("the token of a {kind:?}"), bearer(&token))
    });
    attempts.collect()
}
