//! Another algorithm than the one that is pinned.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::hmac;
use serde_json::{Value, json};
use testkit::tokens::{ACCESS_TOKEN_KEY, key_set};

use crate::{
    Attempt, Genuine,
    genuine::{bearer, segment},
};

/// What stands before an RSA key in the structure `SubjectPublicKeyInfo`, for 2,048 bits.
const PUBLIC_KEY_INFO: [u8; 24] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00,
];

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [unsigned(genuine), named(genuine), confused(genuine)].concat()
}

fn headed(genuine: &Genuine, algorithm: &Value) -> String {
    let mut header = json!(genuine.token.header);
    header["alg"] = algorithm.clone();
    format!(
        "{}.{}",
        segment(header.to_string()),
        segment(genuine.claims())
    )
}

/// `none` in all spellings, without a signature, with an old one, without its place.
fn unsigned(genuine: &Genuine) -> Vec<Attempt> {
    let [.., signature] = genuine.segments();
    let spellings = ["none", "None", "NONE", "nOnE", " none", "none\0", ""];
    let attempts = spellings.iter().flat_map(|spelling| {
        let message = headed(genuine, &json!(spelling));
        [
            ("unsigned", format!("{message}.")),
            (
                "with the signature of RS256",
                format!("{message}.{signature}"),
            ),
            ("of two segments", message),
        ]
        .map(|(how, token)| Attempt::new(format!("alg {spelling:?} {how}"), bearer(&token)))
    });
    attempts.collect()
}

/// The user pool's signature under the name of another algorithm.
fn named(genuine: &Genuine) -> Vec<Attempt> {
    let names = [
        "HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "ES256", "ES256K", "EdDSA", "rs256",
        "RS256 ", "RS256\0", "RS-256", "RSA-OAEP", "dir", "RS1", "RS",
    ];
    let kinds = [
        json!(null),
        json!(256),
        json!(["RS256"]),
        json!({ "RS256": true }),
    ];
    let values = names.iter().map(|name| json!(name)).chain(kinds);
    let mut attempts: Vec<Attempt> = values
        .map(|value| Attempt::new(format!("alg {value}"), genuine.headed("alg", value)))
        .collect();
    let header = json!({ "kid": ACCESS_TOKEN_KEY.id }).to_string();
    attempts.push(Attempt::new("no alg", genuine.with_header(header)));
    attempts
}

/// `HS256` with everything public that a careless verifier could take for the secret.
fn confused(genuine: &Genuine) -> Vec<Attempt> {
    let key = &*ACCESS_TOKEN_KEY;
    let pkcs1 = key.public_der();
    let spki = [PUBLIC_KEY_INFO.to_vec(), pkcs1.clone()].concat();
    let modulus = key.modulus();
    let secrets: [(&str, Vec<u8>); 14] = [
        ("the modulus", modulus.clone()),
        ("the modulus in base64url", segment(&modulus).into()),
        (
            "the modulus with a zero before it",
            [vec![0], modulus].concat(),
        ),
        ("PKCS #1 in DER", pkcs1.clone()),
        ("PKCS #1 in PEM", pem("RSA PUBLIC KEY", &pkcs1, "\n").into()),
        ("the key info in DER", spki.clone()),
        ("the key info in PEM", pem("PUBLIC KEY", &spki, "\n").into()),
        (
            "the key info in PEM, no last newline",
            pem("PUBLIC KEY", &spki, "\n").trim_end().into(),
        ),
        (
            "the key info in PEM, CRLF",
            pem("PUBLIC KEY", &spki, "\r\n").into(),
        ),
        (
            "the key info in base64",
            BASE64_STANDARD.encode(&spki).into(),
        ),
        ("the JWK", key.jwk().to_string().into()),
        ("the key set", key_set().to_string().into()),
        ("the key's id", key.id.into()),
        ("nothing", Vec::new()),
    ];
    let attempts = secrets.iter().flat_map(|(name, secret)| {
        ["HS256", "RS256", "hs256"].map(|algorithm| {
            let message = headed(genuine, &json!(algorithm));
            let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
            let signature = segment(hmac::sign(&secret, message.as_bytes()));
            let token = format!("{message}.{signature}");
            Attempt::new(format!("{algorithm}, keyed with {name}"), bearer(&token))
        })
    });
    attempts.collect()
}

fn pem(label: &str, der: &[u8], newline: &str) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let body = lines.collect::<Vec<_>>().join(newline);
    format!("-----BEGIN {label}-----{newline}{body}{newline}-----END {label}-----{newline}")
}
