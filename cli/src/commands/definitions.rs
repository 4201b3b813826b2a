//! Tenants, partners, purposes and agreements.

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
    args::Definitions,
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
}

impl Kind {
    /// The name of its place in the API, and of the list there.
    const fn plural(self) -> &'static str {
        match self {
            Self::Tenant => "tenants",
            Self::Partner => "partners",
            Self::Purpose => "purposes",
            Self::Agreement => "agreements",
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
            let all = all(api, &["v1", "directory"], kind.plural(), &[])?;
            Ok((all, kind.columns()))
        }
        Definitions::List => {
            let tenant = tenant(settings)?;
            let path = ["v1", "directory", tenant.as_str(), kind.plural()];
            Ok((all(api, &path, kind.plural(), &[])?, kind.columns()))
        }
        Definitions::Show { name } => {
            let path = path(kind, &name, settings)?;
            Ok((api.get(&borrowed(&path), vec![])?, &[]))
        }
        Definitions::Put {
            name,
            file,
            members,
            if_version,
        } => {
            let mut body = file.map_or_else(|| Ok(Map::new()), read)?;
            body.extend(members);
            let seen = body.get("version").and_then(Value::as_u64);
            let path = path(kind, &name, settings)?;
            let asked = asked(body, if_version.or(seen));
            Ok((api.send(&Method::PUT, &borrowed(&path), &asked)?, &[]))
        }
    }
}

/// What is sent to define something, or to change what was seen at a version.
fn asked(mut body: Map<String, Value>, seen: Option<u64>) -> Asked<'static> {
    // What the API adds when it shows a definition.
    for shown in [
        "tenant",
        "purpose",
        "agreement",
        "version",
        "changed_by",
        "changed_at",
    ] {
        body.remove(shown);
    }
    if !body.contains_key("terms") {
        // An agreement takes its partner, and a partner is named in the path.
        body.remove("partner");
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
        path.extend([tenant(settings)?, kind.plural().to_owned()]);
    }
    path.push(name.to_owned());
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

    fn sent(shown: Value, seen: Option<u64>) -> (Value, String) {
        let Value::Object(shown) = shown else {
            panic!("a definition is an object")
        };
        let Asked { headers, body, .. } = asked(shown, seen);
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
        assert_eq!(sent(shown, Some(3)), (agreed, "if-match: \"3\"".to_owned()));
        let partner = json!({ "partner": "chandlery", "display_name": "The Chandlery" });
        let named = json!({ "display_name": "The Chandlery" });
        assert_eq!(sent(partner, None), (named, "if-none-match: *".to_owned()));
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
