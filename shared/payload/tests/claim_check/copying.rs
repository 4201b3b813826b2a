use payload::{Claim, PART_BYTES, ReadError, WriteError};
use testkit::World;

use super::{BUCKET, key, reader_of, text_of, writer_to};

/// What is under the key `a` gets under the key `b`.
fn copy(world: &World, claim: &Claim) -> Result<u64, WriteError> {
    world.block_on(async {
        let payload = reader_of(world).open(claim).await.unwrap();
        let source = payload.into_stream();
        let stored = writer_to(world).upload(&key("b"), source).await;
        stored.map(|stored| stored.bytes)
    })
}

/// Writes `text` under the key `a`.
fn written(world: &World, text: &str) -> Claim {
    let stored = world.block_on(writer_to(world).upload(&key("a"), text.as_bytes()));
    let stored = stored.unwrap();
    Claim {
        pointer: stored.pointer,
        bytes: stored.bytes,
    }
}

#[test]
fn a_payload_is_handed_on_whole() {
    for length in [1, PART_BYTES, 2 * PART_BYTES + 3] {
        let world = World::new(1);
        let text = text_of(length);
        let claim = written(&world, &text);
        let copied = copy(&world, &claim).unwrap();
        assert_eq!(copied, u64::try_from(length).unwrap());
        let objects = world.objects(BUCKET);
        let keys: Vec<&str> = objects.iter().map(|object| object.key.as_str()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert!(objects[1].body == text, "{length} bytes");
    }
}

#[test]
fn of_a_payload_that_changes_meanwhile_nothing_is_handed_on() {
    let world = World::new(1);
    let claim = written(&world, &text_of(PART_BYTES + 1));
    let failed = world.block_on(async {
        let payload = reader_of(&world).open(&claim).await.unwrap();
        // Another object of that length takes its place between the first range and the second.
        let mut source = payload.into_stream();
        let mut first = vec![0; PART_BYTES];
        tokio::io::AsyncReadExt::read_exact(&mut source, &mut first)
            .await
            .unwrap();
        let other = "b".repeat(PART_BYTES + 1);
        world.engines().put_object(BUCKET, "a", "text/plain", other);
        writer_to(&world).upload(&key("b"), source).await
    });
    let WriteError::Source(error) = failed.unwrap_err() else {
        panic!("the source is what failed")
    };
    let why = error
        .get_ref()
        .and_then(|why| why.downcast_ref::<ReadError>());
    assert_eq!(why, Some(&ReadError::Changed));
    assert_eq!(world.objects(BUCKET).len(), 1);
    assert!(world.engines().unfinished_parts(BUCKET).is_empty());
}
