//! Tokens that are odd and mean what a genuine one means: refusing them would be a fault as well.

use serde_json::{Value, json};
use testkit::tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY, OPERATORS_CLIENT};

use crate::{Attempt, Genuine, Kind, TENANTS_CLIENT, genuine::PROFILE};

/// All of them.
#[must_use]
pub fn all(genuine: &Genuine) -> Vec<Attempt> {
    [
        schemes(genuine),
        headers(genuine),
        claims(genuine),
        times(genuine),
        keys(genuine),
        vec![Attempt::handed_on("let through", &genuine.token)],
        clients(genuine),
    ]
    .concat()
}

fn schemes(genuine: &Genuine) -> Vec<Attempt> {
    let token = genuine.token.signed();
    ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer  "]
        .map(|scheme| Attempt::new(format!("the scheme {scheme:?}"), format!("{scheme}{token}")))
        .into()
}

fn headers(genuine: &Genuine) -> Vec<Attempt> {
    let types = ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"];
    let mut attempts: Vec<Attempt> = types
        .into_iter()
        .map(|kind| Attempt::new(format!("typ {kind}"), genuine.headed("typ", kind)))
        .collect();
    let id = ACCESS_TOKEN_KEY.id;
    let texts = [
        format!(r#"{{"kid":"{id}","alg":"RS256"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{id}"}}"#),
        format!(" {{ \"alg\" : \"RS256\" ,\r\n\t\"kid\" : \"{id}\" }} "),
        format!(r#"{{"alg":"RS\u0032\u0035\u0036","kid":"{id}"}}"#),
        format!(r#"{{"\u0061lg":"RS256","kid":"{id}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{id}","x-trace":{{"a":[1,null]}}}}"#),
    ];
    attempts.extend(
        texts
            .into_iter()
            .map(|text| Attempt::new(format!("the header {text}"), genuine.with_header(text))),
    );
    attempts
}

fn claims(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.kind.scope();
    let own_claims = genuine.claims();
    let inner = own_claims.trim_matches(['{', '}']);
    let pretty = format!("{:#}", json!(genuine.token.claims));
    let mut changes: Vec<(&str, Value)> = vec![
        ("scope", json!(own)),
        ("scope", json!(format!("{own} openid"))),
        ("scope", json!(format!("openid {own} email"))),
        ("scope", json!(format!("{own} {own}"))),
        ("aud", json!("https://api.example")),
        ("aud", json!(["a", "b"])),
        ("amr", json!(["pwd"])),
        ("device_key", json!("eu-central-1_x")),
        ("custom:text", json!("\u{1f600} \u{0}")),
        ("custom:deep", json!({ "a": [[[[{ "b": null }]]]] })),
        ("jti", json!(null)),
    ];
    match genuine.kind {
        Kind::Operator => {
            changes.push(("cognito:groups", json!(["operators"])));
            changes.push(("cognito:groups", json!(["a", "operators", "b"])));
            changes.push(("fairlead:member", json!(PROFILE)));
        }
        Kind::Person => {
            changes.push(("cognito:groups", json!([])));
            changes.push(("cognito:groups", json!(["staff"])));
            changes.push(("cognito:groups", json!(["operators"])));
            changes.push(("fairlead:member", json!(PROFILE)));
        }
        Kind::Machine => changes.push(("fairlead:other", json!("unknown"))),
    }
    let mut attempts: Vec<Attempt> = changes
        .into_iter()
        .map(|(name, value)| Attempt::new(format!("{name} {value}"), genuine.claiming(name, value)))
        .collect();
    attempts.push(Attempt::new(
        "claims over several lines",
        genuine.with_claims(pretty),
    ));
    let escaped =
        inner
            .replacen("\"iss\"", "\"\\u0069ss\"", 1)
            .replacen("access", "acc\\u0065ss", 1);
    attempts.push(Attempt::new(
        "escapes",
        genuine.with_claims(format!("{{{escaped}}}")),
    ));
    attempts
}

fn times(genuine: &Genuine) -> Vec<Attempt> {
    let now = genuine.now;
    let token = || genuine.token.clone();
    let tokens = [
        (
            "over for a moment",
            token().claim("iat", now - 3_600).claim("exp", now - 4),
        ),
        ("made a moment ahead", token().claim("iat", now + 5)),
        ("valid a moment ahead", token().claim("nbf", now + 5)),
        ("valid since it was made", token().claim("nbf", now)),
        ("valid for a day", token().claim("exp", now + 86_400)),
        (
            "almost over",
            token().claim("iat", now - 3_599).claim("exp", now + 1),
        ),
        ("no auth_time", token().without("auth_time")),
    ];
    tokens
        .into_iter()
        .map(|(name, token)| Attempt::new(name, token.bearer()))
        .collect()
}

/// The app clients by which callers of this kind may come, besides the one that they came by.
fn clients(genuine: &Genuine) -> Vec<Attempt> {
    let by = |client: &str| genuine.token.clone().claim("client_id", client);
    let own = Attempt::for_tenants("where tenants' app clients are taken", &genuine.token);
    let others = match genuine.kind {
        Kind::Person => vec![
            Attempt::new("the operators' app client", by(OPERATORS_CLIENT).bearer()),
            Attempt::handed_on("let through by the operators'", &by(OPERATORS_CLIENT)),
            Attempt::for_tenants("the tenant's app client", &by(TENANTS_CLIENT)),
        ],
        Kind::Machine | Kind::Operator => Vec::new(),
    };
    [vec![own], others].concat()
}

/// What else may stand in the user pool's key set.
fn keys(genuine: &Genuine) -> Vec<Attempt> {
    let beside = |jwk: Value| json!({ "keys": [jwk, ACCESS_TOKEN_KEY.jwk()] }).to_string();
    let header = json!({ "alg": "RS256", "kid": ID_TOKEN_KEY.id });
    let mut bare = ACCESS_TOKEN_KEY.jwk();
    for optional in ["use", "alg"] {
        bare.as_object_mut().unwrap().remove(optional);
    }
    let bearer = || genuine.token.bearer();
    let elliptic = json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "x": "AA", "y": "AA" });
    vec![
        Attempt::new(
            "signed by the pool's other key",
            genuine.signed_by(&ID_TOKEN_KEY, &header),
        ),
        Attempt::new("an elliptic key beside", bearer()).with_keys(beside(elliptic)),
        Attempt::new("a weak key beside", bearer()).with_keys(beside(
            json!({ "kty": "RSA", "kid": "weak", "n": "AQAB", "e": "AQAB" }),
        )),
        Attempt::new("nonsense beside", bearer()).with_keys(beside(json!([null]))),
        Attempt::new("a key that says no more than it must", bearer())
            .with_keys(json!({ "keys": [bare] }).to_string()),
    ]
}
