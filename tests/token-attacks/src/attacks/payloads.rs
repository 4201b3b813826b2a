//! Payloads that are no claims, under the user pool's signature.

use serde_json::json;
use testkit::tokens::{ACCESS_TOKEN_KEY, sign};

use crate::{
    Attempt, Genuine,
    genuine::{bearer, segment},
};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [
        texts(genuine),
        bytes(genuine),
        sizes(genuine),
        nested(genuine),
    ]
    .concat()
}

fn texts(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.claims();
    let inner = own.trim_matches(['{', '}']);
    let texts = [
        ("nothing", String::new()),
        ("an empty object", "{}".to_owned()),
        ("null", "null".to_owned()),
        ("a number", "1".to_owned()),
        ("an array", format!("[{own}]")),
        ("a text", json!(own).to_string()),
        (
            "claims inside",
            json!({ "claims": genuine.token.claims }).to_string(),
        ),
        ("two objects", format!("{own}{own}")),
        ("garbage behind", format!("{own}x")),
        ("a NUL behind", format!("{own}\0")),
        ("a byte order mark before", format!("\u{feff}{own}")),
        ("single quotes", own.replace('"', "'")),
        ("a comment", format!("{own}// comment")),
        ("a trailing comma", format!("{{{inner},}}")),
        ("cut short", own[..own.len() - 1].to_owned()),
        (
            "a bare control character",
            format!("{{{inner},\"x\":\"\n\"}}"),
        ),
        (
            "half a surrogate pair",
            format!(r#"{{{inner},"x":"\ud800"}}"#),
        ),
        ("a form", "iss=x&token_use=access".to_owned()),
    ];
    texts
        .into_iter()
        .map(|(name, text)| Attempt::new(format!("claims: {name}"), genuine.with_claims(text)))
        .collect()
}

fn bytes(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.claims();
    let within = |bytes: &[u8]| {
        let [before, after] = [b"{\"x\":\"".as_slice(), b"\","];
        [before, bytes, after, &own.as_bytes()[1..]].concat()
    };
    let wide: Vec<u8> = own.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let claims = [
        ("a byte that is no UTF-8", within(&[0xff])),
        ("an overlong slash", within(&[0xc0, 0xaf])),
        ("a surrogate in UTF-8", within(&[0xed, 0xa0, 0x80])),
        ("a character cut short", within(&[0xe2, 0x82])),
        ("UTF-16", wide),
        ("only bytes that are no UTF-8", vec![0xff; 300]),
    ];
    claims
        .into_iter()
        .map(|(name, claims)| Attempt::new(format!("claims: {name}"), genuine.with_claims(claims)))
        .collect()
}

fn sizes(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.claims();
    let padded = |size: usize| genuine.claiming("x", "x".repeat(size));
    let deep = |levels: usize| {
        let nested = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        genuine.with_claims(own.replacen('{', &format!(r#"{{"x":{nested},"#), 1))
    };
    let [header, claims, signature] = genuine.segments();
    vec![
        Attempt::new("8 KB", padded(6_000)),
        Attempt::new("1 MB", padded(1_000_000)),
        Attempt::new("1 MB of letters", bearer(&"a".repeat(1_000_000))),
        Attempt::new("1 MB of dots", bearer(&".".repeat(1_000_000))),
        Attempt::new(
            "a signature of 1 MB",
            bearer(&format!("{header}.{claims}.{}", signature.repeat(3_000))),
        ),
        Attempt::new("200 levels", deep(200)),
        Attempt::new("1,000 levels", deep(1_000)),
        Attempt::new("100,000 levels", deep(100_000)),
    ]
}

/// A genuine token inside of something else.
fn nested(genuine: &Genuine) -> Vec<Attempt> {
    let token = genuine.token.signed();
    let [header, claims, signature] = genuine.segments();
    let general = json!({
        "payload": claims,
        "signatures": [{ "protected": header, "signature": signature }],
    });
    let flattened = json!({ "payload": claims, "protected": header, "signature": signature });
    let unencoded = format!(
        "{{\"alg\":\"RS256\",\"kid\":\"{}\",\"b64\":false}}",
        ACCESS_TOKEN_KEY.id
    );
    let encrypted = json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": ACCESS_TOKEN_KEY.id });
    let five = [
        encrypted.to_string(),
        "key".into(),
        "iv".into(),
        token.clone(),
        "tag".into(),
    ];
    let detached = sign(unencoded, genuine.claims(), &ACCESS_TOKEN_KEY);
    vec![
        Attempt::new("a token in a token", genuine.with_claims(&token)),
        Attempt::new(
            "a token as a text in a token",
            genuine.with_claims(json!(token).to_string()),
        ),
        Attempt::new("a token in base64url", bearer(&segment(&token))),
        Attempt::new("the general JSON form", bearer(&general.to_string())),
        Attempt::new("the flattened JSON form", bearer(&flattened.to_string())),
        Attempt::new(
            "the JSON form in base64url",
            bearer(&segment(flattened.to_string())),
        ),
        Attempt::new("an encrypted token", bearer(&five.map(segment).join("."))),
        Attempt::new("claims that are not encoded", bearer(&detached)),
        Attempt::new(
            "claims that are elsewhere",
            bearer(&format!("{header}..{signature}")),
        ),
    ]
}
