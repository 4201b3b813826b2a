//! The services, in process: a request in, the answer that AWS would give out.
//!
//! Each is as strict as AWS is about what it takes, answers only what Fairlead calls, and keeps
//! what it took so that a test can read it back.

pub(crate) mod answer;
pub(crate) mod appflow;
mod cloudwatch;
mod cognito;
mod dynamodb;
mod eventbridge;
mod hosting;
mod iam;
mod kms;
pub(crate) mod lambda;
mod legacy_directory;
mod logs;
mod names;
mod receiver;
pub(crate) mod s3;
pub(crate) mod salesforce;
mod scheduler;
mod secrets_manager;
mod sns;
mod sqs;
mod step_functions;
mod user_pool;

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::Value;

pub use appflow::{FlowWorld, Rows, SimulatedFlow};
pub use dynamodb::Consumed;
pub use eventbridge::PublishedEvent;
pub use lambda::{Behaviour, Functions};
pub use names::{
    ACCOUNT, ARTEFACTS_BUCKET, BUCKETS, CERTIFICATES_BUCKET, CLAIMS_BUCKET, CONFIGURATION_TOPIC,
    ERASURE_MACHINE, EVENT_BUS, EVENTS_BUCKET, EXPORTS_BUCKET, EXTENSION_BACKLOG_QUEUE,
    EXTENSION_COMPILE, EXTENSION_MAC_KEY, EXTENSION_UPLOADS_QUEUE, EXTENSIONS_BUCKET, FANOUT_TOPIC,
    HOOK_SECRETS, IDENTIFIER_KEY, NOTIFICATION_QUEUE, NOTIFICATIONS_TOPIC, ON_CALL_TOPIC,
    OPERATORS_CLIENT, PARKING_QUEUE, QUEUE_PREFIX, RECEIPTS_BUCKET, REGION,
    SALESFORCE_CONFIG_QUEUE, SALESFORCE_EVENTS_BUCKET, SALESFORCE_OUTCOMES_BUCKET,
    SALESFORCE_REREAD_QUEUE, SALESFORCE_SECRET, SCHEDULE_GROUP, SECRET_ACCESS_KEY, SMS_TOPIC,
    SUPPORT_TOPIC, TOKEN_ISSUER, USER_POOL, WEB_CLIENT, WEBHOOKS_QUEUE, queue_url,
    resource_environment, variables,
};
pub(crate) use receiver::Names;
pub use receiver::ReceivedWebhook;
pub use s3::StoredObject;
pub use salesforce::Salesforce;
pub use scheduler::OneOffSchedule;
pub use sns::{Notification, Recipient, Subscription};
pub use sqs::SentMessage;
pub(crate) use sqs::md5_of_body;
pub use step_functions::Execution;
pub use user_pool::UserPool;

use crate::{Call, Service};

/// One simulated AWS account, with Fairlead's tables, buckets, queues, topics and bus in it.
#[derive(Clone)]
pub struct Engines(Arc<Services>);

struct Services {
    dynamodb: dynamodb::DynamoDb,
    s3: s3::S3,
    sqs: sqs::Sqs,
    sns: sns::Sns,
    eventbridge: eventbridge::EventBridge,
    secrets_manager: secrets_manager::SecretsManager,
    step_functions: step_functions::StepFunctions,
    appflow: appflow::AppFlow,
    scheduler: scheduler::Scheduler,
    iam: iam::Iam,
    lambda: lambda::Lambda,
    logs: logs::Logs,
    cloudwatch: cloudwatch::CloudWatch,
    cognito: cognito::Cognito,
    user_pool: user_pool::UserPoolApi,
    legacy_directory: legacy_directory::LegacyDirectory,
    salesforce: salesforce::Salesforce,
    receivers: receiver::Receivers,
}

impl Engines {
    /// An account with empty tables, as `cdk/tables.json` describes them, on `clock`'s time.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self(Arc::new(Services {
            dynamodb: dynamodb::DynamoDb::new(clock.clone()),
            s3: s3::S3::new(clock.clone()),
            sqs: sqs::Sqs::new(clock.clone()),
            sns: sns::Sns::default(),
            eventbridge: eventbridge::EventBridge::new(clock.clone()),
            secrets_manager: secrets_manager::SecretsManager::default(),
            step_functions: step_functions::StepFunctions::default(),
            appflow: appflow::AppFlow::new(clock.clone()),
            scheduler: scheduler::Scheduler::default(),
            iam: iam::Iam::new(clock.clone()),
            lambda: lambda::Lambda::new(clock.clone()),
            logs: logs::Logs::default(),
            cloudwatch: cloudwatch::CloudWatch::new(clock.clone()),
            cognito: cognito::Cognito::default(),
            user_pool: user_pool::UserPoolApi::new(clock.clone()),
            legacy_directory: legacy_directory::LegacyDirectory::default(),
            salesforce: salesforce::Salesforce::new(clock.clone()),
            receivers: receiver::Receivers::default(),
        }))
    }

    /// Answers one request.
    #[must_use]
    pub fn call(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match Call::read(request) {
            Some(call) => self.perform(&call),
            None => answer::json(
                StatusCode::BAD_REQUEST,
                &serde_json::json!({
                    "__type": "UnknownOperationException",
                    "message": "testkit simulates DynamoDB, S3, SQS, SNS, EventBridge, Secrets Manager, KMS, Step Functions, AppFlow, Scheduler, IAM, Lambda, CloudWatch, CloudWatch Logs and Cognito; this request is for none of them",
                }),
            ),
        }
    }

    /// Answers one call.
    #[must_use]
    pub fn perform(&self, call: &Call) -> Response<Bytes> {
        let Services {
            dynamodb,
            s3,
            sqs,
            sns,
            eventbridge,
            secrets_manager,
            step_functions,
            appflow,
            scheduler,
            iam,
            lambda,
            logs,
            cloudwatch,
            cognito,
            user_pool,
            legacy_directory,
            salesforce,
            receivers,
        } = &*self.0;
        let answer = match call.service {
            Service::DynamoDb => dynamodb.call(call),
            Service::S3 => s3.call(call),
            Service::Sqs => sqs.call(call),
            Service::Sns => sns.call(call),
            Service::EventBridge => eventbridge.call(call),
            Service::SecretsManager => secrets_manager.call(call),
            Service::Kms => kms::call(call),
            Service::StepFunctions => step_functions.call(call),
            Service::AppFlow => appflow.call(call),
            Service::Scheduler => scheduler.call(call),
            Service::Iam => iam.call(call),
            Service::Lambda => lambda.call(call, &lambda::Around { iam, s3, sqs }),
            Service::Logs => logs.call(call),
            Service::CloudWatch => cloudwatch.call(call),
            Service::Cognito if call.operation == "ReadKeys" => cognito.call(call),
            Service::Cognito => user_pool.call(call),
            Service::LegacyDirectory => legacy_directory.call(call),
            Service::Salesforce => salesforce.call(call),
            Service::Receiver => receivers.call(call),
        };
        cloudwatch.count(call, &answer);
        answer
    }

    /// Puts a row into a table as if it had always been there: no change record tells of it.
    /// `row` is plain JSON, in which binary is an object: `{"B": "<base64>"}`.
    pub fn put_row(&self, table: &str, row: &Value) {
        self.0.dynamodb.seed(table, row);
    }

    /// The rows of a table as plain JSON, in the order of their keys. A set is an object with its
    /// type for a name (`{"SS": […]}`), and so is binary.
    #[must_use]
    pub fn rows(&self, table: &str) -> Vec<Value> {
        self.0.dynamodb.rows(table)
    }

    /// Removes the rows of a table whose time to live is over; its stream tells of it.
    pub fn expire(&self, table: &str) {
        self.0.dynamodb.expire(table);
    }

    /// The names of all tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.0.dynamodb.tables()
    }

    /// What all calls to DynamoDB have cost so far.
    #[must_use]
    pub fn consumed(&self) -> Consumed {
        self.0.dynamodb.consumed()
    }

    /// The change records of a table's stream so far, as Lambda's event has them in `Records`.
    #[must_use]
    pub fn changes(&self, table: &str) -> Vec<Value> {
        self.changes_after(table, 0)
    }

    /// The same without the first `from` of them.
    #[must_use]
    pub fn changes_after(&self, table: &str, from: usize) -> Vec<Value> {
        self.0.dynamodb.changes_after(table, from)
    }

    /// Puts an object into a bucket as if it had always been there.
    pub fn put_object(&self, bucket: &str, key: &str, content_type: &str, body: impl Into<Bytes>) {
        self.0.s3.seed(bucket, key, content_type, body.into());
    }

    /// What a bucket holds, in the order of the keys.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> Vec<StoredObject> {
        self.0.s3.objects(bucket)
    }

    /// What lies in a bucket without being an object yet: the parts of uploads that nobody finished.
    #[must_use]
    pub fn unfinished_parts(&self, bucket: &str) -> Vec<Bytes> {
        self.0.s3.unfinished_parts(bucket)
    }

    /// The user pool, as people and operators see it.
    #[must_use]
    pub fn user_pool(&self) -> &UserPool {
        self.0.user_pool.pool()
    }

    /// Puts a person into the directory that people are brought over from; `answer` is what it tells
    /// of them.
    pub fn put_legacy_person(&self, username: &str, password: &str, answer: &Value) {
        self.0.legacy_directory.put(username, password, answer);
    }

    /// The records of Salesforce, and who may read them.
    #[must_use]
    pub fn salesforce(&self) -> &Salesforce {
        &self.0.salesforce
    }

    /// From now on `host` is at these addresses.
    pub fn put_host(&self, host: &str, addresses: &[IpAddr]) {
        self.0.receivers.put_host(host, addresses);
    }

    /// The next webhook to `url` for which nothing else is laid out is answered so; beyond that, by 204.
    pub fn answer_webhook(&self, url: &str, status: u16, headers: &[(&str, &str)]) {
        self.0.receivers.answer_next(url, status, headers);
    }

    /// What receivers of webhooks have seen.
    #[must_use]
    pub fn received_webhooks(&self) -> Vec<ReceivedWebhook> {
        self.0.receivers.received()
    }

    pub(crate) fn names(&self) -> Names {
        self.0.receivers.names()
    }

    /// The events that the bus has taken.
    #[must_use]
    pub fn published_events(&self) -> Vec<PublishedEvent> {
        self.published_after(0)
    }

    /// The same without the first `from` of them.
    #[must_use]
    pub fn published_after(&self, from: usize) -> Vec<PublishedEvent> {
        self.0.eventbridge.published_after(from)
    }

    /// The executions of state machines that were started.
    #[must_use]
    pub fn executions(&self) -> Vec<Execution> {
        self.0.step_functions.executions()
    }

    /// AppFlow's flows, as Salesforce and people see them.
    #[must_use]
    pub fn flows(&self) -> &FlowWorld {
        self.0.appflow.world()
    }

    /// The time of a scheduled flow has come: it takes what is new in `bucket`.
    pub fn run_flow(&self, name: &str, bucket: &str) {
        self.flows().run(name, &self.objects(bucket));
    }

    /// The one-off schedules that are still to come.
    #[must_use]
    pub fn schedules(&self) -> Vec<OneOffSchedule> {
        self.0.scheduler.all()
    }

    /// Those that are due at `now`, which are gone then.
    #[must_use]
    pub fn take_due_schedules(&self, now: Timestamp) -> Vec<OneOffSchedule> {
        self.0.scheduler.take_due(now)
    }

    /// Puts a message into a queue as if it had always been there; it was received as often.
    pub fn put_message(
        &self,
        queue: &str,
        body: &str,
        attributes: &[(&str, &str)],
        receive_count: usize,
    ) {
        self.0.sqs.put(queue, body, attributes, receive_count);
    }

    /// The names of all queues.
    pub fn queues(&self) -> impl Iterator<Item = &str> {
        self.0.sqs.names()
    }

    /// The messages that lie in a queue: whatever came there and was not deleted, hidden or not.
    #[must_use]
    pub fn held_messages(&self, queue: &str) -> Vec<SentMessage> {
        self.0.sqs.held(queue)
    }

    /// The messages that a queue has taken.
    #[must_use]
    pub fn sent_messages(&self, queue: &str) -> Vec<SentMessage> {
        self.0.sqs.sent(queue)
    }

    /// What SNS has taken, to topics and to phone numbers.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.0.sns.published()
    }

    /// Who is subscribed to topics, in the order in which they came.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.0.sns.subscriptions()
    }

    /// Subscribes somebody to a topic as if they had always been.
    pub fn put_subscription(&self, topic: &str, protocol: &str, endpoint: &str) {
        self.0.sns.put_subscription(topic, protocol, endpoint);
    }

    /// CloudWatch has counted `value` of a metric at `at`: of the function, the queue or the rule that it calls
    /// `of`.
    pub fn put_metric(
        &self,
        (namespace, metric): (&str, &str),
        of: &str,
        at: Timestamp,
        value: f64,
    ) {
        self.0.cloudwatch.put((namespace, metric), of, at, value);
    }

    /// Gives a secret a new value; the one before it stays, as the previous one.
    pub fn put_secret(&self, name: &str, value: &str) {
        self.0.secrets_manager.put(name, value);
    }

    /// Salesforce granted AppFlow a token, which lies in the connection's secret.
    pub fn put_salesforce_grant(&self) {
        self.put_secret(names::SALESFORCE_GRANT, names::GRANTED);
    }

    /// The user pool's key set says `text` from now on, whatever that is. It begins with
    /// [`tokens::key_set`](crate::tokens::key_set).
    pub fn serve_keys(&self, text: &str) {
        self.0.cognito.serve_keys(text);
    }
}
