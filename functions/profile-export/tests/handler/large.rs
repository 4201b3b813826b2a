use serde_json::json;
use testkit::{Fault, engine::EXPORTS_BUCKET};

use super::{JANE, exported, put, request, send, world};

/// Text that can't be made shorter.
fn noise(seed: u64, length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let digit = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'0' + u8::try_from(state % 75).unwrap())
    };
    (0..length).map(digit).collect()
}

/// Jane has ten thousand identifiers and twenty datasets of a megabyte.
fn world_of_much() -> testkit::World {
    let world = world();
    for n in 0..10_000 {
        let part = format!("identifier#external#{n:064x}");
        put(
            &world,
            JANE,
            &part,
            json!({ "value": noise(n, 20), "at": "2025-06-01T00:00:00Z" }),
        );
    }
    for dataset in 0..20 {
        for chunk in 0..4 {
            let part = format!("dataset-value#{dataset}#1#1#{chunk}");
            let value = noise(dataset * 4 + chunk, 262_144);
            put(&world, JANE, &part, json!({ "value": value }));
        }
    }
    world
}

#[test]
fn much_is_exported_in_parts_of_which_no_two_are_in_memory() {
    let world = world_of_much();
    let export = exported(&world);
    assert_eq!(export[&format!("{JANE}/identifier.json")].len(), 10_000);
    assert_eq!(export[&format!("{JANE}/dataset-value.json")].len(), 80);
    let [object] = &world.objects(EXPORTS_BUCKET)[..] else {
        panic!("one archive is there")
    };
    assert!(object.body.len() > 15_000_000, "{}", object.body.len());
    let trace = world.trace();
    let parts = trace
        .iter()
        .filter(|traced| traced.call.operation == "UploadPart");
    // In base64.
    let sizes: Vec<usize> = parts
        .map(|part| part.call.input["Body"].as_str().unwrap().len() / 4 * 3)
        .collect();
    assert!(
        sizes.len() >= 3 && sizes.iter().all(|size| *size < 6_500_000),
        "{sizes:?}"
    );
    assert!(
        trace
            .iter()
            .all(|traced| traced.call.operation != "PutObject")
    );

    // Cut off at its end, there is none.
    let before = world.objects(EXPORTS_BUCKET);
    world.faults().always(Fault::Unavailable, |call| {
        call.operation == "CompleteMultipartUpload"
    });
    assert_eq!(send(&world, &request()).0, 503);
    assert_eq!(world.objects(EXPORTS_BUCKET), before);
}
