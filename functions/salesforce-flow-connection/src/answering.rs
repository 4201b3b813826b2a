//! The answer that CloudFormation waits for: an object, put where the request says
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>).

use std::time::Duration;

use http::{Method, header::CONTENT_TYPE};
use lambda_kit::outside::{NoAnswer, Outside};
use serde_json::{Value, json};
use url::Url;

use crate::{Failure, request::Request};

/// For how long an answer may be on its way.
const WITHIN: Duration = Duration::from_secs(5);

/// Why the answer did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The request says to put it where CloudFormation takes no answers.
    #[error("the request names no place of CloudFormation's for an answer")]
    NoPlace,
    /// It can't be put together.
    #[error("the answer can't be put together")]
    Unmakeable,
    /// It did not get there.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// It was refused.
    #[error("the answer was refused with the status {0}")]
    Refused(u16),
}

/// Tells CloudFormation that it is done, or why not.
pub(crate) async fn answer(
    outside: &Outside,
    request: &Request,
    failure: Option<&Failure>,
) -> Result<(), AnswerError> {
    let text = request.response_url.expose();
    let url = Url::parse(text).map_err(|_| AnswerError::NoPlace)?;
    let host = url.host_str().filter(|host| is_cloudformations(&url, host));
    let host = host.ok_or(AnswerError::NoPlace)?;
    let addresses = outside.look_up(host).await?;
    let address = addresses.first().ok_or(NoAnswer)?;
    let put = http::Request::builder()
        .method(Method::PUT)
        .uri(url.as_str())
        // The link is signed without one.
        .header(CONTENT_TYPE, "")
        .body(body(request, failure).to_string().into_bytes())
        .map_err(|_| AnswerError::Unmakeable)?;
    let answered = outside.send(*address, put, WITHIN).await?;
    if answered.status().is_success() {
        Ok(())
    } else {
        Err(AnswerError::Refused(answered.status().as_u16()))
    }
}

/// A bucket of CloudFormation's, so that nobody has the function call anyone else.
fn is_cloudformations(url: &Url, host: &str) -> bool {
    let is_aws = [".amazonaws.com", ".amazonaws.com.cn"]
        .iter()
        .any(|suffix| host.ends_with(suffix));
    url.scheme() == "https"
        && is_aws
        && host.starts_with("cloudformation-custom-resource-response-")
}

fn body(request: &Request, failure: Option<&Failure>) -> Value {
    let mut body = json!({
        "Status": failure.map_or("SUCCESS", |_| "FAILED"),
        "PhysicalResourceId": request.resource_id(),
        "StackId": request.stack_id,
        "RequestId": request.id,
        "LogicalResourceId": request.logical_resource_id,
    });
    let Some(members) = body.as_object_mut() else {
        return body;
    };
    match (failure, request.properties.wanted()) {
        (Some(failure), _) => {
            members.insert("Reason".to_owned(), failure.to_string().into());
        }
        (None, Ok(wanted)) => {
            let data = json!({ "EventSourceName": wanted.flows.event_source, "Profile": wanted.flows.profile });
            members.insert("Data".to_owned(), data);
        }
        (None, Err(_)) => {}
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_goes_to_cloudformation_alone() {
        for (url, may) in [
            (
                "https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/a?b",
                true,
            ),
            (
                "http://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/a",
                false,
            ),
            (
                "https://example.com/cloudformation-custom-resource-response-x.amazonaws.com",
                false,
            ),
            (
                "https://cloudformation-custom-resource-response-x.example.com/",
                false,
            ),
            ("https://169.254.169.254/latest/meta-data", false),
        ] {
            let url = Url::parse(url).unwrap();
            let host = url.host_str().unwrap();
            assert_eq!(is_cloudformations(&url, host), may, "{url}");
        }
    }
}
