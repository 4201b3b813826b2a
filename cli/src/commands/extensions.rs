//! Tenants' own code: pushed, looked at, switched.

use std::{fmt::Write as _, io::Write, thread, time::Duration};

use extension::{KNOWN_WITHIN, MANIFEST, Package, pack};
use http::Method;
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answer, tenant};
use crate::{
    api::{Api, Asked},
    args::{Extensions, PushedExtension},
    extension_test::files,
    failure::Failure,
    settings::Settings,
};

/// How long it is between two looks at how far a package is, and how often it is looked: for ten minutes.
const PAUSE: Duration = Duration::from_secs(1);
const LOOKS: u32 = 600;

/// The platform's own types of events, which may be named without what stands before them.
const OWN: &str = "dev.fairlead.";
const OWN_CONTEXTS: [&str; 3] = ["profile.", "consent.", "erasure."];

pub(super) fn run(
    what: Extensions,
    settings: &Settings,
    api: &Api,
    progress: &mut impl Write,
) -> Result<Answer, Failure> {
    let tenant = tenant(settings)?;
    let to = |name: &str, step: &str| -> Vec<String> {
        let mut path: Vec<String> = of_tenant(&tenant);
        path.extend(
            [name, step]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(str::to_owned),
        );
        path
    };
    let post = |path: &[String], body: Option<Value>| {
        let asked = Asked {
            body,
            ..Asked::default()
        };
        api.send(&Method::POST, &borrowed(path), &asked)
    };
    let answer = match what {
        Extensions::Test(_) => Value::Null,
        Extensions::Push(push) => push_package(&push, &tenant, api, progress)?,
        Extensions::List => {
            let all = api.get(&borrowed(&of_tenant(&tenant)), vec![])?;
            return Ok((
                all.get("extensions").cloned().unwrap_or_default(),
                &[
                    "extension",
                    "state",
                    "active",
                    "previous",
                    "kind",
                    "events",
                    "changed_at",
                ],
            ));
        }
        Extensions::Show { name } => api.get(&borrowed(&to(&name, "")), vec![])?,
        Extensions::Activate { name, version } => {
            post(&to(&name, "activate"), Some(json!({ "version": version })))?
        }
        Extensions::Rollback { name } => post(&to(&name, "rollback"), None)?,
        Extensions::Disable { name } => post(&to(&name, "disable"), None)?,
        Extensions::Enable { name } => post(&to(&name, "enable"), None)?,
        Extensions::Remove { name } => {
            let path = to(&name, "");
            api.send(&Method::DELETE, &borrowed(&path), &Asked::default())?
        }
        Extensions::Logs { name, since, limit } => {
            let mut query: Vec<(&str, String)> = vec![("limit", limit.to_string())];
            query.extend(since.map(|since| ("since", since)));
            let logs = api.get(&borrowed(&to(&name, "logs")), query)?;
            return Ok((
                logs.get("lines").cloned().unwrap_or_default(),
                &["at", "version", "outcome", "event_id", "message"],
            ));
        }
        Extensions::Usage {
            name,
            from,
            to: until,
        } => {
            let query = [("from", from), ("to", until)];
            let query = query
                .into_iter()
                .filter_map(|(name, day)| Some((name, day?)));
            let used = api.get(&borrowed(&to(&name, "usage")), query.collect())?;
            return Ok((rows(&used), USAGE));
        }
    };
    Ok((answer, &[]))
}

const USAGE: &[&str] = &[
    "day",
    "events",
    "errors",
    "withheld",
    "duration_ms",
    "fuel",
    "gigabyte_seconds",
    "estimated_usd",
];

/// The days, and all together in the last row.
fn rows(used: &Value) -> Value {
    let mut rows = used
        .get("days")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut total = used.get("total").cloned().unwrap_or_default();
    if let Some(total) = total.as_object_mut() {
        total.insert("day".to_owned(), "all".into());
    }
    rows.push(total);
    rows.into()
}

fn of_tenant(tenant: &str) -> Vec<String> {
    ["v1", "directory", tenant, "extensions"]
        .map(str::to_owned)
        .to_vec()
}

fn borrowed(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Packs the folder, looks at it as the platform will, uploads it, and waits until it runs or is refused.
fn push_package(
    push: &PushedExtension,
    tenant: &str,
    api: &Api,
    progress: &mut impl Write,
) -> Result<Value, Failure> {
    let mut files = files(&push.folder)?;
    if let (false, Some(manifest)) = (push.on.is_empty(), files.get_mut(MANIFEST)) {
        *manifest = with_events(manifest, &push.on)?;
    }
    let bytes = pack(&files);
    let package = Package::read(&bytes).map_err(|problems| {
        let problems = problems.iter().map(ToString::to_string);
        Failure::Extension(problems.collect::<Vec<_>>().join("\n"))
    })?;
    let name = package.manifest().name().to_string();
    let mut path = of_tenant(tenant);
    path.extend([name.clone(), "uploads".to_owned()]);
    let announced = Asked {
        body: Some(json!({ "bytes": bytes.len(), "sha256": hex(&bytes) })),
        ..Asked::default()
    };
    let created = api.send(&Method::POST, &borrowed(&path), &announced)?;
    say(
        progress,
        &format!(
            "{name} {}: {} bytes",
            package.manifest().version(),
            bytes.len()
        ),
    );
    api.put(created.get("put").unwrap_or(&Value::Null), &bytes)?;
    let id = created
        .get("upload_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    path.push(id.to_owned());
    wait(&path, api, progress)?;
    path.truncate(5);
    let shown = api.get(&borrowed(&path), vec![])?;
    await_all(&shown, progress);
    Ok(shown)
}

/// Waits until whoever hands out events believes nothing older: from then on the extension runs on what happens.
fn await_all(shown: &Value, progress: &mut impl Write) {
    let changed_at = shown.get("changed_at").and_then(Value::as_str);
    let changed_at = changed_at.and_then(|moment| moment.parse().ok());
    let since = changed_at.map(|at: Timestamp| Clock::system().now().duration_since(at));
    let since = since.and_then(|since| Duration::try_from(since).ok());
    let left = KNOWN_WITHIN.saturating_sub(since.unwrap_or_default());
    if !left.is_zero() {
        say(progress, "everywhere within seconds");
        thread::sleep(left);
    }
}

/// Waits until a package is registered; what is wrong with it is a failure.
fn wait(path: &[String], api: &Api, progress: &mut impl Write) -> Result<(), Failure> {
    let mut last = String::new();
    for _ in 0..LOOKS {
        let upload = api.get(&borrowed(path), vec![])?;
        let text = |name: &str| upload.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("state") {
            "done" => return Ok(()),
            "refused" => return Err(Failure::Extension(problems(&upload))),
            state => {
                let step = Some(text("step")).filter(|step| !step.is_empty());
                let now = step.unwrap_or(state).to_owned();
                if now != last {
                    say(progress, &now);
                    last = now;
                }
            }
        }
        thread::sleep(PAUSE);
    }
    Err(Failure::Unreachable(
        "The package is not registered after ten minutes.".to_owned(),
    ))
}

fn problems(upload: &Value) -> String {
    let all = upload.get("problems").and_then(Value::as_array);
    let all = all.into_iter().flatten().map(|problem| {
        let text = |name: &str| {
            problem
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        match text("field") {
            "" => text("problem").to_owned(),
            field => format!("{field}: {}", text("problem")),
        }
    });
    let told: Vec<String> = all.collect();
    told.join("\n")
}

/// The manifest with other events in place of its own.
fn with_events(manifest: &[u8], on: &[String]) -> Result<Vec<u8>, Failure> {
    let unreadable = || Failure::Extension(format!("{MANIFEST} is no TOML in UTF-8"));
    let text = std::str::from_utf8(manifest).map_err(|_| unreadable())?;
    let mut table: toml::Table = toml::from_str(text).map_err(|_| unreadable())?;
    let events = on.iter().map(|name| toml::Value::String(whole(name)));
    table.insert("events".to_owned(), toml::Value::Array(events.collect()));
    let written = toml::to_string(&table).map_err(|_| unreadable())?;
    Ok(written.into_bytes())
}

/// The name of a type of events, with what stands before one of the platform's own.
fn whole(name: &str) -> String {
    let is_own = OWN_CONTEXTS.iter().any(|context| name.starts_with(context));
    if is_own {
        format!("{OWN}{name}")
    } else {
        name.to_owned()
    }
}

/// What is said to whoever waits; if nobody can read it, it is not said.
fn say(progress: &mut impl Write, what: &str) {
    _ = writeln!(progress, "{what} …");
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_are_named_take_the_place_of_those_in_the_manifest() {
        let manifest =
            b"name = \"greeter\"\nevents = [\"com.acme.seen.v1\"]\n[limits]\ntimeout_ms = 5\n";
        let on = [
            "profile.updated.v1".to_owned(),
            "com.acme.sold.v1".to_owned(),
        ];
        let written = String::from_utf8(with_events(manifest, &on).unwrap()).unwrap();
        let table: toml::Table = toml::from_str(&written).unwrap();
        let events: Vec<&str> = table["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event.as_str().unwrap())
            .collect();
        assert_eq!(
            events,
            ["dev.fairlead.profile.updated.v1", "com.acme.sold.v1"]
        );
        assert_eq!(table["limits"]["timeout_ms"].as_integer(), Some(5));
    }

    #[test]
    fn each_problem_is_a_line_with_its_place() {
        let upload = json!({ "problems": [{ "field": "name", "problem": "is taken" }, { "field": "", "problem": "x" }] });
        assert_eq!(problems(&upload), "name: is taken\nx");
    }

    #[test]
    fn usage_ends_with_all_together() {
        let used =
            json!({ "days": [{ "day": "2026-01-15", "events": 1 }], "total": { "events": 1 } });
        assert_eq!(rows(&used)[1]["day"], "all");
    }
}
