//! A route as its function describes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    Answer, GatewayMessage, Known, Problem,
    problem::{Problems, or_of_the_gateway},
    schemas::Schemas,
    text::{GlobalPrivacyControl, IdempotencyKey},
};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "RFC 9110 and RFC 5789 describe them")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Patch,
}

impl Method {
    /// Its name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Patch => "patch",
        }
    }
}

/// Who may call a route, with the scope that they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A person, about themselves.
    Person(&'static str),
    /// A partner's machine.
    Machine(&'static str),
    /// A partner's machine, with an agreement or after its end.
    AnyMachine(&'static str),
    /// An operator.
    Operator(&'static str),
    /// Whoever has a write key of a partner.
    WriteKey,
    /// Whoever signs with a secret of a partner.
    Signature,
}

impl Caller {
    /// The name of the security scheme, and the scope if it has any.
    #[must_use]
    pub const fn requirement(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Person(scope) => ("person", Some(scope)),
            Self::Machine(scope) => ("machine", Some(scope)),
            Self::AnyMachine(scope) => ("any_machine", Some(scope)),
            Self::Operator(scope) => ("operator", Some(scope)),
            Self::WriteKey => ("write_key", None),
            Self::Signature => ("signature", None),
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::Person(_) => "people",
            Self::Machine(_) | Self::AnyMachine(_) | Self::WriteKey | Self::Signature => "partners",
            Self::Operator(_) => "operators",
        }
    }
}

/// A route.
#[derive(Debug)]
pub struct Route {
    method: Method,
    path: &'static str,
    summary: &'static str,
    details: Option<&'static str>,
    callers: Vec<Caller>,
    is_behind_authorizer: bool,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Vec<Answer>,
    problems: Problems,
    schemas: Schemas,
}

impl Route {
    /// A route whose requests are known again by what they hold, and what it is for in a few words: it
    /// takes no `Idempotency-Key`.
    #[must_use]
    pub fn known_again(method: Method, path: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            summary,
            details: None,
            callers: Vec::new(),
            is_behind_authorizer: false,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            problems: Problems::default(),
            schemas: Schemas::default(),
        }
    }

    /// A route, and what it is for in a few words. One that changes something takes `Idempotency-Key`.
    #[must_use]
    pub fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        let route = Self::known_again(method, path, summary);
        if method == Method::Get {
            return route;
        }
        route
            .header::<IdempotencyKey>(
                "Idempotency-Key",
                "A random key, under which the request is carried out once and answered the same for 24 hours.",
            )
            .problems(&[
                "idempotency-key-reused",
                "invalid-idempotency-key",
                "request-under-way",
                "unavailable",
            ])
    }

    /// What else is to be known of it.
    #[must_use]
    pub fn details(mut self, details: &'static str) -> Self {
        self.details = Some(details);
        self
    }

    /// Open to people whose token API Gateway's authorizer checked.
    #[must_use]
    pub fn people(mut self, scope: &'static str) -> Self {
        self.is_behind_authorizer = true;
        self.caller(Caller::Person(scope))
    }

    /// Open to `caller`, whose token the function itself verifies. On a person's word about sale and
    /// sharing each of their routes acts first; a visitor's is acted on with what their browser sends.
    #[must_use]
    pub fn caller(mut self, caller: Caller) -> Self {
        self.callers.push(caller);
        let route = match caller {
            Caller::Person(_) => self
                .signalled("`1` withdraws your consents to sale and sharing first.")
                .problems(&["no-profile-in-token", "settling"]),
            Caller::Machine(_) | Caller::AnyMachine(_) => self.problems(&["rate-limited"]),
            Caller::Operator(_) => self,
            Caller::WriteKey => {
                return self
                    .signalled("`1`, of a visitor's browser, withdraws their consents to sale and sharing.")
                    .problems(&["write-key-invalid", "rate-limited", "unavailable"]);
            }
            Caller::Signature => {
                return self.problems(&["signature-invalid", "rate-limited", "unavailable"]);
            }
        };
        route.problems(&[
            "token-needed",
            "token-invalid",
            "scope-missing",
            "wrong-principal",
            "unavailable",
        ])
    }

    /// Acts on Global Privacy Control, whoever of its callers sends it.
    fn signalled(self, about: &'static str) -> Self {
        const SIGNAL: &str = "Sec-GPC";
        let named = |parameter: &Value| parameter.get("name").is_some_and(|name| name == SIGNAL);
        if self.parameters.iter().any(named) {
            return self;
        }
        self.header::<GlobalPrivacyControl>(SIGNAL, about)
    }

    /// A parameter of the path.
    #[must_use]
    pub fn path<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>("path", true, name, about)
    }

    /// A parameter of the query that may be missing.
    #[must_use]
    pub fn query<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>("query", false, name, about)
    }

    /// A parameter of the query that must be there.
    #[must_use]
    pub fn needed_query<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>("query", true, name, about)
    }

    /// A header that may be missing.
    #[must_use]
    pub fn header<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>("header", false, name, about)
    }

    /// A header that must be there.
    #[must_use]
    pub fn needed_header<T: ToSchema>(self, name: &'static str, about: &'static str) -> Self {
        self.parameter::<T>("header", true, name, about)
    }

    fn parameter<T: ToSchema>(
        mut self,
        place: &str,
        is_required: bool,
        name: &str,
        about: &str,
    ) -> Self {
        let schema = self.schemas.taken::<T>();
        self.parameters.push(json!({
            "name": name,
            "in": place,
            "description": about,
            "required": is_required,
            "schema": schema,
        }));
        self
    }

    /// The body that it takes, of one of `media_types`, with one of its kind.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self, media_types: &[&str], example: &Value) -> Self {
        let schema = self.schemas.taken::<T>();
        let content = json!({ "schema": schema, "example": example });
        let contents: BTreeMap<&str, &Value> =
            media_types.iter().map(|each| (*each, &content)).collect();
        self.body = Some(json!({ "required": true, "content": contents }));
        self.problems(&["media-type", "body-too-large", "malformed-body"])
    }

    /// What it answers when all goes well.
    #[must_use]
    pub fn answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Problems that it answers with, beside those that follow from its callers and its body.
    #[must_use]
    pub fn problems(mut self, names: &[&'static str]) -> Self {
        for name in names {
            self.problems.add::<Problem>(name);
        }
        self
    }

    /// A problem that says more than others do.
    #[must_use]
    pub fn problem_as<T: ToSchema>(mut self, name: &'static str) -> Self {
        self.problems.add::<T>(name);
        self
    }

    /// Its key in API Gateway: `GET /v1/me`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.method.as_str().to_uppercase(), self.path)
    }

    /// Who may call it; nobody stands for everybody.
    #[must_use]
    pub fn callers(&self) -> &[Caller] {
        &self.callers
    }

    /// Whether API Gateway's authorizer checks the token before the function does.
    #[must_use]
    pub const fn is_behind_authorizer(&self) -> bool {
        self.is_behind_authorizer
    }

    /// The names of the problems that it answers with.
    pub fn problem_names(&self) -> impl Iterator<Item = &'static str> {
        self.problems.names()
    }

    /// Where it stands in a document: path, and method in lower case.
    pub(crate) const fn place(&self) -> (&'static str, &'static str) {
        (self.path, self.method.as_str())
    }

    pub(crate) fn collect(&self, schemas: &mut Schemas) {
        schemas.merge(&self.schemas);
        schemas.merge(&self.problems.schemas);
        for answer in &self.answers {
            schemas.merge(&answer.schemas);
        }
        schemas.answered::<GatewayMessage>();
    }

    pub(crate) fn describe(&self, known: &[Known]) -> Value {
        let mut operation = json!({
            "operationId": self.operation_id(),
            "summary": self.summary,
            "tags": self.tags(),
            "responses": self.responses(known),
            "security": self.security(),
        });
        if let Some(details) = self.details {
            operation["description"] = details.into();
        }
        if !self.parameters.is_empty() {
            operation["parameters"] = self.parameters.as_slice().into();
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = body.clone();
        }
        operation
    }

    fn operation_id(&self) -> String {
        let words = self.path.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty() && *word != "v1");
        let words: Vec<&str> = [self.method.as_str()].into_iter().chain(words).collect();
        words.join("_")
    }

    fn tags(&self) -> Vec<&'static str> {
        if self.callers.is_empty() {
            return vec!["everyone"];
        }
        self.callers.iter().map(|caller| caller.tag()).collect()
    }

    fn security(&self) -> Vec<Value> {
        let requirements = self.callers.iter().map(|caller| caller.requirement());
        requirements
            .map(|(scheme, scope)| json!({ scheme: scope.into_iter().collect::<Vec<_>>() }))
            .collect()
    }

    fn responses(&self, known: &[Known]) -> BTreeMap<String, Value> {
        let mut all = self.problems.describe(known);
        if self.is_behind_authorizer {
            let about = "Of API Gateway: there is no token, or it is not valid.";
            or_of_the_gateway(&mut all, 401, about);
            or_of_the_gateway(&mut all, 403, "Of API Gateway: the token lacks the scope.");
        }
        or_of_the_gateway(
            &mut all,
            429,
            "Of API Gateway: there are too many requests at once.",
        );
        or_of_the_gateway(
            &mut all,
            503,
            "Of API Gateway: the function did not answer.",
        );
        for answer in &self.answers {
            all.insert(answer.status, answer.describe());
        }
        let all = all.into_iter();
        all.map(|(status, answer)| (status.to_string(), answer))
            .collect()
    }
}
