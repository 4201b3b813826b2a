//! `fairlead extension test`: a package is packed, read, compiled and run as the platform does all of it, but here.

use std::{collections::BTreeMap, fs, path::Path};

use extension::{Answer, Code, Manifest, Needs, Package, Problem, pack};
use lambda_kit::clock::Clock;
use sandbox::{CodeId, End, Input, Limits, Outcome, Refusal, Sandbox, Seed, Time};
use serde_json::{Value, json};

use crate::{args::TestExtension, failure::Failure};

/// As many bytes as an event has, as on its queue.
const LARGEST_EVENT: u64 = 1024 * 1024;

/// As many files as are packed: those of a build beside the code are not meant.
const MOST_FILES: usize = extension::MOST_ENTRIES;

/// Runs a package on an event; what came of it, for people and programs.
pub(crate) fn run(what: &TestExtension) -> Result<Value, Failure> {
    let package =
        Package::read(&pack(&files(&what.folder)?)).map_err(|problems| wrong(&problems))?;
    let event = read(&what.event, LARGEST_EVENT)?;
    let parsed: Value = serde_json::from_slice(&event).map_err(|_| {
        Failure::Usage(format!(
            "{} is no JSON: it has to be a CloudEvent.",
            what.event.display()
        ))
    })?;
    let manifest = package.manifest();
    let Code::Wasm { needs, .. } = manifest.code() else {
        return Ok(json!({
            "extension": manifest.name(),
            "version": manifest.version(),
            "ended": "the package is as it should be; code of kind lambda runs only where it was pushed to",
            "wanted": is_wanted(manifest, &parsed),
        }));
    };
    let outcome = run_module(&package, *needs, event, &parsed)?;
    told(manifest, &parsed, &outcome)
}

fn run_module(
    package: &Package,
    needs: Needs,
    event: Vec<u8>,
    parsed: &Value,
) -> Result<Outcome, Failure> {
    let manifest = package.manifest();
    let id = CodeId {
        tenant: "test".to_owned(),
        extension: manifest.name().to_string(),
        module: "test".to_owned(),
    };
    let sandbox = Sandbox::new().map_err(ours)?;
    let code = sandbox::compile_and_load(&sandbox, id, &package.code());
    let code = code.map_err(|error| match error.downcast_ref::<Refusal>() {
        Some(Refusal(problems)) => Failure::Extension(problems.join("\n")),
        None => ours(error),
    })?;
    let input = Input {
        event,
        time: time(needs, parsed),
        seed: seed(needs, parsed)?,
    };
    let limits = Limits::new(manifest.timeout_ms(), manifest.memory_mib());
    sandbox.run(&code, input, &limits).map_err(ours)
}

/// Whether the platform would give it this event.
fn is_wanted(manifest: &Manifest, event: &Value) -> bool {
    let name = event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    manifest
        .events()
        .iter()
        .any(|wanted| wanted.as_str() == name)
        && manifest.filter().is_none_or(|filter| filter.matches(event))
}

/// What came of it. Code that does not do what its manifest says is a failure, with all that it left behind.
fn told(manifest: &Manifest, event: &Value, outcome: &Outcome) -> Result<Value, Failure> {
    let answer = match outcome.end {
        End::Answered => Answer::read(&outcome.output, manifest),
        _ => Err(Vec::new()),
    };
    let log = String::from_utf8_lossy(&outcome.log);
    let report = json!({
        "extension": manifest.name(),
        "version": manifest.version(),
        "wanted": is_wanted(manifest, event),
        "ended": outcome.end.to_string(),
        "answer": answer.as_ref().ok(),
        "log": log,
        "duration_ms": milliseconds(outcome),
        "fuel": outcome.fuel,
        "memory_bytes": outcome.memory,
    });
    match answer {
        Ok(_) => Ok(report),
        Err(problems) => {
            let mut lines = vec![format!(
                "The extension does not answer as its manifest says: {} ({:.1} ms, {} bytes of memory).",
                outcome.end,
                milliseconds(outcome),
                outcome.memory
            )];
            lines.extend(problems.iter().map(ToString::to_string));
            lines.extend(log.lines().map(|line| format!("log: {}", visible(line))));
            Err(Failure::Extension(lines.join("\n")))
        }
    }
}

fn milliseconds(outcome: &Outcome) -> f64 {
    (outcome.duration.as_secs_f64() * 1e6).round() / 1e3
}

fn visible(line: &str) -> String {
    line.chars().filter(|c| !c.is_control()).collect()
}

fn time(needs: Needs, event: &Value) -> Time {
    if needs.clock {
        return Time::Running(nanoseconds(Clock::system().now()));
    }
    let told = event.get("time").and_then(Value::as_str);
    let told = told.and_then(|time| time.parse().ok());
    Time::Standing(told.map_or(0, nanoseconds))
}

fn nanoseconds(time: jiff::Timestamp) -> u64 {
    u64::try_from(time.as_nanosecond()).unwrap_or_default()
}

fn seed(needs: Needs, event: &Value) -> Result<Seed, Failure> {
    if needs.random {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(ours)?;
        return Ok(Seed::random(bytes));
    }
    let id = event.get("id").and_then(Value::as_str).unwrap_or_default();
    Ok(Seed::of(&[id]))
}

fn ours(error: impl std::fmt::Display) -> Failure {
    Failure::Extension(format!(
        "The sandbox can't be used on this machine: {error}"
    ))
}

fn wrong(problems: &[Problem]) -> Failure {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Failure::Extension(lines.join("\n"))
}

/// All files of a folder by their names, without those that are hidden.
pub(crate) fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut found = BTreeMap::new();
    let mut left = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = left.pop() {
        let unreadable = || Failure::file(format!("{} can't be read", folder.display()));
        for entry in fs::read_dir(&folder).map_err(unreadable())? {
            let entry = entry.map_err(unreadable())?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let name = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(unreadable())?;
            if kind.is_dir() {
                left.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                found.insert(name, read(&entry.path(), extension::LARGEST_CONTENT)?);
            }
            if found.len() > MOST_FILES {
                return Err(Failure::Usage(format!(
                    "The folder has more than {MOST_FILES} files: put the package into one of its own."
                )));
            }
        }
    }
    Ok(found)
}

fn read(file: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let unreadable = || Failure::file(format!("{} can't be read", file.display()));
    let length = fs::metadata(file).map_err(unreadable())?.len();
    if length > most {
        return Err(Failure::Usage(format!(
            "{} has more than {most} bytes.",
            file.display()
        )));
    }
    fs::read(file).map_err(unreadable())
}
