//! Reading a manifest: every field once, and everything that is wrong.

mod section;

use std::fmt::Display;

use serde_json::Value;
use tenancy::Purpose;

use self::section::Section;
use super::{Code, InvalidManifest, Manifest, Needs, Output, Problem, WantedType};
use crate::{Filter, answer_schema};

/// On as many types of events an extension runs, and with as many it may answer.
const MOST_TYPES: usize = 20;

/// As many traits it may tell.
const MOST_TRAITS: usize = 32;

/// As many bytes the schema of an answer has.
const LONGEST_SCHEMA: usize = 16 * 1024;

/// The limits of each kind: what is allowed, and what holds where nothing is said.
struct Bounds {
    timeout_ms: (u32, u32, u32),
    memory_mib: (u32, u32, u32),
}

const OF_WASM: Bounds = Bounds {
    timeout_ms: (1, 10_000, 1_000),
    memory_mib: (1, 256, 64),
};

const OF_LAMBDA: Bounds = Bounds {
    timeout_ms: (1, 60_000, 3_000),
    memory_mib: (128, 1_024, 128),
};

/// What `document` says.
pub(super) fn manifest(document: &Value) -> Result<Manifest, InvalidManifest> {
    let mut problems = Vec::new();
    match read(document, &mut problems) {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(InvalidManifest::of(problems)),
    }
}

/// Fields that can't be read are problems; only then is nothing given.
fn read(document: &Value, problems: &mut Vec<Problem>) -> Option<Manifest> {
    let mut top = Section::new("", document, problems)?;
    let name = top.needed("name", "name = \"greeter\"", problems);
    let name = name.and_then(|name| parsed("name", &name, problems));
    let version = top.needed("version", "version = \"1.0.0\"", problems);
    let version = version.and_then(|version| parsed("version", &version, problems));
    let events = wanted(&mut top, problems);
    let purpose = purpose(&mut top, &events, problems);
    let ordered = top.flag("ordered", problems);
    let filter = filter(&mut top, problems);
    let code = code(&mut top, problems);
    let bounds = match code {
        Some(Code::Lambda { .. }) => OF_LAMBDA,
        _ => OF_WASM,
    };
    let (timeout_ms, memory_mib) = limits(&mut top, &bounds, problems);
    let output = output(&mut top, problems);
    top.end(problems);
    Some(Manifest {
        name: name?,
        version: version?,
        code: code?,
        events,
        purpose,
        ordered,
        filter,
        timeout_ms,
        memory_mib,
        output,
    })
}

fn parsed<T: std::str::FromStr<Err: Display>>(
    field: &str,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    text.parse()
        .map_err(|error: T::Err| problems.push(Problem::new(field, error.to_string())))
        .ok()
}

fn all_parsed<T: std::str::FromStr<Err: Display>>(
    field: &str,
    texts: &[String],
    most: usize,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    if texts.len() > most {
        let problem = format!("there are {}; name {most} at most", texts.len());
        problems.push(Problem::new(field, problem));
        return Vec::new();
    }
    let mut values = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let field = format!("{field}[{at}]");
        if texts.iter().take(at).any(|earlier| earlier == text) {
            problems.push(Problem::new(&field, "it stands there twice: leave one out"));
        }
        values.extend(parsed(&field, text, problems));
    }
    values
}

fn wanted(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Vec<WantedType> {
    let events = top.texts("events", problems);
    if events.as_ref().is_none_or(Vec::is_empty) && !problems.iter().any(|p| p.field == "events") {
        let problem =
            "say on which types of events it runs: events = [\"com.acme.order.placed.v1\"]";
        problems.push(Problem::new("events", problem));
    }
    all_parsed("events", &events.unwrap_or_default(), MOST_TYPES, problems)
}

fn purpose(
    top: &mut Section<'_>,
    events: &[WantedType],
    problems: &mut Vec<Problem>,
) -> Option<Purpose> {
    let purpose = top.text("purpose", problems);
    let about_people = events.iter().find(|event| event.is_of_the_platform());
    if let (None, Some(event)) = (&purpose, about_people) {
        let problem = format!(
            "{event} is about people: say for which of your purposes you process it, purpose = \"newsletter\""
        );
        problems.push(Problem::new("purpose", problem));
    }
    purpose.and_then(|purpose| parsed("purpose", &purpose, problems))
}

fn filter(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Option<Filter> {
    let pattern = top.value("filter")?;
    Filter::parse(pattern)
        .map_err(|error| {
            problems.push(Problem::new(
                format!("filter{}", error.place()),
                error.to_string(),
            ));
        })
        .ok()
}

fn code(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Option<Code> {
    let kind = top.needed("kind", "kind = \"wasm\" or kind = \"lambda\"", problems);
    match kind.as_deref() {
        Some("wasm") => {
            top.refuse(
                "lambda",
                "it is for kind = \"lambda\": leave it out",
                problems,
            );
            wasm(top, problems)
        }
        Some("lambda") => {
            top.refuse(
                "code",
                "the code is all other files of the package: leave it out",
                problems,
            );
            top.refuse("needs", "it is for kind = \"wasm\": leave it out", problems);
            lambda(top, problems)
        }
        unknown => {
            for field in ["code", "needs", "lambda"] {
                top.value(field);
            }
            if unknown.is_some() {
                problems.push(Problem::new("kind", "a kind is \"wasm\" or \"lambda\""));
            }
            None
        }
    }
}

fn wasm(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Option<Code> {
    let module = top.needed("code", "code = \"greeter.wasm\"", problems);
    let mut needs = top.section("needs", problems);
    let clock = needs.flag("clock", problems);
    let random = needs.flag("random", problems);
    needs.end(problems);
    Some(Code::Wasm {
        module: module?,
        needs: Needs { clock, random },
    })
}

fn lambda(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Option<Code> {
    let mut lambda = top.section("lambda", problems);
    let runtime = lambda.needed("runtime", "runtime = \"python3.13\"", problems);
    let handler = lambda.needed("handler", "handler = \"main.handle\"", problems);
    lambda.end(problems);
    let runtime = runtime.and_then(|runtime| parsed("lambda.runtime", &runtime, problems));
    let handler = handler.and_then(|handler| parsed("lambda.handler", &handler, problems));
    Some(Code::Lambda {
        runtime: runtime?,
        handler: handler?,
    })
}

fn limits(top: &mut Section<'_>, bounds: &Bounds, problems: &mut Vec<Problem>) -> (u32, u32) {
    let mut limits = top.section("limits", problems);
    let timeout_ms = limits.number("timeout_ms", bounds.timeout_ms, problems);
    let memory_mib = limits.number("memory_mib", bounds.memory_mib, problems);
    limits.end(problems);
    (timeout_ms, memory_mib)
}

fn output(top: &mut Section<'_>, problems: &mut Vec<Problem>) -> Output {
    let mut output = top.section("output", problems);
    let events = output.texts("events", problems).unwrap_or_default();
    let traits = output.texts("traits", problems).unwrap_or_default();
    let schema = output.value("schema").cloned();
    output.end(problems);
    if let Some(problem) = schema.as_ref().and_then(wrong_schema) {
        problems.push(Problem::new("output.schema", problem));
    }
    Output {
        events: all_parsed("output.events", &events, MOST_TYPES, problems),
        traits: all_parsed("output.traits", &traits, MOST_TRAITS, problems),
        schema,
    }
}

fn wrong_schema(schema: &Value) -> Option<String> {
    let bytes = schema.to_string().len();
    if bytes > LONGEST_SCHEMA {
        return Some(format!(
            "it has {bytes} bytes as JSON; make it {LONGEST_SCHEMA} at most"
        ));
    }
    answer_schema::compile(schema)
        .err()
        .map(|error| error.to_string())
}
