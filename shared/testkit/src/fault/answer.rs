//! How each service words its refusals.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    Call, Service,
    call::each,
    engine::{
        answer::{json, json_error, xml_error},
        s3,
    },
};

/// The service's answer when it is broken.
pub(crate) fn unavailable(call: &Call) -> Response<Bytes> {
    let (status, message) = (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
    match call.service {
        Service::DynamoDb => json_error(
            status,
            "com.amazonaws.dynamodb.v20120810#InternalServerError",
            message,
        ),
        Service::S3 => s3::error(
            status,
            "InternalError",
            "We encountered an internal error. Please try again.",
        ),
        Service::Sqs => json_error(status, "com.amazonaws.sqs#InternalError", message),
        Service::EventBridge | Service::StepFunctions => {
            json_error(status, "InternalException", message)
        }
        Service::SecretsManager => json_error(status, "InternalServiceError", message),
        Service::Iam => xml_error(status, "ServiceFailure", message),
        Service::Lambda => json_error(status, "ServiceException", message),
        Service::Logs => json_error(status, "ServiceUnavailableException", message),
        Service::CloudWatch => json_error(status, "InternalServiceFault", message),
        Service::Kms => json_error(status, "KMSInternalException", message),
        Service::AppFlow | Service::Scheduler => {
            json_error(status, "InternalServerException", message)
        }
        Service::Sns => xml_error(status, "InternalError", message),
        Service::Cognito => json_error(status, "InternalErrorException", message),
        Service::LegacyDirectory | Service::Salesforce | Service::Receiver => {
            json(status, &Value::Null)
        }
    }
}

/// The service's answer when there are too many requests.
pub(crate) fn throttled(call: &Call) -> Response<Bytes> {
    let status = StatusCode::BAD_REQUEST;
    match call.service {
        Service::DynamoDb => json_error(
            status,
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded.",
        ),
        Service::S3 => s3::error(
            StatusCode::SERVICE_UNAVAILABLE,
            "SlowDown",
            "Please reduce your request rate.",
        ),
        Service::Sqs => json_error(
            status,
            "com.amazonaws.sqs#RequestThrottled",
            "Request is throttled.",
        ),
        Service::EventBridge
        | Service::SecretsManager
        | Service::Kms
        | Service::StepFunctions
        | Service::Logs => json_error(status, "ThrottlingException", "Rate exceeded"),
        Service::CloudWatch => json_error(status, "Throttling", "Rate exceeded"),
        Service::AppFlow | Service::Scheduler => json_error(
            StatusCode::TOO_MANY_REQUESTS,
            "ThrottlingException",
            "Rate exceeded",
        ),
        Service::Sns | Service::Iam => xml_error(status, "Throttling", "Rate exceeded"),
        Service::Lambda | Service::Cognito => json_error(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            "Rate exceeded",
        ),
        Service::LegacyDirectory | Service::Salesforce | Service::Receiver => {
            json(StatusCode::TOO_MANY_REQUESTS, &Value::Null)
        }
    }
}

/// The answer of `DynamoDB` and S3 when another writer is at the same rows or the same object.
pub(crate) fn conflict(call: &Call) -> Response<Bytes> {
    if call.service == Service::S3 {
        return s3::error(
            StatusCode::CONFLICT,
            "ConditionalRequestConflict",
            "A conflicting operation occurred during the processing of this request.",
        );
    }
    if !call.operation.starts_with("Transact") {
        return json_error(
            StatusCode::BAD_REQUEST,
            "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
            "Transaction is ongoing for the item",
        );
    }
    let reasons: Vec<Value> = each(&call.input, "TransactItems")
        .enumerate()
        .map(|(index, _)| match index {
            0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    let codes: Vec<&str> = reasons
        .iter()
        .filter_map(|reason| reason.get("Code")?.as_str())
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    json(
        StatusCode::BAD_REQUEST,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": message,
            "CancellationReasons": reasons,
        }),
    )
}
