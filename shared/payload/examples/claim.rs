//! Tells of each record in a Lambda event for a queue or a topic where its payload is:
//! `cargo run --example claim -- large-messages < event.json`, with the buckets that may be read.

use std::{env, error::Error, io};

use payload::{Buckets, Received, SnsRecord, SqsRecord, Unreadable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Record {
    Queue(SqsRecord),
    Topic(SnsRecord),
}

fn main() -> Result<(), Box<dyn Error>> {
    let buckets = Buckets::only(env::args().skip(1));
    let event: Event = serde_json::from_reader(io::stdin())?;
    for record in event.records {
        let (id, received) = look(record, &buckets);
        match received {
            Ok(Received::Inline(text)) => println!("{id}: {} bytes with it", text.len()),
            Ok(Received::Claim(claim)) => println!(
                "{id}: {} bytes in s3://{}/{}",
                claim.bytes,
                claim.pointer.bucket(),
                claim.pointer.key()
            ),
            Err(error) => println!("{id}: {error}"),
        }
    }
    Ok(())
}

fn look(record: Record, buckets: &Buckets) -> (String, Result<Received, Unreadable>) {
    match record {
        Record::Queue(record) => (record.message_id.clone(), Received::of_sqs(record, buckets)),
        Record::Topic(record) => (
            record.sns.message_id.clone(),
            Received::of_sns(record, buckets),
        ),
    }
}
