//! Whom calls go to.

use std::fmt;

/// The services that are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Amazon `DynamoDB`.
    DynamoDb,
    /// Amazon S3.
    S3,
    /// Amazon SQS.
    Sqs,
    /// Amazon SNS.
    Sns,
    /// Amazon `EventBridge`, the classic bus.
    EventBridge,
    /// AWS Secrets Manager.
    SecretsManager,
    /// AWS Key Management Service.
    Kms,
    /// AWS Step Functions.
    StepFunctions,
    /// Amazon AppFlow.
    AppFlow,
    /// Amazon `EventBridge` Scheduler.
    Scheduler,
    /// AWS Identity and Access Management.
    Iam,
    /// AWS Lambda.
    Lambda,
    /// Amazon CloudWatch Logs.
    Logs,
    /// Amazon CloudWatch, which counts.
    CloudWatch,
    /// Amazon Cognito user pools.
    Cognito,
    /// The directory that people are brought over from, as `docs/user-migration.md` describes it.
    LegacyDirectory,
    /// Salesforce, of whom records are read.
    Salesforce,
    /// Whoever takes webhooks, anywhere.
    Receiver,
}

impl Service {
    /// The service's name as its endpoint spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::S3 => "s3",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::EventBridge => "events",
            Self::SecretsManager => "secretsmanager",
            Self::Kms => "kms",
            Self::StepFunctions => "states",
            Self::AppFlow => "appflow",
            Self::Scheduler => "scheduler",
            Self::Iam => "iam",
            Self::Lambda => "lambda",
            Self::Logs => "logs",
            Self::CloudWatch => "cloudwatch",
            Self::Cognito => "cognito-idp",
            Self::LegacyDirectory => "legacy-directory",
            Self::Salesforce => "salesforce",
            Self::Receiver => "receiver",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
