//! Grants that are none.

use serde_json::{Value, json};

use super::claims::with_values;
use crate::{Attempt, Genuine, Kind};

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [scopes(genuine), elsewhere(genuine), groups(genuine)].concat()
}

fn scopes(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.kind.scope();
    let (server, name) = own.split_once('/').unwrap();
    let texts = [
        String::new(),
        "openid email profile".to_owned(),
        "aws.cognito.signin.user.admin".to_owned(),
        name.to_owned(),
        server.to_owned(),
        format!("{server}/"),
        format!("{server}/*"),
        format!("{server}/{}", &name[..name.len() - 1]),
        "*".to_owned(),
        format!("{own}s"),
        format!("{own}."),
        format!("{own}/x"),
        format!("x{own}"),
        format!("x/{own}"),
        own.to_uppercase(),
        own.replace('/', "."),
        own.replace('/', "%2F"),
        own.replace('/', "//"),
        own.replace('.', "/"),
        format!("openid\t{own}"),
        format!("openid\n{own}"),
        format!("openid\r\n{own}"),
        format!("openid,{own}"),
        format!("openid+{own}"),
        format!("openid;{own}"),
        format!("openid\u{a0}{own}"),
        format!("openid\u{3000}{own}"),
        format!("openid  {own}"),
        format!(" {own}"),
        format!("{own} "),
        format!("{own}\0"),
        format!("\"{own}\""),
        format!("[{own}]"),
        format!("{own}\u{200b}"),
    ];
    let kinds = [
        json!(null),
        json!(true),
        json!([own]),
        json!(["openid", own]),
        json!({ own: true }),
    ];
    let values = texts.into_iter().map(Value::from).chain(kinds);
    with_values(genuine, "scope", values)
}

/// The scope in another claim.
fn elsewhere(genuine: &Genuine) -> Vec<Attempt> {
    let own = genuine.kind.scope();
    let claims = [
        "scp",
        "scopes",
        "Scope",
        "scope ",
        "permissions",
        "fairlead:scope",
    ];
    let mut attempts = Vec::new();
    for name in claims {
        for value in [json!(own), json!([own])] {
            let token = genuine
                .token
                .clone()
                .without("scope")
                .claim(name, value.clone());
            attempts.push(Attempt::new(format!("{value} as {name}"), token.bearer()));
        }
    }
    let token = genuine.token.clone().scope("openid").member("scope", own);
    attempts.push(Attempt::new("the scope in the header", token.bearer()));
    attempts
}

/// A group that makes no operator.
fn groups(genuine: &Genuine) -> Vec<Attempt> {
    if genuine.kind != Kind::Operator {
        let values = [
            json!("operators"),
            json!([1]),
            json!({ "operators": true }),
            json!(null),
        ];
        return with_values(genuine, "cognito:groups", values);
    }
    let values = [
        json!([]),
        json!(null),
        json!(true),
        json!("operators"),
        json!("[operators]"),
        json!({ "operators": true }),
        json!([["operators"]]),
        json!(["operators", null]),
        json!(["operator"]),
        json!(["operators2"]),
        json!(["Operators"]),
        json!(["OPERATORS"]),
        json!(["operators "]),
        json!([" operators"]),
        json!(["operators\u{200b}"]),
        json!(["operat\u{43e}rs"]),
        json!(["staff,operators"]),
        json!(["staff operators"]),
        json!(["eu-central-1_Simulated_operators"]),
    ];
    let mut attempts = with_values(genuine, "cognito:groups", values);
    for name in [
        "groups",
        "cognito:roles",
        "cognito:group",
        "fairlead:groups",
    ] {
        let token = genuine.token.clone().without("cognito:groups");
        let token = token.claim(name, json!(["operators"]));
        attempts.push(Attempt::new(format!("the group in {name}"), token.bearer()));
    }
    attempts
}
