//! The claim check from outside: the format on the wire, the events of Lambda, and S3.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod breaks_off;
mod copying;
mod events;
mod pointer;
mod reading;
mod sending;
mod writing;

use lambda_kit::aws::CallBudget;
use payload::{Key, KeyPrefix, PayloadReader, PayloadWriter};
use testkit::World;

const BUCKET: &str = "exports";
const MEBIBYTE: usize = 1_024 * 1_024;

fn s3_of(world: &World) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&world.sdk_config(&CallBudget::BATCH))
}

fn writer_to(world: &World) -> PayloadWriter {
    PayloadWriter::new(s3_of(world), BUCKET)
}

fn reader_of(world: &World) -> PayloadReader {
    PayloadReader::new(s3_of(world))
}

fn key(id: &str) -> Key {
    KeyPrefix::default().key(id).unwrap()
}

/// Bytes of which none repeats the place of another too soon.
fn text_of(length: usize) -> String {
    let letters = (b'a'..=b'z').cycle().map(char::from);
    letters.take(length).collect()
}
