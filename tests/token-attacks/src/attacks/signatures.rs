//! Signatures that are of something else, or of nothing.

use serde_json::json;
use testkit::tokens::ACCESS_TOKEN_KEY;

use crate::{
    Attempt, Genuine, Kind,
    genuine::{bearer, segment},
};

/// How many random changes are tried in each segment.
const FLIPS: usize = 25;

pub(super) fn all(genuine: &Genuine, seed: u64) -> Vec<Attempt> {
    [
        misshapen(genuine),
        of_others(genuine),
        changed_after_signing(genuine),
        flipped(genuine, seed),
    ]
    .concat()
}

fn with_signature(genuine: &Genuine, signature: &[u8]) -> String {
    let [header, claims, _] = genuine.segments();
    bearer(&format!("{header}.{claims}.{}", segment(signature)))
}

fn misshapen(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.signature();
    let modulus = ACCESS_TOKEN_KEY.modulus();
    let (left, right) = own.split_at(own.len() / 2);
    let complement: Vec<u8> = own.iter().map(|byte| !byte).collect();
    let reversed: Vec<u8> = own.iter().rev().copied().collect();
    let signatures = [
        ("empty", Vec::new()),
        ("a byte short at the end", own[..own.len() - 1].to_vec()),
        ("a byte short at the beginning", own[1..].to_vec()),
        ("half", left.to_vec()),
        ("one byte", vec![own[0]]),
        ("with a zero behind", [&own[..], &[0]].concat()),
        ("with a zero before", [&[0], &own[..]].concat()),
        ("with a byte behind", [&own[..], &[1]].concat()),
        ("twice", [&own[..], &own].concat()),
        ("its halves in turn", [right, left].concat()),
        ("reversed", reversed),
        ("its complement", complement),
        ("zeros", vec![0; own.len()]),
        ("a one", [vec![0; own.len() - 1], vec![1]].concat()),
        ("ones", vec![0xff; own.len()]),
        ("the modulus", modulus.clone()),
        ("the modulus less one", less_one(&modulus)),
        ("the same residue once more", sum(&own, &modulus)),
        ("8,192 bits", vec![1; 1_024]),
    ];
    signatures
        .into_iter()
        .map(|(name, bytes)| {
            Attempt::new(
                format!("signature: {name}"),
                with_signature(genuine, &bytes),
            )
        })
        .collect()
}

/// The difference is odd: a modulus is.
fn less_one(number: &[u8]) -> Vec<u8> {
    let mut less = number.to_vec();
    if let Some(last) = less.last_mut() {
        *last -= 1;
    }
    less
}

/// A number that is equal to the signature modulo the modulus, and one byte longer.
fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut digits: Vec<u8> = Vec::new();
    for (a, b) in a.iter().zip(b).rev() {
        let digit = u16::from(*a) + u16::from(*b) + carry;
        digits.push(digit.to_le_bytes()[0]);
        carry = digit >> 8;
    }
    digits.push(carry.to_le_bytes()[0]);
    digits.into_iter().rev().collect()
}

/// Parts of one genuine token in another.
fn of_others(genuine: &Genuine) -> Vec<Attempt> {
    let other = Genuine {
        token: genuine.token.clone().claim("jti", "another"),
        ..genuine.clone()
    };
    let [header, claims, signature] = genuine.segments();
    let [_, other_claims, other_signature] = other.segments();
    let typed =
        segment(json!({ "alg": "RS256", "kid": ACCESS_TOKEN_KEY.id, "typ": "JWT" }).to_string());
    let raw = ACCESS_TOKEN_KEY.sign(genuine.claims().as_bytes());
    let tokens = [
        (
            "the signature of another",
            format!("{header}.{claims}.{other_signature}"),
        ),
        (
            "the claims of another",
            format!("{header}.{other_claims}.{signature}"),
        ),
        (
            "the header of another",
            format!("{typed}.{claims}.{signature}"),
        ),
        (
            "a signature of the claims alone",
            format!("{header}.{claims}.{}", segment(raw)),
        ),
    ];
    tokens
        .into_iter()
        .map(|(name, token)| Attempt::new(name, bearer(&token)))
        .collect()
}

/// A genuine token that was written over: with more rights, for longer, as someone else.
fn changed_after_signing(genuine: &Genuine) -> Vec<Attempt> {
    let who = match genuine.kind {
        Kind::Machine => ("fairlead:partner", json!("rival")),
        Kind::Person | Kind::Operator => (
            "fairlead:profile",
            json!("prf_02020202020272028202020202020202"),
        ),
    };
    let changes = [
        who,
        ("fairlead:tenant", json!("rival")),
        (
            "scope",
            json!(format!("{} fairlead/receipts.read", genuine.kind.scope())),
        ),
        ("exp", json!(genuine.now + 7_200)),
        ("cognito:groups", json!(["operators", "admins"])),
        ("sub", json!("00000000-0000-4000-8000-000000000000")),
        ("x", json!("y")),
    ];
    let [header, _, signature] = genuine.segments();
    changes
        .into_iter()
        .map(|(name, value)| {
            let claims = json!(genuine.token.clone().claim(name, value).claims);
            let token = format!("{header}.{}.{signature}", segment(claims.to_string()));
            Attempt::new(format!("{name} changed after signing"), bearer(&token))
        })
        .collect()
}

/// One character changed, anywhere.
fn flipped(genuine: &Genuine, seed: u64) -> Vec<Attempt> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut random = fastrand::Rng::with_seed(seed);
    let genuine = genuine.segments();
    let mut attempts = Vec::new();
    for part in 0..3 {
        for _ in 0..FLIPS {
            let mut segments = genuine.clone();
            let at = random.usize(..segments[part].len());
            let old = segments[part].as_bytes()[at];
            let others: Vec<u8> = ALPHABET.iter().copied().filter(|c| *c != old).collect();
            let new = char::from(others[random.usize(..others.len())]);
            segments[part].replace_range(at..=at, &new.to_string());
            let attempt = format!("segment {part}, character {at} made {new}");
            attempts.push(Attempt::new(attempt, bearer(&segments.join("."))));
        }
    }
    attempts
}
