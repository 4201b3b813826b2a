//! What Lambda, the schedule and a partner's machine do: they hand functions what is there for them, and
//! again what was not done.

use std::{
    collections::VecDeque,
    thread,
    time::{Duration, Instant},
};

use fairlead_delivery_proof::{
    history::BATCH,
    sender::{Outcome, Request, Sender},
};
use fastrand::Rng;
use lambda_kit::clock::Clock;
use serde_json::{Value, json};
use testkit::{
    delivery::{QueuedMessage, Redelivery, StreamBatch, failed_places},
    runtime_host::FunctionError,
};

use crate::{instance::Instance, queue, run::Slip, site::Site};

/// How long whoever has to come again waits before.
const PAUSE: Duration = Duration::from_millis(50);

/// How long it is from one sweep to the next.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(2);

/// As many records of the stream as a function gets at once.
const RECORDS: usize = 100;

/// Posts all that `sender` has to send, until each event is answered for good. Now and then an answer is
/// lost on its way back.
pub(crate) fn send(site: &Site, mut instance: Instance, sender: &mut Sender, mut random: Rng) {
    let _ends = site.ends_by_panic();
    let clock = Clock::system();
    while !sender.is_done() && !site.is_over() {
        let request = sender.next(&mut random, BATCH);
        let request = request.expect("something is left to send");
        let mut event = request.http(clock.now());
        event["requestContext"]["requestId"] = format!("request-{}", random.u64(..)).into();
        let answer = instance.invoke(&event);
        let is_lost = !site.is_calm() && random.u8(..40) == 0;
        let mut outcomes = told(&request, answer).filter(|_| !is_lost);
        if outcomes.is_none() && site.slip == Some(Slip::SenderHopes) {
            outcomes = Some(vec![Outcome::Kept; 2 * BATCH]);
        }
        if outcomes.is_none() {
            thread::sleep(PAUSE);
        }
        sender.takes(request, outcomes);
    }
    site.sender_is_done();
}

/// What an answer says of each event; `None` if all of them are to be sent again.
fn told(request: &Request, answer: Result<Value, FunctionError>) -> Option<Vec<Outcome>> {
    let answer = answer.ok()?;
    let status = answer["statusCode"].as_u64()?;
    (status < 500 && status != 429).then(|| request.told(&answer))
}

/// Reads the stream of the events and hands it to event-stream, in order: what failed comes again before
/// anything later, whole or in halves, until it is given up. Some of it nobody reads in time.
pub(crate) fn stream(site: &Site, mut instance: Instance, mut random: Rng) {
    let _ends = site.ends_by_panic();
    let mut read = 0;
    let mut batches: VecDeque<StreamBatch> = VecDeque::new();
    while !site.is_over() {
        if batches.is_empty() {
            let records = site.engines.changes_after("events", read);
            read += records.len();
            let batch = records.chunks(random.usize(1..=RECORDS));
            batches.extend(batch.map(|records| StreamBatch::new(records.to_vec())));
        }
        let Some(batch) = batches.pop_front() else {
            Site::rest();
            continue;
        };
        if site.is_calm() || random.u8(..10) > 0 {
            let delivered = deliver(&mut instance, &batch);
            let again = batch.again(&delivered, redelivery(&mut random));
            if !again.is_empty() {
                thread::sleep(PAUSE);
            }
            for batch in again.into_iter().rev() {
                if !batch.is_given_up() {
                    batches.push_front(batch);
                }
            }
        }
        let waiting: usize = batches.iter().map(|batch| batch.records.len()).sum();
        site.mark_streamed(read - waiting);
    }
}

fn deliver(instance: &mut Instance, batch: &StreamBatch) -> Result<Option<usize>, String> {
    let answer = instance.invoke(&batch.event());
    let answer = answer.map_err(|error| error.to_string())?;
    batch.first_failure(&answer)
}

fn redelivery(random: &mut Rng) -> Redelivery {
    if random.bool() {
        Redelivery::Same
    } else {
        Redelivery::Split
    }
}

/// Starts event-sweep again and again. If it does not get through, the next one does.
pub(crate) fn sweep(site: &Site, mut instance: Instance) {
    let _ends = site.ends_by_panic();
    while !site.is_over() {
        site.mark_sweeping(true);
        drop(instance.invoke(&json!({})));
        site.mark_sweeping(false);
        site.until(BETWEEN_SWEEPS, || false);
    }
}

/// Receives messages and hands them to event-router. Those leave the queue that it answers for; what it
/// reports as failed stays there, and all of them do when there is no answer.
pub(crate) fn route(site: &Site, mut instance: Instance, mut random: Rng) {
    let _ends = site.ends_by_panic();
    let clock = Clock::system();
    while !site.is_over() {
        site.take_from_bus();
        let messages = site.queue.receive(Instant::now(), &mut random);
        if messages.is_empty() {
            Site::rest();
            continue;
        }
        if site.slip == Some(Slip::QueueForgets) {
            site.queue.delete(&messages);
        }
        let now = clock.now();
        let records = messages
            .iter()
            .map(|message| message.record(queue::NAME, now));
        let event = json!({ "Records": records.collect::<Vec<Value>>() });
        if let Ok(mut answer) = instance.invoke(&event) {
            if site.slip == Some(Slip::FailuresOverlooked) {
                answer = Value::Null;
            }
            site.queue.delete(&done(messages, &answer));
        }
    }
}

/// The messages that a well-formed answer does not report as failed.
fn done(messages: Vec<QueuedMessage>, answer: &Value) -> Vec<QueuedMessage> {
    let ids = messages.iter().map(|message| message.message_id.clone());
    let ids: Vec<String> = ids.collect();
    let Ok(failed) = failed_places(answer, &ids) else {
        return Vec::new();
    };
    let messages = messages.into_iter().enumerate();
    let done = messages.filter(|(place, _)| !failed.contains(place));
    done.map(|(_, message)| message).collect()
}
