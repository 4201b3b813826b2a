//! What leaves the process: one attempt of one operation on one service.

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json};

use crate::{
    Service,
    engine::{appflow, lambda, s3, salesforce},
};

/// The version of IAM's API, by which a form is for IAM.
const IAM: &str = "2010-05-08";

/// What a form says entry by entry, by the number of the entry.
type Entries = BTreeMap<String, BTreeMap<String, String>>;

/// One outgoing call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Whom it goes to.
    pub service: Service,
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// Its input; a form becomes a flat object.
    pub input: Value,
}

impl Call {
    /// Reads a request as the services route it: by `X-Amz-Target`, by the form's `Action`, or by
    /// host, method and path.
    /// `None` if it is for none of the simulated services or can't be read.
    #[must_use]
    pub fn read(request: &Request<Bytes>) -> Option<Self> {
        let Some(target) = request.headers().get("x-amz-target") else {
            return s3::read(request)
                .or_else(|| Self::from_path(request))
                .or_else(|| Self::from_form(request.body()));
        };
        let (prefix, operation) = target.to_str().ok()?.split_once('.')?;
        let service = match prefix {
            "DynamoDB_20120810" => Service::DynamoDb,
            "AmazonSQS" => Service::Sqs,
            "AWSEvents" => Service::EventBridge,
            "AWSStepFunctions" => Service::StepFunctions,
            "secretsmanager" => Service::SecretsManager,
            "TrentService" => Service::Kms,
            "AWSCognitoIdentityProviderService" => Service::Cognito,
            "Logs_20140328" => Service::Logs,
            "GraniteServiceVersion20100801" => Service::CloudWatch,
            _ => return None,
        };
        let mut input: Value = serde_json::from_slice(request.body()).ok()?;
        // The SDK's maps have an order of chance, which serde_json keeps where a dependency asks it to.
        input.sort_all_objects();
        Some(Self {
            service,
            operation: operation.to_owned(),
            input,
        })
    }

    fn from_path(request: &Request<Bytes>) -> Option<Self> {
        let read = salesforce::read(request)
            .or_else(|| Self::of_lambda(request))
            .or_else(|| Self::from_rest_json(request));
        if let Some(call) = read {
            return Some(call);
        }
        let path = request.uri().path().strip_prefix('/')?;
        if let Some(operation) = path.strip_prefix("v1/people/") {
            let authorization = request.headers().get("authorization");
            let mut input: Map<String, Value> = serde_json::from_slice(request.body()).ok()?;
            let authorization = authorization?.to_str().ok()?;
            input.insert("authorization".to_owned(), authorization.into());
            return Some(Self {
                service: Service::LegacyDirectory,
                operation: operation.to_owned(),
                input: input.into(),
            });
        }
        let pool = path.strip_suffix("/.well-known/jwks.json")?;
        (request.method() == Method::GET).then(|| Self {
            service: Service::Cognito,
            operation: "ReadKeys".to_owned(),
            input: json!({ "UserPoolId": pool }),
        })
    }

    /// A call to Lambda, which names its operations by method and path.
    fn of_lambda(request: &Request<Bytes>) -> Option<Self> {
        let (operation, named) =
            lambda::operation(request.method().as_str(), request.uri().path())?;
        let body: Option<Value> = serde_json::from_slice(request.body()).ok();
        let query = request.uri().query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes());
        let mut input: Map<String, Value> = query
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        match body {
            Some(payload) if operation == "Invoke" => {
                _ = input.insert("Payload".to_owned(), payload);
            }
            Some(Value::Object(members)) => input.extend(members),
            _ => {}
        }
        if !named.is_empty() {
            let name = if operation.ends_with("Mapping") {
                "UUID"
            } else {
                "FunctionName"
            };
            input.insert(name.to_owned(), named.into());
        }
        let mut input = Value::from(input);
        input.sort_all_objects();
        Some(Self {
            service: Service::Lambda,
            operation: operation.to_owned(),
            input,
        })
    }

    /// A call to AppFlow or to Scheduler, which name their operations by method and path.
    fn from_rest_json(request: &Request<Bytes>) -> Option<Self> {
        let path = request.uri().path();
        let is_post = request.method() == Method::POST;
        let schedule = path.strip_prefix("/schedules/");
        let (service, operation) = match (appflow::operation(path), schedule) {
            (Some(operation), _) => (Service::AppFlow, operation),
            (None, Some(_)) => (Service::Scheduler, "CreateSchedule"),
            (None, None) => return None,
        };
        let mut input: Map<String, Value> = serde_json::from_slice(request.body()).ok()?;
        if let Some(name) = schedule {
            input.insert("Name".to_owned(), name.into());
        }
        let mut input = Value::from(input);
        input.sort_all_objects();
        is_post.then(|| Self {
            service,
            operation: operation.to_owned(),
            input,
        })
    }

    /// The query protocol numbers the attributes of messages and of subscriptions in an order of
    /// chance. Here they go by name, in the shape that AWS JSON gives them.
    fn from_form(body: &[u8]) -> Option<Self> {
        let mut input = Map::new();
        let (mut of_message, mut of_subscription) = (Entries::new(), Entries::new());
        for (key, value) in form_urlencoded::parse(body) {
            let entry = |prefix: &str| key.strip_prefix(prefix)?.split_once('.');
            let (entries, (entry, field)) = if let Some(at) = entry("MessageAttributes.entry.") {
                (&mut of_message, at)
            } else if let Some(at) = entry("Attributes.entry.") {
                (&mut of_subscription, at)
            } else {
                input.insert(key.into_owned(), value.into_owned().into());
                continue;
            };
            let field = field.trim_start_matches("Value.").to_owned();
            let entry = entries.entry(entry.to_owned()).or_default();
            entry.insert(field, value.into_owned());
        }
        let of_message = of_message.into_values().filter_map(|mut attribute| {
            Some((attribute.remove("Name")?, Value::from_iter(attribute)))
        });
        let of_subscription = of_subscription.into_values().filter_map(|mut attribute| {
            Some((attribute.remove("key")?, attribute.remove("value")?.into()))
        });
        let of_subscription: Map<String, Value> = of_subscription.collect();
        input.insert("MessageAttributes".to_owned(), of_message.collect());
        if !of_subscription.is_empty() {
            input.insert("Attributes".to_owned(), of_subscription.into());
        }
        let action = input.remove("Action")?;
        let is_iam = input.get("Version").and_then(Value::as_str) == Some(IAM);
        Some(Self {
            service: if is_iam { Service::Iam } else { Service::Sns },
            operation: action.as_str()?.to_owned(),
            input: input.into(),
        })
    }

    /// What it is about, in short: tables and keys, a bucket, a queue, a topic, a bus.
    #[must_use]
    pub fn subject(&self) -> String {
        match self.service {
            Service::DynamoDb => dynamodb_subjects(&self.operation, &self.input).join(", "),
            Service::S3 => last_segment(&self.input, "Bucket", '/'),
            Service::Sqs if self.input.get("QueueName").is_some() => {
                last_segment(&self.input, "QueueName", '/')
            }
            Service::Sqs => last_segment(&self.input, "QueueUrl", '/'),
            Service::Sns if self.input.get("PhoneNumber").is_some() => "a phone number".to_owned(),
            Service::Sns => last_segment(&self.input, "TopicArn", ':'),
            Service::EventBridge => each(&self.input, "Entries")
                .filter_map(|entry| entry.get("DetailType")?.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            Service::SecretsManager => last_segment(&self.input, "SecretId", '/'),
            Service::Kms => last_segment(&self.input, "KeyId", '/'),
            Service::StepFunctions => last_segment(&self.input, "name", '/'),
            Service::AppFlow => {
                first_of(&self.input, &["flowName", "connectorProfileName"]).to_owned()
            }
            Service::Scheduler => last_segment(&self.input, "Name", '/'),
            Service::Iam => last_segment(&self.input, "RoleName", '/'),
            Service::Lambda => {
                let names = ["FunctionName", "EventSourceArn", "UUID"];
                let name = first_of(&self.input, &names).rsplit(":function:").next();
                name.unwrap_or_default().to_owned()
            }
            Service::Logs => last_segment(&self.input, "logGroupName", '/'),
            Service::CloudWatch => {
                let metrics = each(&self.input, "MetricDataQueries").count();
                format!("{metrics} metrics")
            }
            Service::Cognito => last_segment(&self.input, "UserPoolId", '/'),
            Service::LegacyDirectory => "somebody".to_owned(),
            Service::Salesforce => {
                let query = self.input.get("q").and_then(Value::as_str);
                let object = query.and_then(|query| query.split(" FROM ").nth(1));
                let object = object.and_then(|rest| rest.split(' ').next());
                object.unwrap_or_default().to_owned()
            }
            Service::Receiver => first_of(&self.input, &["Url"]).to_owned(),
        }
    }

    /// Whether it writes an object on a condition.
    #[must_use]
    pub fn is_conditional_put(&self) -> bool {
        let conditions = ["/Headers/if-none-match", "/Headers/if-match"];
        self.service == Service::S3
            && matches!(
                self.operation.as_str(),
                "PutObject" | "CompleteMultipartUpload"
            )
            && conditions
                .iter()
                .any(|condition| self.input.pointer(condition).is_some())
    }

    /// Whether it writes to a table.
    #[must_use]
    pub fn is_table_write(&self) -> bool {
        self.service == Service::DynamoDb
            && matches!(
                self.operation.as_str(),
                "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
            )
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.service, self.operation, self.subject())
    }
}

/// The first text that the input has under one of these names.
fn first_of<'a>(input: &'a Value, names: &[&str]) -> &'a str {
    let mut given = names.iter().filter_map(|name| input.get(*name)?.as_str());
    given.next().unwrap_or_default()
}

fn last_segment(input: &Value, field: &str, separator: char) -> String {
    let whole = input.get(field).and_then(Value::as_str).unwrap_or_default();
    whole
        .rsplit(separator)
        .next()
        .unwrap_or_default()
        .to_owned()
}

impl Call {
    /// The texts that a transaction puts into the attribute `name`, row by row.
    #[must_use]
    pub fn put_texts(&self, name: &str) -> Vec<String> {
        let puts = each(&self.input, "TransactItems").filter_map(|item| item.pointer("/Put/Item"));
        let texts = puts.filter_map(|row| row.get(name)?.get("S")?.as_str());
        texts.map(str::to_owned).collect()
    }
}

/// The members of an array field; none if it is not there.
pub(crate) fn each<'a>(input: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    input
        .get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The members of an object field; none if it is not there.
pub(crate) fn members<'a>(
    input: &'a Value,
    field: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    input
        .get(field)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn dynamodb_subjects(operation: &str, input: &Value) -> Vec<String> {
    match operation {
        "TransactWriteItems" | "TransactGetItems" => each(input, "TransactItems")
            .filter_map(|item| item.as_object()?.iter().next())
            .map(|(kind, action)| format!("{kind} {}", table_and_key(action)))
            .collect(),
        "BatchGetItem" | "BatchWriteItem" => members(input, "RequestItems")
            .map(|(table, _)| table.clone())
            .collect(),
        _ => vec![table_and_key(input)],
    }
}

fn table_and_key(action: &Value) -> String {
    let table = action
        .get("TableName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let keys: Vec<&str> = members(action, "Key")
        .filter_map(|(_, value)| value.get("S")?.as_str())
        .collect();
    if keys.is_empty() {
        table.to_owned()
    } else {
        format!("{table}[{}]", keys.join(" "))
    }
}
