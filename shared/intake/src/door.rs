//! What SDKs of Segment and `RudderStack` send: in comes a request with a write key, out go its messages
//! as events of the key's partner, and an answer as those SDKs take it.

use std::sync::Arc;

use cloudevent::{Headers, unpack};
use consent::Gpc;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{BodyError, Request, Response},
    problem::Problem,
};
use segment::{Call, Limits};
use serde::Serialize;
use tenancy::{DirectoryError, RateLimiter, WriteKeyOwner, WriteKeyReader};

use crate::{Batch, Intake, Sender, Surface, Told, problems, told::why_none_is_kept};

/// As many messages of a batch as count for one request of the partner's limit.
const MESSAGES_OF_A_REQUEST: usize = 100;

/// Takes what comes with a write key, each message once.
#[derive(Debug)]
pub struct SegmentDoor {
    keys: WriteKeyReader,
    rates: RateLimiter,
    intake: Intake,
    clock: Clock,
}

/// That all is well: the SDKs look for 200, and take every other answer for a failure.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SegmentResponse))]
pub struct MessagesTaken {
    success: bool,
    /// Of those that are refused, which and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<Told>,
}

/// A problem, and the same in the members that SDKs look for: without `code` they take it for a
/// passing failure.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SegmentProblem))]
pub struct MessagesRefused {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Problem))]
    #[serde(flatten)]
    problem: Problem,
    /// The name of the problem.
    code: String,
    /// What it says.
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<Told>,
}

impl MessagesRefused {
    fn new(problem: Problem, events: Vec<Told>) -> Self {
        let code = problem.kind.rsplit('/').next().unwrap_or_default();
        Self {
            code: code.to_owned(),
            message: problem
                .detail
                .as_deref()
                .unwrap_or(problem.title)
                .to_owned(),
            problem,
            events,
        }
    }
}

/// Boxed: it is larger than what it stands in for.
struct Refusal(Box<MessagesRefused>);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(MessagesRefused::new(problem, Vec::new())))
    }
}

impl From<Refusal> for Response {
    fn from(Refusal(refused): Refusal) -> Self {
        let head = Self::from(refused.problem.clone());
        Self {
            body: serde_json::to_string(&refused).ok(),
            ..head
        }
    }
}

impl SegmentDoor {
    /// Reads what [`Intake`] reads.
    pub fn new(
        environment: &Environment,
        sdk: &aws_types::SdkConfig,
        rates: RateLimiter,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        Ok(Self {
            keys: WriteKeyReader::new(sdk, directory, clock.clone()),
            intake: Intake::new(environment, sdk, clock.clone())?,
            rates,
            clock,
        })
    }

    /// Whether a request comes with a write key, where others come with a token: by Basic
    /// authentication, or without any and with the key in the body.
    #[must_use]
    pub fn is_for(request: &Request) -> bool {
        let Some(authorization) = request.header("authorization") else {
            let body = request.body(Limits::default().body);
            return body.is_ok_and(|body| segment::write_key(&Headers::default(), &body).is_some());
        };
        let scheme = authorization.split(' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case("basic")
    }

    /// Takes the messages of `request`, which is to `call`. The same request again is answered the
    /// same, by the messages' own ids.
    pub async fn answer(&self, call: Call, request: &Request, invocation: &Invocation) -> Response {
        // Boxed: it reaches deep into the SDK and is kilobytes.
        let answer = Box::pin(self.take(call, request, invocation)).await;
        answer.unwrap_or_else(Response::from)
    }

    async fn take(
        &self,
        call: Call,
        request: &Request,
        invocation: &Invocation,
    ) -> Result<Response, Refusal> {
        let body = unpacked(request);
        let owner = self.owner(request, &body).await?;
        let (tenant, partner) = (&owner.tenant, &owner.partner);
        let batch = body.and_then(|body| {
            let source = segment::source(tenant.as_str(), partner.as_str());
            let (now, limits) = (self.clock.now(), Limits::default());
            let events = segment::read(call, &body, &source, now, &limits);
            Ok(Batch {
                events: events.map_err(|error| problems::unreadable(&error))?,
                body,
                surface: Surface::Segment,
            })
        });
        let count = batch.as_ref().map_or(0, |batch| batch.events.len());
        let cost = count.div_ceil(MESSAGES_OF_A_REQUEST).max(1);
        let from = Sender {
            tenant,
            partner,
            request_id: request.id(),
            gpc: Gpc::is_signalled(request),
        };
        let answer = async move || {
            let told = self.intake.accept(from, &batch?, invocation).await?;
            answered(told)
        };
        self.rates.within(tenant, partner, cost, answer).await
    }

    /// Whose the request's key is. Whatever is wrong with it, the answer is one and the same.
    async fn owner(
        &self,
        request: &Request,
        body: &Result<Vec<u8>, Problem>,
    ) -> Result<Arc<WriteKeyOwner>, Problem> {
        let headers = Headers::new(request.headers());
        let key = match body {
            Ok(body) => segment::write_key(&headers, body),
            // The key may be in what can't be read.
            Err(problem) if headers.get("authorization").is_none() => return Err(problem.clone()),
            Err(_) => segment::write_key(&headers, b""),
        };
        let key = key.ok_or_else(problems::write_key)?;
        let unavailable = |error: DirectoryError| problems::unavailable(&error);
        let found = self.keys.find(key.expose()).await.map_err(unavailable)?;
        let owner = found.ok_or_else(problems::write_key)?;
        let partner = self.rates.partner(&owner.tenant, &owner.partner).await;
        match partner.map_err(unavailable)? {
            Some(_) => Ok(owner),
            None => Err(problems::write_key()),
        }
    }
}

/// The body as it was before it was packed.
fn unpacked(request: &Request) -> Result<Vec<u8>, Problem> {
    let limit = Limits::default().body;
    let unreadable = |error| problems::unreadable(&error);
    let body = request.body(limit).map_err(|error| match error {
        BodyError::TooLarge => unreadable(cloudevent::Unreadable::TooLarge { limit }),
        BodyError::Undecodable => problems::undecodable(),
    })?;
    let headers = Headers::new(request.headers());
    let body = unpack::body(&headers, &body, limit).map_err(unreadable)?;
    Ok(body.into_owned())
}

/// 200 as soon as one message is kept, with those that are refused; else why none is.
fn answered(told: Vec<Told>) -> Result<Response, Refusal> {
    let none = why_none_is_kept(&told);
    if let (Some(_), [only]) = (&none, told.as_slice())
        && let Some(problem) = only.problem()
    {
        return Err(problem.clone().into());
    }
    if let Some(problem) = none {
        return Err(Refusal(Box::new(MessagesRefused::new(problem, told))));
    }
    let refused = told.into_iter().filter(|each| each.problem().is_some());
    let taken = MessagesTaken {
        success: true,
        events: refused.collect(),
    };
    Ok(Response::json(200, "application/json", &taken))
}
