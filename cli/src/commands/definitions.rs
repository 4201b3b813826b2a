//! Tenants, partners, purposes, agreements, notification rules, messages, hooks, fan-outs, and the rules for
//! identifiers.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use http::Method;
use serde_json::{Map, Value};

use super::{Answer, all, tenant};
use crate::{
    api::{Api, Asked},
    args::{Definitions, IdentifierRules, Written},
    failure::Failure,
    settings::Settings,
};

/// What is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Tenant,
    Partner,
    Purpose,
    Agreement,
    NotificationRule,
    Message,
    Hook,
    FanOut,
}

impl Kind {
    /// The name of its place in the API.
    const fn place(self) -> &'static str {
        match self {
            Self::NotificationRule => "notification-rules",
            Self::FanOut => "fan-outs",
            _ => self.list(),
        }
    }

    /// The name of the list there.
    const fn list(self) -> &'static str {
        match self {
            Self::Tenant => "tenants",
            Self::Partner => "partners",
            Self::Purpose => "purposes",
            Self::Agreement => "agreements",
            Self::NotificationRule => "notification_rules",
            Self::Message => "messages",
            Self::Hook => "hooks",
            Self::FanOut => "fan_outs",
        }
    }

    /// Where a definition that is shown has its own name, which stands in the path when it is sent, and what
    /// follows from it.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Tenant => &["tenant"],
            Self::Partner | Self::FanOut => &["partner"],
            Self::Purpose => &["purpose"],
            Self::Agreement => &["agreement"],
            Self::NotificationRule => &["event_type"],
            Self::Message => &["kind", "language"],
            Self::Hook => &["partner", "source", "path"],
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Tenant => &["tenant"],
            Self::Partner => &["partner", "display_name", "requests_per_minute", "version"],
            Self::Purpose => &[
                "purpose",
                "display_name",
                "legal_basis",
                "text_versions",
                "version",
            ],
            Self::Agreement => &["agreement", "partner", "terms", "valid_until", "version"],
            Self::NotificationRule => &["event_type", "purpose", "texts", "state", "version"],
            Self::Message => &["kind", "language", "subject", "sms", "version"],
            Self::Hook => &[
                "partner",
                "source",
                "path",
                "external_id",
                "state",
                "version",
            ],
            Self::FanOut => &[
                "partner",
                "agreement",
                "purpose",
                "types",
                "state",
                "version",
            ],
        }
    }
}

pub(super) fn run(
    kind: Kind,
    what: Definitions,
    settings: &Settings,
    api: &Api,
) -> Result<Answer, Failure> {
    match what {
        Definitions::List if kind == Kind::Tenant => {
            let all = all(api, &["v1", "directory"], kind.list(), &[])?;
            Ok((all, kind.columns()))
        }
        Definitions::List => {
            let tenant = tenant(settings)?;
            let path = ["v1", "directory", tenant.as_str(), kind.place()];
            Ok((all(api, &path, kind.list(), &[])?, kind.columns()))
        }
        Definitions::Show { name } => {
            let path = path(kind, &name, settings)?;
            Ok((api.get(&borrowed(&path), vec![])?, &[]))
        }
        Definitions::Put { name, written } => {
            let path = path(kind, &name, settings)?;
            put(kind.names(), &borrowed(&path), written, api)
        }
    }
}

/// The rules for identifiers, of which there is one set.
pub(super) fn rules(what: IdentifierRules, api: &Api) -> Result<Answer, Failure> {
    let path = ["v1", "identifier-rules"];
    match what {
        IdentifierRules::Show => Ok((api.get(&path, vec![])?, &[])),
        IdentifierRules::Put { written } => put(&[], &path, written, api),
    }
}

/// Defines what is at `path`, or changes it.
fn put(names: &[&str], path: &[&str], written: Written, api: &Api) -> Result<Answer, Failure> {
    let Written {
        file,
        members,
        if_version,
    } = written;
    let mut body = file.map_or_else(|| Ok(Map::new()), read)?;
    body.extend(members);
    let seen = body.get("version").and_then(Value::as_u64);
    let asked = asked(names, body, if_version.or(seen));
    Ok((api.send(&Method::PUT, path, &asked)?, &[]))
}

/// What is sent to define something, or to change what was seen at a version.
fn asked(names: &[&str], mut body: Map<String, Value>, seen: Option<u64>) -> Asked<'static> {
    // What the API adds when it shows a definition.
    for shown in ["version", "changed_by", "changed_at"].iter().chain(names) {
        body.remove(*shown);
    }
    let condition = match seen {
        Some(version) => ("if-match", format!("\"{version}\"")),
        None => ("if-none-match", "*".to_owned()),
    };
    Asked {
        headers: vec![condition],
        body: Some(body.into()),
        ..Asked::default()
    }
}

fn path(kind: Kind, name: &str, settings: &Settings) -> Result<Vec<String>, Failure> {
    let mut path = vec!["v1".to_owned(), "directory".to_owned()];
    if kind != Kind::Tenant {
        path.extend([tenant(settings)?, kind.place().to_owned()]);
    }
    match kind {
        // Its two names are two parts of the path.
        Kind::Message | Kind::Hook => path.extend(name.split('/').map(str::to_owned)),
        _ => path.push(name.to_owned()),
    }
    Ok(path)
}

fn borrowed(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// The object in a file, or in standard input.
pub(super) fn read(path: PathBuf) -> Result<Map<String, Value>, Failure> {
    let shown = path.display().to_string();
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(Failure::file(format!("{shown} can't be read")))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{shown} is no JSON object: {error}.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(kind: Kind, shown: Value, seen: Option<u64>) -> (Value, String) {
        let Value::Object(shown) = shown else {
            panic!("a definition is an object")
        };
        let Asked { headers, body, .. } = asked(kind.names(), shown, seen);
        let [(name, value)] = headers.as_slice() else {
            panic!("one condition is sent")
        };
        (body.unwrap(), format!("{name}: {value}"))
    }

    #[test]
    fn what_was_shown_can_be_put_again() {
        let shown = json!({
            "agreement": "deliveries",
            "partner": "chandlery",
            "terms": { "newsletter": ["names"] },
            "version": 3,
            "changed_by": "a login",
            "changed_at": "2026-01-15T09:00:00Z",
        });
        let agreed = json!({ "partner": "chandlery", "terms": { "newsletter": ["names"] } });
        let again = sent(Kind::Agreement, shown, Some(3));
        assert_eq!(again, (agreed, "if-match: \"3\"".to_owned()));
        let partner = json!({ "partner": "chandlery", "display_name": "The Chandlery" });
        let named = json!({ "display_name": "The Chandlery" });
        let first = sent(Kind::Partner, partner, None);
        assert_eq!(first, (named, "if-none-match: *".to_owned()));
        let told = json!({ "purpose": "newsletter", "texts": { "en": "News." } });
        let mut shown = told.clone();
        shown["event_type"] = "com.example.parcel.sent.v1".into();
        let first = sent(Kind::NotificationRule, shown, None);
        assert_eq!(first, (told, "if-none-match: *".to_owned()));
        let words = json!({ "subject": "Your code for {tenant}" });
        let shown =
            json!({ "kind": "sign-up", "language": "en", "subject": "Your code for {tenant}" });
        let first = sent(Kind::Message, shown, None);
        assert_eq!(first, (words, "if-none-match: *".to_owned()));
        let told = json!({ "external_id": "/data/customer", "state": "active" });
        let mut shown = told.clone();
        for (name, value) in [
            ("partner", "chandlery"),
            ("source", "shop"),
            ("path", "/v1/hooks/harbour.chandlery/shop"),
        ] {
            shown[name] = value.into();
        }
        let first = sent(Kind::Hook, shown, None);
        assert_eq!(first, (told, "if-none-match: *".to_owned()));
    }

    #[test]
    fn a_message_is_named_by_its_kind_and_its_language_and_a_hook_by_its_partner_and_its_source() {
        let settings = Settings {
            tenant: Some("harbour".to_owned()),
            ..Settings::default()
        };
        let path = path(Kind::Message, "sign-up/de", &settings).unwrap();
        assert_eq!(path.join("/"), "v1/directory/harbour/messages/sign-up/de");
        let path = super::path(Kind::Hook, "chandlery/shop", &settings).unwrap();
        assert_eq!(path.join("/"), "v1/directory/harbour/hooks/chandlery/shop");
        let path = super::path(Kind::Partner, "a/b", &settings).unwrap();
        assert_eq!(path.last().map(String::as_str), Some("a/b"));
    }

    #[test]
    fn a_file_that_is_no_object_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("partner.json");
        fs::write(&path, "[]").unwrap();
        assert_eq!(read(path).unwrap_err().exit_code(), 2);
        assert_eq!(
            read(folder.path().join("none.json"))
                .unwrap_err()
                .exit_code(),
            1
        );
    }
}
