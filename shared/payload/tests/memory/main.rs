//! How much memory a payload takes that is larger than there is: of all that is allocated the peak
//! is counted. The one test of its binary, since the count is of the process.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod tape;

use aws_sdk_s3::Client;
use lambda_kit::aws::CallBudget;
use payload::{Claim, KeyPrefix, PART_BYTES, PayloadReader, PayloadWriter};
use peak_alloc::PeakAlloc;
use testkit::World;

use self::tape::{Source, Tape};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Twenty-five parts, and a bit of another.
const BYTES: u64 = 25 * 8 * 1_024 * 1_024 + 5;

/// Two parts, what the engine of the test makes of a range, and what SDK and runtime need.
const MOST: usize = 3 * PART_BYTES + PART_BYTES / 2;

/// The same for who hands it on: the range that is being read, the part that is made of it, and the two
/// that are on their way.
const MOST_OF_BOTH: usize = 5 * PART_BYTES + PART_BYTES / 2;

#[test]
fn a_large_payload_passes_through_with_a_few_parts_in_memory() {
    let world = World::new(1);
    let [tape, elsewhere] = [(); 2].map(|()| Tape::default());
    let [s3, other] = [&tape, &elsewhere].map(|tape| client_of(&world, tape));
    let key = KeyPrefix::default().key("a").unwrap();

    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let stored = world.block_on(async {
        let writer = PayloadWriter::new(s3.clone(), "large");
        let source = Source { at: 0, end: BYTES };
        writer.upload(&key, source).await.unwrap()
    });
    let writing = ALLOCATED.peak_usage() - before;
    assert_eq!((stored.bytes, tape.taken()), (BYTES, (26, BYTES)));
    assert!(writing > PART_BYTES, "the count counts nothing: {writing}");
    assert!(writing < MOST, "writing took {writing} bytes");

    ALLOCATED.reset_peak_usage();
    let claim = Claim {
        pointer: stored.pointer,
        bytes: stored.bytes,
    };
    let read = world.block_on(async {
        let reader = PayloadReader::new(s3.clone());
        let mut payload = reader.open(&claim).await.unwrap();
        let mut read = 0;
        // The last call compares the checksum of all bytes with that of the parts.
        while let Some(range) = payload.next().await.unwrap() {
            read += u64::try_from(range.len()).unwrap();
        }
        read
    });
    let reading = ALLOCATED.peak_usage() - before;
    assert_eq!(read, BYTES);
    assert!(reading > PART_BYTES, "the count counts nothing: {reading}");
    assert!(reading < MOST, "reading took {reading} bytes");

    ALLOCATED.reset_peak_usage();
    let copied = world.block_on(async {
        let payload = PayloadReader::new(s3).open(&claim).await.unwrap();
        let writer = PayloadWriter::new(other, "elsewhere");
        writer.upload(&key, payload.into_stream()).await.unwrap()
    });
    let copying = ALLOCATED.peak_usage() - before;
    assert_eq!((copied.bytes, elsewhere.taken()), (BYTES, (26, BYTES)));
    assert!(copying > PART_BYTES, "the count counts nothing: {copying}");
    assert!(copying < MOST_OF_BOTH, "handing it on took {copying} bytes");
}

fn client_of(world: &World, tape: &Tape) -> Client {
    let sdk = world.sdk_config(&CallBudget::BATCH).into_builder();
    Client::new(&sdk.http_client(tape.clone()).build())
}
