use payload::{Created, PART_BYTES, WriteError};
use testkit::{Fault, World};

use super::{BUCKET, MEBIBYTE, breaks_off::BreaksOff, key, text_of, writer_to};

fn operations(world: &World) -> Vec<String> {
    let trace = world.trace().into_iter();
    trace.map(|traced| traced.call.operation).collect()
}

fn bodies(world: &World) -> Vec<(String, usize)> {
    let objects = world.objects(BUCKET).into_iter();
    objects
        .map(|object| (object.key, object.body.len()))
        .collect()
}

#[test]
fn a_payload_is_written_once_whatever_is_lost() {
    let world = World::new(1);
    world.faults().at(1, Fault::LoseAcknowledgement);
    let writer = writer_to(&world);
    world.block_on(async {
        let stored = writer.put(&key("a"), "first").await.unwrap();
        assert_eq!((stored.bytes, stored.created), (5, Created::Before));
        assert_eq!(stored.pointer.bucket(), BUCKET);
        let again = writer.put(&key("a"), "second").await.unwrap();
        assert_eq!(again.created, Created::Before);
    });
    assert_eq!(world.objects(BUCKET)[0].body, "first");
}

#[test]
fn a_payload_that_another_writer_is_at_is_written_again() {
    let world = World::new(1);
    world.faults().at(1, Fault::Conflict);
    let stored = world.block_on(writer_to(&world).put(&key("a"), "b"));
    assert_eq!(stored.unwrap().created, Created::Now);
    assert_eq!(world.trace().len(), 2);
}

#[test]
fn nothing_is_written_of_an_empty_payload() {
    let world = World::new(1);
    let writer = writer_to(&world);
    world.block_on(async {
        let put = writer.put(&key("a"), "").await;
        assert!(matches!(put.unwrap_err(), WriteError::Empty));
        let uploaded = writer.upload(&key("a"), &b""[..]).await;
        assert!(matches!(uploaded.unwrap_err(), WriteError::Empty));
    });
    assert_eq!(operations(&world), [""; 0]);
}

#[test]
fn a_stream_that_fits_one_part_is_written_in_one_piece() {
    let world = World::new(1);
    let text = text_of(PART_BYTES - 1);
    let stored = world.block_on(writer_to(&world).upload(&key("a"), text.as_bytes()));
    assert_eq!(stored.unwrap().created, Created::Now);
    assert_eq!(operations(&world), ["PutObject"]);
    assert!(world.objects(BUCKET)[0].body == text);
}

#[test]
fn a_longer_stream_is_written_in_parts() {
    let world = World::new(1);
    let text = text_of(2 * PART_BYTES + 3);
    let stored = world.block_on(writer_to(&world).upload(&key("a"), text.as_bytes()));
    let stored = stored.unwrap();
    assert_eq!(stored.created, Created::Now);
    assert_eq!(stored.bytes, u64::try_from(text.len()).unwrap());
    let parts = operations(&world);
    let parts = parts.iter().filter(|operation| *operation == "UploadPart");
    assert_eq!(parts.count(), 3);
    assert!(world.objects(BUCKET)[0].body == text);
}

#[test]
fn an_upload_whose_parts_are_not_taken_leaves_nothing() {
    let world = World::new(1);
    world.faults().always(Fault::Unavailable, |call| {
        let part = call.input.pointer("/Query/partNumber");
        call.operation == "UploadPart" && part.is_some_and(|number| number == "2")
    });
    let text = text_of(3 * PART_BYTES);
    let failed = world.block_on(writer_to(&world).upload(&key("a"), text.as_bytes()));
    match failed.unwrap_err() {
        WriteError::Service(error) => assert!(error.may_pass, "{error}"),
        other => panic!("{other}"),
    }
    assert!(bodies(&world).is_empty());
    assert!(world.engines().unfinished_parts(BUCKET).is_empty());
}

#[test]
fn an_upload_whose_source_breaks_off_leaves_nothing() {
    let world = World::new(1);
    let writer = writer_to(&world);
    let text = text_of(PART_BYTES + MEBIBYTE);
    let failed = world.block_on(async {
        let broken = BreaksOff::after(text.into_bytes());
        writer.upload(&key("a"), broken).await
    });
    assert!(matches!(failed.unwrap_err(), WriteError::Source(_)));
    assert!(bodies(&world).is_empty());
    assert!(world.engines().unfinished_parts(BUCKET).is_empty());
}

#[test]
fn an_upload_whose_last_answer_is_lost_is_there_when_it_comes_again() {
    let world = World::new(1);
    world.faults().once(Fault::LoseAcknowledgement, |call| {
        call.operation == "CompleteMultipartUpload"
    });
    let writer = writer_to(&world);
    let text = text_of(PART_BYTES + 1);
    world.block_on(async {
        let lost = writer.upload(&key("a"), text.as_bytes()).await;
        match lost.unwrap_err() {
            WriteError::Service(error) => assert!(error.may_pass, "{error}"),
            other => panic!("{other}"),
        }
        let again = writer.upload(&key("a"), text.as_bytes()).await.unwrap();
        assert_eq!(again.created, Created::Before);
    });
    assert_eq!(bodies(&world), [("a".to_owned(), PART_BYTES + 1)]);
    assert!(world.engines().unfinished_parts(BUCKET).is_empty());
}
