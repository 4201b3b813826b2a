//! What each command asks of the API.

mod dead_letters;
mod definitions;
mod events;
mod extensions;
mod receipts;

use std::io::{self, Write};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    api::{Api, Asked},
    args::{Clients, Command, Erasures, Output, Profiles, WriteKeys},
    failure::{self, Failure},
    output::print,
    settings::Settings,
};
use definitions::Kind;

/// As many pages of a list as are read.
const MOST_PAGES: u32 = 200;

/// Does what a command asks for that needs the API.
pub(crate) fn run(
    command: Command,
    settings: &Settings,
    api: &Api,
    output: Output,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let asked = match command {
        Command::Tenants(what) => definitions::run(Kind::Tenant, what, settings, api)?,
        Command::Partners(what) => definitions::run(Kind::Partner, what, settings, api)?,
        Command::Purposes(what) => definitions::run(Kind::Purpose, what, settings, api)?,
        Command::Agreements(what) => definitions::run(Kind::Agreement, what, settings, api)?,
        Command::NotificationRules(what) => {
            definitions::run(Kind::NotificationRule, what, settings, api)?
        }
        Command::Messages(what) => definitions::run(Kind::Message, what, settings, api)?,
        Command::Hooks(what) => definitions::run(Kind::Hook, what, settings, api)?,
        Command::FanOuts(what) => definitions::run(Kind::FanOut, what, settings, api)?,
        Command::WriteKeys(what) => write_keys(what, settings, api)?,
        Command::IdentifierRules(what) => definitions::rules(what, api)?,
        Command::Clients(what) => clients(what, settings, api)?,
        Command::Receipts(what) => receipts::run(what, api, &mut io::stderr())?,
        Command::EventTypes(what) => events::types(what, api)?,
        Command::Events(what) => events::run(what, api)?,
        Command::Dlq(what) => dead_letters::run(what, api)?,
        Command::Erasures(what) => erasures(&what, api)?,
        Command::Profiles(what) => profiles(&what, api)?,
        Command::Extension(what) => extensions::run(what, settings, api, &mut io::stderr())?,
        Command::Login(_) | Command::Logout | Command::Whoami | Command::Completions { .. } => {
            return Ok(());
        }
    };
    print(out, output, &asked.0, asked.1)
}

/// An answer, and the columns of a table of it.
type Answer = (Value, &'static [&'static str]);

fn clients(what: Clients, settings: &Settings, api: &Api) -> Result<Answer, Failure> {
    let tenant = tenant(settings)?;
    match what {
        Clients::List { partner } => {
            let path = of_partner(&tenant, &partner, "clients");
            let all = all(api, &path, "clients", &[])?;
            Ok((
                all,
                &[
                    "client",
                    "state",
                    "agreement",
                    "scopes",
                    "client_id",
                    "changed_at",
                ],
            ))
        }
        Clients::Create {
            partner,
            agreement,
            scopes,
        } => {
            let asked = Asked {
                body: Some(json!({ "agreement": agreement, "scopes": scopes })),
                ..Asked::default()
            };
            let path = of_partner(&tenant, &partner, "clients");
            Ok((api.send(&Method::POST, &path, &asked)?, &[]))
        }
        Clients::Delete { partner, client } => {
            let mut path = of_partner(&tenant, &partner, "clients").to_vec();
            path.push(&client);
            Ok((api.send(&Method::DELETE, &path, &Asked::default())?, &[]))
        }
    }
}

fn write_keys(what: WriteKeys, settings: &Settings, api: &Api) -> Result<Answer, Failure> {
    let tenant = tenant(settings)?;
    match what {
        WriteKeys::List { partner } => {
            let path = of_partner(&tenant, &partner, "write-keys");
            let all = all(api, &path, "write_keys", &[])?;
            Ok((
                all,
                &[
                    "write_key_id",
                    "beginning",
                    "state",
                    "changed_by",
                    "changed_at",
                ],
            ))
        }
        WriteKeys::Create { partner } => {
            let path = of_partner(&tenant, &partner, "write-keys");
            Ok((api.send(&Method::POST, &path, &Asked::default())?, &[]))
        }
        WriteKeys::Revoke { partner, id } => {
            let mut path = of_partner(&tenant, &partner, "write-keys").to_vec();
            path.push(&id);
            Ok((api.send(&Method::DELETE, &path, &Asked::default())?, &[]))
        }
    }
}

/// Where what a partner comes by is.
fn of_partner<'a>(tenant: &'a str, partner: &'a str, what: &'a str) -> [&'a str; 6] {
    ["v1", "directory", tenant, "partners", partner, what]
}

fn erasures(what: &Erasures, api: &Api) -> Result<Answer, Failure> {
    let answer = match what {
        Erasures::Request { profile, case } => {
            let asked = Asked {
                body: Some(json!({ "case": case })),
                ..Asked::default()
            };
            let path = ["v1", "profiles", profile.as_str(), "erasure"];
            api.send(&Method::POST, &path, &asked)?
        }
        Erasures::Show { id } => api.get(&["v1", "erasures", id], vec![])?,
        Erasures::Certificate { id } => api.get(&["v1", "erasures", id, "certificate"], vec![])?,
    };
    Ok((answer, &[]))
}

fn profiles(what: &Profiles, api: &Api) -> Result<Answer, Failure> {
    let (path, body) = match what {
        Profiles::Merge {
            one,
            other,
            dry_run,
        } => (
            vec!["v1", "profiles", "merge"],
            json!({ "profiles": [one, other], "dry_run": dry_run }),
        ),
        Profiles::Split { profile, merge } => (
            vec!["v1", "profiles", profile.as_str(), "split"],
            json!({ "merge_id": merge }),
        ),
        Profiles::Log { profile } => {
            let all = all(
                api,
                &["v1", "profiles", profile.as_str(), "merges"],
                "merges",
                &[],
            )?;
            return Ok((
                all,
                &[
                    "merge_id",
                    "status",
                    "at",
                    "by",
                    "profile_id",
                    "absorbed_id",
                ],
            ));
        }
    };
    let asked = Asked {
        body: Some(body),
        ..Asked::default()
    };
    Ok((api.send(&Method::POST, &path, &asked)?, &[]))
}

/// The page of a list at `cursor`, whose items stand in the member `name`, and where the next one
/// begins.
fn page(
    api: &Api,
    path: &[&str],
    name: &str,
    query: &[(&str, String)],
    cursor: Option<String>,
) -> Result<(Vec<Value>, Option<String>), Failure> {
    let mut query = query.to_vec();
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    let mut page = api.get(path, query)?;
    let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
    let items = match page.get_mut(name) {
        Some(Value::Array(found)) => std::mem::take(found),
        _ => Vec::new(),
    };
    Ok((items, next))
}

/// All pages of a list, whose items stand in the member `name`.
fn all(api: &Api, path: &[&str], name: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
    let (mut items, mut cursor) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let (mut found, next) = page(api, path, name, query, cursor)?;
        items.append(&mut found);
        cursor = next;
        if cursor.is_none() {
            return Ok(items.into());
        }
    }
    Err(Failure::Usage(format!(
        "There are more than {MOST_PAGES} pages: ask for less at once."
    )))
}

/// Whose directory is meant.
fn tenant(settings: &Settings) -> Result<String, Failure> {
    if let Some(tenant) = &settings.tenant {
        return Ok(tenant.clone());
    }
    let claims = settings.token.as_deref().and_then(claims);
    let named = claims.and_then(|claims| Some(claims.get("fairlead:tenant")?.as_str()?.to_owned()));
    named.ok_or_else(|| failure::missing("tenant", "FAIRLEAD_TENANT"))
}

/// Who a token speaks for, as far as it says so: whether it is valid, the API decides.
pub(crate) fn whoami(token: &str) -> Result<Value, Failure> {
    let claims = claims(token);
    let claims = claims.ok_or_else(|| Failure::Usage("The token can't be read.".to_owned()))?;
    let told = [
        ("login", "sub"),
        ("app_client", "client_id"),
        ("groups", "cognito:groups"),
        ("tenant", "fairlead:tenant"),
        ("partner", "fairlead:partner"),
        ("agreement", "fairlead:agreement"),
        ("profile", "fairlead:profile"),
        ("scopes", "scope"),
    ];
    let told = told
        .into_iter()
        .filter_map(|(name, claim)| Some((name.to_owned(), claims.get(claim)?.clone())));
    Ok(told.collect::<Map<_, _>>().into())
}

fn claims(token: &str) -> Option<Value> {
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1)?)
        .ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &Value) -> String {
        format!(
            "e30.{}.e30",
            BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())
        )
    }

    #[test]
    fn a_token_tells_whose_directory_is_meant_unless_it_is_said() {
        let token = token(&json!({ "fairlead:tenant": "harbour" }));
        let mut settings = Settings {
            token: Some(token),
            ..Settings::default()
        };
        assert_eq!(tenant(&settings).unwrap(), "harbour");
        settings.tenant = Some("airport".to_owned());
        assert_eq!(tenant(&settings).unwrap(), "airport");
        let failure = tenant(&Settings::default()).unwrap_err();
        assert!(failure.to_string().contains("FAIRLEAD_TENANT"), "{failure}");
    }

    #[test]
    fn a_token_tells_who_one_is() {
        let token = token(&json!({ "sub": "a login", "exp": 1, "cognito:groups": ["operators"] }));
        let told = json!({ "login": "a login", "groups": ["operators"] });
        assert_eq!(whoami(&token).unwrap(), told);
        assert_eq!(whoami("no token").unwrap_err().exit_code(), 2);
    }
}
