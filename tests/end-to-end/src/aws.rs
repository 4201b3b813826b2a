//! AWS's own protocols, as far as the flows and their tests need them.

use anyhow::{Context as _, Result};
use http::Request;
use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use crate::http::{Answer, Http};
use crate::signature::{Scope, sign};
use crate::stack::Stack;

/// The services that speak JSON with an `x-amz-target` header.
#[derive(Clone, Copy, Debug)]
pub enum JsonService {
    /// User pools.
    Cognito,
    /// Tables.
    DynamoDb,
    /// Buses and rules.
    EventBridge,
    /// Log groups.
    Logs,
    /// Secrets.
    SecretsManager,
    /// Queues.
    Sqs,
}

impl JsonService {
    /// Signing name, target prefix, JSON version.
    const fn wire(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Cognito => ("cognito-idp", "AWSCognitoIdentityProviderService", "1.1"),
            Self::DynamoDb => ("dynamodb", "DynamoDB_20120810", "1.0"),
            Self::EventBridge => ("events", "AWSEvents", "1.1"),
            Self::Logs => ("logs", "Logs_20140328", "1.1"),
            Self::SecretsManager => ("secretsmanager", "secretsmanager", "1.1"),
            Self::Sqs => ("sqs", "AmazonSQS", "1.0"),
        }
    }
}

/// A service's refusal.
#[derive(Debug, Error)]
#[error("{operation} was refused with {code} (status {status}): {message}")]
pub struct Refused {
    /// What was called.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// The service's own code, such as `UserLambdaValidationException`.
    pub code: String,
    /// The service's own text.
    pub message: String,
}

/// A signing client of one stack.
#[derive(Clone, Debug)]
pub struct Aws {
    http: Http,
    stack: Stack,
}

impl Aws {
    /// A client of `stack`.
    #[must_use]
    pub const fn new(http: Http, stack: Stack) -> Self {
        Self { http, stack }
    }

    /// Calls a JSON operation with the stack's credentials. A refusal is a [`Refused`] below the error.
    pub fn call(&self, service: JsonService, operation: &str, body: &Value) -> Result<Value> {
        let request = self.json_request(service, operation, body)?;
        json_result(operation, &self.send_signed(request, service.wire().0)?)
    }

    /// Calls a JSON operation as anybody may, without credentials.
    pub fn call_unsigned(
        &self,
        service: JsonService,
        operation: &str,
        body: &Value,
    ) -> Result<Value> {
        let request = self.json_request(service, operation, body)?;
        json_result(operation, &self.http.send(request)?)
    }

    /// Invokes a function and waits for its answer. A function error is an error here too.
    pub fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let url = format!(
            "{}/2015-03-31/functions/{function}/invocations",
            self.stack.endpoint
        );
        let request = Request::post(url)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(payload)?)?;
        let answer = self.send_signed(request, "lambda")?;
        if answer.status != 200 || answer.header("x-amz-function-error").is_some() {
            return Err(refused("Invoke", &answer).into());
        }
        answer.json()
    }

    /// What a function is deployed with.
    pub fn function_configuration(&self, function: &str) -> Result<Value> {
        let url = format!(
            "{}/2015-03-31/functions/{function}/configuration",
            self.stack.endpoint
        );
        let request = Request::get(url).body(Vec::new())?;
        self.send_signed(request, "lambda")?.expect(200)?.json()
    }

    /// Subscribes a queue to a topic; the topic's messages arrive as they were published.
    pub fn subscribe(&self, topic_arn: &str, queue_arn: &str) -> Result<()> {
        let how = [
            ("TopicArn", topic_arn),
            ("Protocol", "sqs"),
            ("Endpoint", queue_arn),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            ("Attributes.entry.1.value", "true"),
        ];
        self.call_sns("Subscribe", &how).map(drop)
    }

    /// Publishes on a topic.
    pub fn publish(&self, topic_arn: &str, message: &str) -> Result<()> {
        let what = [("TopicArn", topic_arn), ("Message", message)];
        self.call_sns("Publish", &what).map(drop)
    }

    /// Who is subscribed to a topic, as SNS lists them.
    pub fn subscriptions(&self, topic_arn: &str) -> Result<String> {
        let of = [("TopicArn", topic_arn)];
        let listed = self.call_sns("ListSubscriptionsByTopic", &of)?;
        Ok(listed.text())
    }

    fn call_sns(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Answer> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", "2010-03-31")
            .extend_pairs(parameters)
            .finish();
        let request = Request::post(format!("{}/", self.stack.endpoint))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into_bytes())?;
        let answer = self.send_signed(request, "sns")?;
        if answer.status == 200 {
            Ok(answer)
        } else {
            Err(refused(action, &answer).into())
        }
    }

    /// Reads an object, or lists a bucket, or all of them, by its path.
    pub fn get_object(&self, path: &str) -> Result<Answer> {
        let url = format!("{}/{path}", self.stack.endpoint);
        self.send_signed(Request::get(url).body(Vec::new())?, "s3")
    }

    /// Writes an object.
    pub fn put_object(&self, path: &str, content_type: &str, body: &[u8]) -> Result<()> {
        let request = Request::put(format!("{}/{path}", self.stack.endpoint))
            .header("content-type", content_type)
            .body(body.to_vec())?;
        self.send_signed(request, "s3")?.expect(200).map(drop)
    }

    /// Removes a bucket's policy.
    pub fn delete_bucket_policy(&self, bucket: &str) -> Result<()> {
        let request =
            Request::delete(format!("{}/{bucket}?policy", self.stack.endpoint)).body(Vec::new())?;
        let answer = self.send_signed(request, "s3")?;
        if answer.status == 204 {
            Ok(())
        } else {
            Err(refused("DeleteBucketPolicy", &answer).into())
        }
    }

    fn json_request(
        &self,
        service: JsonService,
        operation: &str,
        body: &Value,
    ) -> Result<Request<Vec<u8>>> {
        let (_, prefix, version) = service.wire();
        let request = Request::post(format!("{}/", self.stack.endpoint))
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .body(serde_json::to_vec(body)?)?;
        Ok(request)
    }

    fn send_signed(&self, mut request: Request<Vec<u8>>, service: &str) -> Result<Answer> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a signature is valid for minutes around the true time"
        )]
        let now = Timestamp::now();
        sign(
            &mut request,
            &self.stack.credentials,
            &Scope {
                region: &self.stack.region,
                service,
            },
            now,
        )?;
        self.http.send(request)
    }
}

fn json_result(operation: &str, answer: &Answer) -> Result<Value> {
    if answer.status != 200 {
        return Err(refused(operation, answer).into());
    }
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    answer
        .json()
        .with_context(|| format!("{operation} answered something else"))
}

/// Reads a JSON error (`__type`, `message`); what is not one is shown whole.
fn refused(operation: &str, answer: &Answer) -> Refused {
    let body = answer.json().unwrap_or(Value::Null);
    let text = |names: [&str; 3]| {
        names
            .iter()
            .find_map(|name| body.get(name)?.as_str())
            .map(str::to_owned)
    };
    let code =
        text(["__type", "code", "errorType"]).unwrap_or_else(|| "an unknown error".to_owned());
    Refused {
        operation: operation.to_owned(),
        status: answer.status,
        code: code.rsplit('#').next().unwrap_or(&code).to_owned(),
        message: text(["message", "Message", "errorMessage"]).unwrap_or_else(|| answer.text()),
    }
}
