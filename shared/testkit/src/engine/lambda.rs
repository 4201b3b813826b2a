//! Lambda: functions, their versions and what calls them, in REST-JSON. What a function does when it is
//! invoked is told by the test: see [`Functions`].

mod mappings;
mod state;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use lambda_kit::clock::Clock;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

pub use self::state::{Behaviour, Functions};
use self::state::{Function, State};
use super::{answer, iam::Iam, s3::S3, sqs::Sqs};
use crate::Call;

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

const FUNCTIONS: &str = "/2015-03-31/functions";
const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

/// What a function has beside its code.
const CONFIGURATION: [&str; 14] = [
    "Architectures",
    "Description",
    "Environment",
    "FunctionName",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "Role",
    "Runtime",
    "TenancyConfig",
    "Timeout",
    "TracingConfig",
];

/// The operation that a request asks for by its method and its path, and the name or id in that.
pub(crate) fn operation(method: &str, path: &str) -> Option<(&'static str, String)> {
    let named = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if let Some(rest) = path.strip_prefix(MAPPINGS) {
        let id = named(rest.trim_matches('/'));
        return Some(match (method, id.is_empty()) {
            ("POST", true) => ("CreateEventSourceMapping", id),
            ("GET", true) => ("ListEventSourceMappings", id),
            ("GET", false) => ("GetEventSourceMapping", id),
            ("PUT", false) => ("UpdateEventSourceMapping", id),
            ("DELETE", false) => ("DeleteEventSourceMapping", id),
            _ => return None,
        });
    }
    if let Some(rest) = path.strip_prefix("/2017-10-31/functions/") {
        let name = named(rest.strip_suffix("/concurrency")?);
        return (method == "PUT").then_some(("PutFunctionConcurrency", name));
    }
    if let Some(rest) = path.strip_prefix("/2017-03-31/tags/") {
        return Some(match method {
            "GET" => ("ListTags", named(rest)),
            "POST" => ("TagResource", named(rest)),
            _ => return None,
        });
    }
    let rest = path.strip_prefix(FUNCTIONS)?.trim_matches('/');
    let (name, what) = rest.split_once('/').unwrap_or((rest, ""));
    let operation = match (method, name.is_empty(), what) {
        ("POST", true, _) => "CreateFunction",
        ("GET", true, _) => "ListFunctions",
        ("GET", false, "") => "GetFunction",
        ("DELETE", false, "") => "DeleteFunction",
        ("PUT", false, "code") => "UpdateFunctionCode",
        ("PUT", false, "configuration") => "UpdateFunctionConfiguration",
        ("GET", false, "configuration") => "GetFunctionConfiguration",
        ("POST", false, "versions") => "PublishVersion",
        ("GET", false, "concurrency") => "GetFunctionConcurrency",
        ("POST", false, "invocations") => "Invoke",
        _ => return None,
    };
    Some((operation, named(name)))
}

/// What of the account a function has to do with.
pub(super) struct Around<'a> {
    pub(super) iam: &'a Iam,
    pub(super) s3: &'a S3,
    pub(super) sqs: &'a Sqs,
}

pub(super) struct Lambda {
    clock: Clock,
    functions: Functions,
}

impl Lambda {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            functions: Functions::default(),
        }
    }

    pub(super) const fn functions(&self) -> &Functions {
        &self.functions
    }

    pub(super) fn call(&self, call: &Call, around: &Around<'_>) -> Response<Bytes> {
        let input = &call.input;
        if call.operation == "Invoke" {
            return self.invoke(input);
        }
        let now = self.clock.now();
        let mut state = self.functions.state();
        let state = &mut *state;
        let answered = match call.operation.as_str() {
            "CreateFunction" => create(state, input, around),
            "GetFunction" => show(state, input),
            "GetFunctionConfiguration" => configuration(state, input),
            "ListFunctions" => Ok(list(state)),
            "DeleteFunction" => delete(state, input),
            "UpdateFunctionCode" => update_code(state, input, around),
            "UpdateFunctionConfiguration" => update_configuration(state, input, around),
            "PublishVersion" => publish(state, input),
            "PutFunctionConcurrency" => reserve(state, input),
            "ListTags" => tags(state, input),
            _ => mappings::call(state, &call.operation, input, around, now),
        };
        match answered {
            Ok((status, output)) => answer::json(status, &output),
            Err(refusal) => refused(&refusal),
        }
    }

    /// A function that nobody said anything of is as good as none.
    fn invoke(&self, input: &Value) -> Response<Bytes> {
        let name = text(input, "FunctionName");
        let payload = input.get("Payload").cloned().unwrap_or_default();
        let name = name.rsplit(":function:").next().unwrap_or_default();
        let Some(answered) = self.functions.answer(name, &payload) else {
            return refused(&not_found(name));
        };
        let (body, failed) = match answered {
            Behaviour::Returns(body) => (body, false),
            Behaviour::Throws { kind, message } => {
                (json!({ "errorType": kind, "errorMessage": message }), true)
            }
        };
        let mut response = answer::json(StatusCode::OK, &body);
        if failed {
            let unhandled = HeaderValue::from_static("Unhandled");
            response
                .headers_mut()
                .insert("x-amz-function-error", unhandled);
        }
        response
    }
}

type Answered = Result<(StatusCode, Value), Refusal>;

fn create(state: &mut State, input: &Value, around: &Around<'_>) -> Answered {
    let name = text(input, "FunctionName");
    let well_formed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !(1..=64).contains(&name.len()) || !name.bytes().all(well_formed) {
        return Err(invalid("The function's name is not valid"));
    }
    if state.functions.contains_key(name) {
        return Err(conflict(&format!("Function already exist: {name}")));
    }
    check_role(input, around)?;
    let mut function = Function {
        configuration: members(input, &CONFIGURATION),
        code: code(input.get("Code").unwrap_or(&Value::Null), around)?,
        tags: input.get("Tags").cloned().unwrap_or_else(|| json!({})),
        reserved: None,
        versions: Vec::new(),
    };
    if input.get("Publish") == Some(&Value::Bool(true)) {
        function.publish();
    }
    let told = function.shown(name, "$LATEST");
    state.functions.insert(name.to_owned(), function);
    Ok((StatusCode::CREATED, told))
}

fn show(state: &State, input: &Value) -> Answered {
    let (name, function) = named(state, input)?;
    let mut told = json!({
        "Configuration": function.shown(name, "$LATEST"),
        "Code": { "RepositoryType": "S3" },
        "Tags": function.tags,
    });
    if let (Some(reserved), Some(told)) = (function.reserved, told.as_object_mut()) {
        let concurrency = json!({ "ReservedConcurrentExecutions": reserved });
        told.insert("Concurrency".to_owned(), concurrency);
    }
    Ok((StatusCode::OK, told))
}

fn configuration(state: &State, input: &Value) -> Answered {
    let (name, function) = named(state, input)?;
    Ok((StatusCode::OK, function.shown(name, "$LATEST")))
}

fn list(state: &State) -> (StatusCode, Value) {
    let all = state.functions.iter();
    let all: Vec<Value> = all
        .map(|(name, function)| function.shown(name, "$LATEST"))
        .collect();
    (StatusCode::OK, json!({ "Functions": all }))
}

fn delete(state: &mut State, input: &Value) -> Answered {
    let (name, function) = named_mut(state, input)?;
    match text(input, "Qualifier") {
        "" => _ = state.functions.remove(&name),
        version => function.versions.retain(|(each, _)| each != version),
    }
    Ok((StatusCode::NO_CONTENT, json!({})))
}

fn update_code(state: &mut State, input: &Value, around: &Around<'_>) -> Answered {
    let code = code(input, around)?;
    let (name, function) = named_mut(state, input)?;
    function.code = code;
    Ok((StatusCode::OK, function.shown(&name, "$LATEST")))
}

fn update_configuration(state: &mut State, input: &Value, around: &Around<'_>) -> Answered {
    if input.get("Role").is_some() {
        check_role(input, around)?;
    }
    let (name, function) = named_mut(state, input)?;
    let mut changed = members(input, &CONFIGURATION);
    changed.remove("FunctionName");
    function.configuration.extend(changed);
    Ok((StatusCode::OK, function.shown(&name, "$LATEST")))
}

/// What did not change since the last version is that version
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html>).
fn publish(state: &mut State, input: &Value) -> Answered {
    let (name, function) = named_mut(state, input)?;
    let expected = text(input, "CodeSha256");
    if !expected.is_empty() && expected != function.code.digest {
        let message = "CodeSHA256 is different from what is currently on $LATEST.".to_owned();
        return Err((
            StatusCode::BAD_REQUEST,
            "InvalidParameterValueException",
            message,
        ));
    }
    let version = function.publish();
    Ok((StatusCode::CREATED, function.shown(&name, &version)))
}

fn reserve(state: &mut State, input: &Value) -> Answered {
    let reserved = input
        .get("ReservedConcurrentExecutions")
        .and_then(Value::as_u64);
    let (_, function) = named_mut(state, input)?;
    function.reserved = reserved;
    Ok((
        StatusCode::OK,
        json!({ "ReservedConcurrentExecutions": reserved }),
    ))
}

fn tags(state: &State, input: &Value) -> Answered {
    let (_, function) = named(state, input)?;
    Ok((StatusCode::OK, json!({ "Tags": function.tags })))
}

/// The function that a call names, by its name or its ARN.
fn named<'a>(state: &'a State, input: &Value) -> Result<(&'a str, &'a Function), Refusal> {
    let asked = text(input, "FunctionName");
    let name = asked.rsplit(":function:").next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    let found = state.functions.get_key_value(name);
    let (name, function) = found.ok_or_else(|| not_found(name))?;
    Ok((name, function))
}

fn named_mut<'a>(
    state: &'a mut State,
    input: &Value,
) -> Result<(String, &'a mut Function), Refusal> {
    let name = named(state, input)?.0.to_owned();
    let function = state
        .functions
        .get_mut(&name)
        .ok_or_else(|| not_found(&name))?;
    Ok((name, function))
}

fn check_role(input: &Value, around: &Around<'_>) -> Result<(), Refusal> {
    match around.iam.why_unseen(text(input, "Role")) {
        Some(reason) => Err(invalid(reason)),
        None => Ok(()),
    }
}

/// Code comes out of a bucket, and has to lie there; what its digest says follows from what lies there.
fn code(input: &Value, around: &Around<'_>) -> Result<state::Code, Refusal> {
    let (bucket, key) = (text(input, "S3Bucket"), text(input, "S3Key"));
    let digest = around.s3.digest(bucket, key).ok_or_else(|| {
        invalid("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.")
    })?;
    Ok(state::Code {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        digest,
    })
}

fn members(input: &Value, names: &[&str]) -> Map<String, Value> {
    let all = names.iter();
    let told = all.filter_map(|name| Some(((*name).to_owned(), input.get(*name)?.clone())));
    told.collect()
}

fn refused((status, code, message): &Refusal) -> Response<Bytes> {
    let mut response = answer::json(*status, &json!({ "Type": "User", "Message": message }));
    let code = HeaderValue::from_static(code);
    response.headers_mut().insert("x-amzn-errortype", code);
    response
}

fn not_found(name: &str) -> Refusal {
    let message = format!("Function not found: {name}");
    (StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

fn conflict(message: &str) -> Refusal {
    (
        StatusCode::CONFLICT,
        "ResourceConflictException",
        message.to_owned(),
    )
}

fn invalid(message: &str) -> Refusal {
    let message = message.to_owned();
    (
        StatusCode::BAD_REQUEST,
        "InvalidParameterValueException",
        message,
    )
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}
