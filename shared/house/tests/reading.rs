//! How CloudWatch is asked, and what is made of whatever it answers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use house::{Figures, House, Measure, MetricReader, Over, PartId};
use http::Response;
use lambda_kit::{aws::CallBudget, error::ServiceError};
use serde_json::{Value, json};
use testkit::World;

/// Three functions are nine metrics.
fn house(functions: usize) -> House {
    let parts = (0..functions).map(|n| {
        let name = format!("function/f{n}");
        (
            name,
            json!({ "context": "x", "counted_as": format!("f{n}") }),
        )
    });
    let parts: serde_json::Map<String, Value> = parts.collect();
    House::read(&json!({ "parts": parts, "feeds": {} }).to_string(), "{}").unwrap()
}

fn function(n: usize) -> PartId {
    format!("function/f{n}").try_into().unwrap()
}

/// A CloudWatch that answers what was laid out, one after another, and keeps what it was asked.
#[derive(Debug, Clone, Default)]
struct LaidOut {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpConnector for LaidOut {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (status, body) = answers.pop_front().unwrap();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(request);
        let answer = Response::builder().status(status);
        let answer = answer.body(body.to_string().into()).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(answer).unwrap()))
    }
}

impl HttpClient for LaidOut {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl LaidOut {
    fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let laid_out = Self::default();
        *laid_out.answers.lock().unwrap() = answers.into_iter().collect();
        laid_out
    }

    fn read(&self, house: &House) -> Result<Figures, ServiceError> {
        let world = World::new(1);
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "x", Some("t".to_owned()), None, "x");
        let sdk = world.sdk_config(&CallBudget::BATCH).into_builder();
        let sdk = sdk
            .http_client(self.clone())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let reader = MetricReader::new(&sdk, world.clock()).unwrap();
        world.block_on(reader.read(house, Over::Hour))
    }

    fn asked(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let bodies = asked.iter().map(|request| request.body().bytes().unwrap());
        bodies
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }
}

fn result(id: &str, at: f64, value: f64) -> Value {
    json!({ "Id": id, "Timestamps": [at], "Values": [value], "StatusCode": "Complete" })
}

fn told(results: &Value) -> (u16, Value) {
    (200, json!({ "MetricDataResults": results }))
}

/// The second of a step in the hour that is asked about.
const STEP: f64 = 1_768_467_300.0;

#[test]
fn a_request_is_signed_by_whoever_the_function_is() {
    let cloudwatch = LaidOut::answering([told(&json!([]))]);
    cloudwatch.read(&house(1)).unwrap();
    let asked = cloudwatch.asked.lock().unwrap();
    let header = |name: &str| asked[0].headers().get(name).unwrap_or_default();
    let signature = header("authorization");
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/"));
    assert!(
        signature.contains("/monitoring/aws4_request"),
        "{signature}"
    );
    for signed in [
        "content-type",
        "host",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-target",
    ] {
        assert!(signature.contains(signed), "{signed}: {signature}");
    }
    assert_eq!(
        header("x-amz-target"),
        "GraniteServiceVersion20100801.GetMetricData"
    );
    assert_eq!(header("x-amz-security-token"), "t");
    let address = asked[0].uri();
    assert!(
        address.starts_with("https://monitoring.eu-simulated-"),
        "{address}"
    );
}

#[test]
fn as_many_metrics_are_asked_for_at_once_as_cloudwatch_takes() {
    let cloudwatch = LaidOut::answering([told(&json!([])), told(&json!([]))]);
    cloudwatch.read(&house(200)).unwrap();
    let asked = cloudwatch.asked();
    let many: Vec<usize> = asked
        .iter()
        .map(|asked| asked["MetricDataQueries"].as_array().unwrap().len())
        .collect();
    assert_eq!(many, [500, 100]);
    let query = &asked[1]["MetricDataQueries"][0];
    assert_eq!(query["Id"], "m0", "each request has names of its own");
    assert_eq!(
        (&query["MetricStat"]["Period"], &query["MetricStat"]["Stat"]),
        (&json!(300), &json!("Sum"))
    );
    assert_eq!(
        asked[0]["EndTime"].as_i64().unwrap() - asked[0]["StartTime"].as_i64().unwrap(),
        3_600
    );
}

#[test]
fn an_answer_goes_on_over_its_pages() {
    let first = json!({ "MetricDataResults": [result("m0", STEP, 2.0)], "NextToken": "more" });
    let cloudwatch = LaidOut::answering([(200, first), told(&json!([result("m3", STEP, 5.0)]))]);
    let figures = cloudwatch.read(&house(2)).unwrap();
    let through = |n| figures.of(&function(n), Measure::Through).unwrap().sum();
    assert_eq!((through(0), through(1)), (Some(2), Some(5)));
    assert_eq!(cloudwatch.asked()[1]["NextToken"], "more");
}

#[test]
fn of_a_metric_that_can_not_be_told_there_is_nothing_and_of_the_others_there_is() {
    let broken =
        json!({ "Id": "m0", "Timestamps": [], "Values": [], "StatusCode": "InternalError" });
    let odd = json!([
        broken,
        result("m1", STEP, 3.0),
        result("x", STEP, 9.0),
        result("m99", STEP, 9.0)
    ]);
    let figures = LaidOut::answering([told(&odd)]).read(&house(1)).unwrap();
    assert_eq!(figures.of(&function(0), Measure::Through), None);
    let errors = figures.of(&function(0), Measure::Errors).unwrap();
    assert_eq!((errors.sum(), errors.latest()), (Some(3), Some(3)));
}

#[test]
fn what_cloudwatch_refuses_is_told_by_its_code() {
    let said = json!({ "__type": "com.amazonaws.cloudwatch#AccessDenied", "message": "canary" });
    let refused = LaidOut::answering([(400, said)])
        .read(&house(1))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "cloudwatch:GetMetricData failed: AccessDenied"
    );
    let odd = LaidOut::answering([(200, json!({ "MetricDataResults": 1 }))]).read(&house(1));
    assert_eq!(odd.unwrap_err().code, "UnreadableResponse");
    let endless = json!({ "MetricDataResults": [], "NextToken": "more" });
    let endless = LaidOut::answering((0..30).map(|_| (200, endless.clone()))).read(&house(1));
    assert_eq!(endless.unwrap_err().code, "TooManyPages");
}
