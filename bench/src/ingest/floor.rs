//! The least that taking an event can cost: the request is read, and one call is made for each event.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use cloudevent::{Headers, Incoming, Limits};
use lambda_kit::{aws::CallBudget, clock::Clock, http::Request};

use super::{BATCHES_OF_ENGINES, Direct, Load, request, runtime, scene, thread_time};

/// What an event takes of a processor at the least, without the engines.
#[must_use]
pub fn floor(load: Load) -> Duration {
    let clock = Clock::system();
    let direct = Direct::new(scene(&clock));
    let client = Client::new(&direct.sdk_config(&CallBudget::HTTP));
    let runtime = runtime();
    let mut processor = Duration::ZERO;
    let mut events = 0;
    for batch in 0..load.batches {
        if batch.is_multiple_of(BATCHES_OF_ENGINES) {
            direct.replace(scene(&clock));
        }
        let request = request(&clock, load.size, &format!("floor-{batch}"));
        let (engines, start) = (direct.spent(), thread_time());
        for event in read(request.get(), &clock) {
            runtime.block_on(put(&client, &event));
            events += 1;
        }
        let engines = direct.spent().saturating_sub(engines);
        processor += thread_time().saturating_sub(start + engines);
    }
    processor / events.max(1)
}

fn read(request: &str, clock: &Clock) -> Vec<Incoming> {
    let request: Request = serde_json::from_str(request).expect("it is a request");
    let limits = Limits::at(clock.now());
    let body = request.body(limits.body).expect("it has a body");
    let read = cloudevent::read(&Headers::new(request.headers()), &body, &limits);
    let read = read.expect("it is a batch").into_iter();
    read.map(|event| event.expect("it is an event")).collect()
}

async fn put(client: &Client, event: &Incoming) {
    let put = client
        .put_item()
        .table_name("events")
        .item("event", AttributeValue::S(event.id.clone()))
        .item("body", AttributeValue::S(event.to_json()))
        .send()
        .await;
    put.expect("it is put");
}
