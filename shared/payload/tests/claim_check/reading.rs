use payload::{Buckets, Claim, PART_BYTES, Pointer, ReadError, Received, Remedy};
use testkit::{Fault, World};

use super::{BUCKET, key, reader_of, text_of, writer_to};

const NO_LIMIT: u64 = u64::MAX;

/// What a message says whose payload has `bytes` under the key `a`.
fn claim_of(bytes: usize) -> Claim {
    Claim {
        pointer: Pointer::new(BUCKET, &key("a")),
        bytes: u64::try_from(bytes).unwrap(),
    }
}

fn there_is(world: &World, text: &str) {
    let engines = world.engines();
    engines.put_object(BUCKET, "a", "text/plain", text.to_owned());
}

fn read(world: &World, claim: &Claim) -> Result<String, ReadError> {
    world.block_on(reader_of(world).text(claim, NO_LIMIT))
}

#[test]
fn what_was_written_is_read_whole_or_in_ranges() {
    for length in [1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 3] {
        let world = World::new(1);
        let text = text_of(length);
        let written = world.block_on(writer_to(&world).upload(&key("a"), text.as_bytes()));
        let written = written.unwrap();
        let claim = Claim {
            pointer: written.pointer,
            bytes: written.bytes,
        };
        assert!(read(&world, &claim).unwrap() == text, "{length} bytes");
    }
}

#[test]
fn a_payload_is_as_long_as_its_message_says() {
    for (there, said) in [
        (3, 2),
        (3, 4),
        (3, PART_BYTES + 1),
        (PART_BYTES + 2, 5),
        (PART_BYTES + 2, PART_BYTES + 1),
    ] {
        let world = World::new(1);
        there_is(&world, &text_of(there));
        let expected = ReadError::Length {
            expected: u64::try_from(said).unwrap(),
            found: u64::try_from(there).unwrap(),
        };
        assert_eq!(read(&world, &claim_of(said)), Err(expected.clone()));
        assert_eq!(expected.remedy(), Remedy::Quarantine);
    }
}

#[test]
fn a_payload_that_is_missing_is_told_apart() {
    let world = World::new(1);
    for bytes in [3, PART_BYTES + 1] {
        assert_eq!(read(&world, &claim_of(bytes)), Err(ReadError::Missing));
    }
    assert_eq!(ReadError::Missing.remedy(), Remedy::RetryThenQuarantine);
}

#[test]
fn a_bucket_that_is_missing_is_a_mistake_and_a_service_that_fails_passes() {
    let world = World::new(1);
    let elsewhere = Claim {
        pointer: Pointer::new("elsewhere", &key("a")),
        bytes: 3,
    };
    let refused = read(&world, &elsewhere).unwrap_err();
    assert_eq!(refused.to_string(), "s3:GetObject failed: NoSuchBucket");
    assert_eq!(refused.remedy(), Remedy::Quarantine);
    for fault in [Fault::Unavailable, Fault::Throttle, Fault::BlackHole] {
        world.faults().always(fault, |_| true);
        for bytes in [3, PART_BYTES + 1] {
            let failed = read(&world, &claim_of(bytes)).unwrap_err();
            assert_eq!(failed.remedy(), Remedy::Retry, "{failed}");
        }
        world.faults().heal();
    }
}

#[test]
fn a_payload_that_changes_while_it_is_read_is_not_mixed() {
    let world = World::new(1);
    let bytes = PART_BYTES + 1;
    there_is(&world, &"a".repeat(bytes));
    let reader = reader_of(&world);
    let ended = world.block_on(async {
        let mut payload = reader.open(&claim_of(bytes)).await.unwrap();
        assert_eq!(payload.next().await.unwrap().unwrap().len(), PART_BYTES);
        there_is(&world, &"b".repeat(bytes));
        payload.next().await
    });
    assert_eq!(ended, Err(ReadError::Changed));
}

#[test]
fn no_more_is_taken_into_memory_than_the_caller_says() {
    let world = World::new(1);
    there_is(&world, "abc");
    let read = |most| world.block_on(reader_of(&world).text(&claim_of(3), most));
    assert_eq!(read(3), Ok("abc".to_owned()));
    let (bytes, most) = (3, 2);
    assert_eq!(read(2), Err(ReadError::TooLarge { bytes, most }));
    assert_eq!(world.trace().len(), 1, "nothing is asked for in vain");
}

#[test]
fn what_is_no_text_is_no_message() {
    let world = World::new(1);
    let bytes: &[u8] = b"\xff\xfe";
    world.engines().put_object(BUCKET, "a", "text/plain", bytes);
    assert_eq!(read(&world, &claim_of(2)), Err(ReadError::NotText));
}

#[test]
fn a_reader_changes_nothing() {
    let world = World::new(1);
    there_is(&world, &text_of(PART_BYTES + 1));
    let buckets = Buckets::only([BUCKET]);
    let body = Pointer::new(BUCKET, &key("a")).write(payload::Format::PYTHON_LEGACY);
    let size = (PART_BYTES + 1).to_string();
    for _ in 0..2 {
        let Received::Claim(claim) = Received::read(body.clone(), Some(&size), &buckets).unwrap()
        else {
            panic!("it is a pointer")
        };
        read(&world, &claim).unwrap();
    }
    let read_only = ["HeadObject", "GetObject"];
    for traced in world.trace() {
        assert!(read_only.contains(&traced.call.operation.as_str()));
    }
}
