//! `Authorization` headers that are none of the scheme `Bearer`, or hold more than one token.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{Attempt, Genuine};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    let token = genuine.token.signed();
    let basic = BASE64_STANDARD.encode(format!("user:{token}"));
    let headers = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer null".to_owned(),
        "Bearer undefined".to_owned(),
        token.clone(),
        format!("Bearer{token}"),
        format!("Bearer\t{token}"),
        format!("Bearer\u{a0}{token}"),
        format!("Bearer\n{token}"),
        format!("Bearer: {token}"),
        format!("Bearer={token}"),
        format!("Bearer, {token}"),
        format!("Bearer Bearer {token}"),
        format!("Bearer token={token}"),
        format!("Bearer \"{token}\""),
        format!("Bearer '{token}'"),
        format!("Bearer <{token}>"),
        format!("Bearer {token} "),
        format!("Bearer {token}\t"),
        format!("Bearer {token}\r\nx-user: admin"),
        format!("Bearer {token};"),
        format!("Bearer {token}, scope=admin"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token},Bearer {token}"),
        format!("Bearer {token}, Basic {basic}"),
        format!("Basic {basic}, Bearer {token}"),
        format!("Bearer x.y.z,Bearer {token}"),
        format!(" Bearer {token}"),
        format!("\tBearer {token}"),
        format!("\u{feff}Bearer {token}"),
        format!("Basic {token}"),
        format!("Basic {basic}"),
        format!("Token {token}"),
        format!("JWT {token}"),
        format!("DPoP {token}"),
        format!("Digest {token}"),
        format!("{token} Bearer"),
        format!("B\u{435}arer {token}"),
        format!("Bearers {token}"),
        format!("Beare {token}"),
        format!("Bearer Authorization: Bearer {token}"),
    ];
    let mut attempts: Vec<Attempt> = headers
        .into_iter()
        .map(|header| {
            let name: String = header.replace(&token, "…").chars().take(60).collect();
            Attempt::new(format!("the header {name:?}"), header)
        })
        .collect();
    attempts.push(Attempt {
        name: "no header".to_owned(),
        authorization: None,
        keys: None,
        handed_on: None,
        is_for_tenants: false,
    });
    attempts
}
