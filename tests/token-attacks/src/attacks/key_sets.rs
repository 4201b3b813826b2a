//! Keys that may check nothing, even if the user pool showed them.

use std::sync::LazyLock;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use testkit::tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY, SigningKey, key_set};

use crate::{
    Attempt, Genuine,
    genuine::{bearer, segment},
};

/// A key that is in no key set.
pub(super) static ATTACKERS_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_pem("attackers-key", include_str!("attackers-key.pem")));

/// What stands before the digest in a signature of `RS256`.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

pub(super) fn attackers_jwk() -> Value {
    ATTACKERS_KEY.jwk()
}

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [
        other_keys(genuine),
        unfit_keys(genuine),
        unreadable(genuine),
        trivial(genuine),
    ]
    .concat()
}

/// The right name and the wrong key, or the other way round.
fn other_keys(genuine: &Genuine) -> Vec<Attempt> {
    let named = |id: &str| json!({ "alg": "RS256", "kid": id });
    let mut twin = attackers_jwk();
    twin["kid"] = ACCESS_TOKEN_KEY.id.into();
    let beside = |jwk: Value| json!({ "keys": [jwk, ACCESS_TOKEN_KEY.jwk()] }).to_string();
    vec![
        Attempt::new(
            "signed by the pool's other key",
            genuine.signed_by(&ID_TOKEN_KEY, &named(ACCESS_TOKEN_KEY.id)),
        ),
        Attempt::new(
            "named for the pool's other key",
            genuine.signed_by(&ACCESS_TOKEN_KEY, &named(ID_TOKEN_KEY.id)),
        ),
        Attempt::new(
            "signed by a key of no pool",
            genuine.signed_by(&ATTACKERS_KEY, &named(ACCESS_TOKEN_KEY.id)),
        ),
        Attempt::new(
            "signed by a twin of the pool's key",
            genuine.signed_by(&ATTACKERS_KEY, &named(ACCESS_TOKEN_KEY.id)),
        )
        .with_keys(beside(twin)),
        Attempt::new(
            "signed by a key that was taken back",
            genuine.token.bearer(),
        )
        .with_keys(json!({ "keys": [ID_TOKEN_KEY.jwk()] }).to_string()),
    ]
}

/// The key that signed, shown as one that is for something else.
fn unfit_keys(genuine: &Genuine) -> Vec<Attempt> {
    let members = [
        ("kty", json!("EC")),
        ("kty", json!("oct")),
        ("kty", json!("OKP")),
        ("kty", json!(null)),
        ("use", json!("enc")),
        ("use", json!(null)),
        ("alg", json!("HS256")),
        ("alg", json!("RS512")),
        ("alg", json!("none")),
        ("e", json!("AQ")),
        ("e", json!("Aw")),
        ("e", json!("AAEAAQ")),
        ("e", json!("")),
        ("e", json!(65_537)),
        ("n", json!("")),
        ("n", json!("AQAB")),
        ("n", json!(segment(&ACCESS_TOKEN_KEY.modulus()[..128]))),
        (
            "n",
            json!(segment([vec![0], ACCESS_TOKEN_KEY.modulus()].concat())),
        ),
        (
            "n",
            json!(format!("{}=", segment(ACCESS_TOKEN_KEY.modulus()))),
        ),
        ("n", json!(segment([0xff; 2_048]))),
    ];
    members
        .into_iter()
        .map(|(name, value)| {
            let mut jwk = ACCESS_TOKEN_KEY.jwk();
            jwk[name] = value.clone();
            let keys = json!({ "keys": [jwk, ID_TOKEN_KEY.jwk()] });
            let value: String = value.to_string().chars().take(20).collect();
            Attempt::new(
                format!("a key whose {name} is {value}"),
                genuine.token.bearer(),
            )
            .with_keys(keys.to_string())
        })
        .collect()
}

fn unreadable(genuine: &Genuine) -> Vec<Attempt> {
    let own = key_set().to_string();
    let sets = [
        ("nothing", String::new()),
        ("a page", "<html></html>".to_owned()),
        ("no keys", r#"{"keys":[]}"#.to_owned()),
        ("an array", format!("[{own}]")),
        ("keys twice", own.replacen('{', r#"{"keys":[],"#, 1)),
        (
            "keys by their names",
            json!({ "keys": { "k": ACCESS_TOKEN_KEY.jwk() } }).to_string(),
        ),
        (
            "100 KB",
            own.replacen('{', &format!(r#"{{"x":"{}","#, "x".repeat(100_000)), 1),
        ),
    ];
    sets.into_iter()
        .map(|(name, keys)| {
            Attempt::new(format!("a key set of {name}"), genuine.token.bearer()).with_keys(keys)
        })
        .collect()
}

/// Keys under which anybody can sign: with the exponent 1 the padded digest signs itself.
fn trivial(genuine: &Genuine) -> Vec<Attempt> {
    let sizes = [("1024 bits", 128), ("2048 bits", 256), ("8192 bits", 1_024)];
    let mut attempts: Vec<Attempt> = sizes
        .into_iter()
        .map(|(name, size)| {
            let keys = json!({ "keys": [{
                "kty": "RSA", "kid": "trivial", "alg": "RS256", "use": "sig",
                "n": segment(vec![0xff; size]), "e": "AQ",
            }] });
            let header = json!({ "alg": "RS256", "kid": "trivial" }).to_string();
            let message = format!("{}.{}", segment(header), segment(genuine.claims()));
            let token = format!("{message}.{}", segment(padded(&message, size)));
            Attempt::new(format!("a key of exponent 1 and {name}"), bearer(&token))
                .with_keys(keys.to_string())
        })
        .collect();
    let [header, claims, _] = genuine.segments();
    let message = format!("{header}.{claims}");
    let token = format!("{message}.{}", segment(padded(&message, 256)));
    attempts.push(Attempt::new("the padded digest itself", bearer(&token)));
    attempts
}

/// PKCS #1 v1.5's padding of the message's digest.
fn padded(message: &str, size: usize) -> Vec<u8> {
    let digest = digest(&SHA256, message.as_bytes());
    let tail = [&[0], &DIGEST_INFO[..], digest.as_ref()].concat();
    let filling = vec![0xff; size - 2 - tail.len()];
    [&[0, 1], &filling[..], &tail[..]].concat()
}
