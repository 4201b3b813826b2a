//! Records as Salesforce holds them, read over its REST API: some by their ids, or what changed since a
//! time, with what was deleted
//! (<https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm>).

mod begun;
mod page;
mod query;
mod token;

use std::time::Duration;

use aws_types::SdkConfig;
use http::{Request, Response};
use jiff::Timestamp;
use lambda_kit::{
    Retry,
    aws::CallBudget,
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    http_client::HttpClient,
};

pub use self::{
    page::{NextPage, Page, StoredRecord},
    query::{InvalidQuery, MOST_IDS, Selection},
};
use self::{page::Refusals, token::Tokens};

/// How long calls may take: Salesforce answers queries in seconds.
pub const BUDGET: CallBudget = CallBudget {
    attempt_timeout: Duration::from_secs(10),
    operation_timeout: Duration::from_secs(25),
    max_attempts: 3,
};

/// The version of the API that is asked; Salesforce keeps each for three years at least.
const DATA: &str = "/services/data/v62.0";

/// The longest answer that is read, in bytes: a page of two hundred records with long texts.
const LIMIT: usize = 16 * 1024 * 1024;

/// As many records as a page has at most: the fewest that can be asked for.
const PAGE: &str = "batchSize=200";

const OPERATION: &str = "salesforce:QueryAll";

/// Reads records: as the integration user, who sees what its permission set says.
#[derive(Debug)]
pub struct RecordReader {
    client: HttpClient,
    tokens: Tokens,
    clock: Clock,
}

/// Why there are no records.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Salesforce did not answer, or refused; or the secret of its reader can't be read.
    #[error("the records can't be read")]
    Service(#[from] ServiceError),
    /// What was to be asked for can't be a name or an id.
    #[error(transparent)]
    Query(#[from] InvalidQuery),
    /// The answer is no page of records.
    #[error("the answer is no page of records")]
    Unreadable,
}

impl RecordReader {
    /// Reads `SALESFORCE_URL`, the origin of the organisation's own domain, and `SALESFORCE_SECRET`, the
    /// secret with the client's id and secret. `aws` reads that, and calls to Salesforce go by `outside`.
    pub fn new(
        environment: &Environment,
        aws: &SdkConfig,
        outside: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let name = "SALESFORCE_URL";
        let origin = environment.required(name)?.trim_end_matches('/');
        // The secret travels there. Without TLS it may only where AWS is not AWS itself.
        let is_local = aws.endpoint_url().is_some() && origin.starts_with("http://");
        if !origin.starts_with("https://") && !is_local {
            return Err(ConfigError::Invalid {
                name,
                expected: "an origin that begins with https://",
            });
        }
        Ok(Self {
            client: HttpClient::new(outside, "salesforce", origin, LIMIT)?,
            tokens: Tokens::new(aws, environment.required("SALESFORCE_SECRET")?),
            clock,
        })
    }

    /// The records with these ids, [at most a hundred](MOST_IDS), those in the recycle bin too. What is
    /// not there is not in the answer.
    pub async fn by_ids(&self, selection: &Selection<'_>, ids: &[&str]) -> Result<Page, RestError> {
        self.page(&first(&selection.by_ids(ids)?)).await
    }

    /// What was made, changed or deleted at `since` or later, in that order.
    pub async fn changed_since(
        &self,
        selection: &Selection<'_>,
        since: Timestamp,
    ) -> Result<Page, RestError> {
        self.page(&first(&selection.changed_since(since)?)).await
    }

    /// The page after another.
    pub async fn next(&self, next: &NextPage) -> Result<Page, RestError> {
        self.page(next.path()).await
    }

    async fn page(&self, path: &str) -> Result<Page, RestError> {
        let before = self.clock.now();
        let answer = self.get(path).await?;
        let elapsed = self.clock.now().duration_since(before);
        let date = answer.headers().get("date");
        let date = date.and_then(|date| date.to_str().ok());
        let read_at = date.and_then(|date| begun::at_the_latest(date, elapsed));
        let read_at = read_at.ok_or(RestError::Unreadable)?;
        Page::read(answer.body(), read_at).ok_or(RestError::Unreadable)
    }

    /// What Salesforce answers; a token that it does not take any more is replaced once.
    async fn get(&self, path: &str) -> Result<Response<Vec<u8>>, ServiceError> {
        let token = self.tokens.get(&self.client).await?;
        let mut answer = self.ask(path, &token).await?;
        if answer.status() == 401 {
            self.tokens.forget(&token);
            let token = self.tokens.get(&self.client).await?;
            answer = self.ask(path, &token).await?;
        }
        if answer.status() == 200 {
            return Ok(answer);
        }
        Err(refused(&answer))
    }

    async fn ask(
        &self,
        path: &str,
        token: &token::Token,
    ) -> Result<Response<Vec<u8>>, ServiceError> {
        let request = Request::get(path)
            .header("authorization", token.bearer())
            .header("accept", "application/json")
            .header("sforce-query-options", PAGE)
            .body(String::new())
            .map_err(|_| unmakeable())?;
        self.client.send(OPERATION, request).await
    }
}

/// The path of a query's first page.
fn first(query: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", query)
        .finish();
    format!("{DATA}/queryAll?{query}")
}

/// Of a refusal its code alone is told: its words may quote what was asked.
fn refused(answer: &Response<Vec<u8>>) -> ServiceError {
    const PASSING: [&str; 4] = [
        "INVALID_SESSION_ID",
        "QUERY_TIMEOUT",
        "REQUEST_LIMIT_EXCEEDED",
        "SERVER_UNAVAILABLE",
    ];
    let code = Refusals::code(answer.body());
    let code = code.unwrap_or_else(|| format!("Status{}", answer.status().as_u16()));
    let retry = if PASSING.contains(&code.as_str()) {
        Retry::MayHelp
    } else {
        Retry::Never
    };
    ServiceError {
        operation: OPERATION,
        code,
        retry,
    }
}

fn unmakeable() -> ServiceError {
    ServiceError {
        operation: OPERATION,
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::Never,
    }
}
