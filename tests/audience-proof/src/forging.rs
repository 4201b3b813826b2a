//! A partner's machine that makes places of its own, to be told who left before it came.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use fairlead_merge_proof::cast::appear;
use serde_json::{Value, json};
use testkit::World;

use crate::{
    cast::{are_delivered, decides, events, set_the_scene},
    consumer::{asks, sends},
};

/// The bytes of a tag, behind those of the place.
const TAG: usize = 32;

/// What a forger is told of somebody who came and left before it did; `None` if that is nothing.
#[must_use]
pub fn forge() -> Option<String> {
    let world = World::new(1);
    set_the_scene(&world);
    let (ids, _) = appear(&world, 1);
    for is_yes in [true, false] {
        world.block_on(async {
            decides(&world, ids[0], is_yes).await;
            are_delivered(&world, &events(&world)).await;
        });
    }
    let begun = world.block_on(asks(&world, "GET /v1/changes", &json!({})));
    let given = begun["next"].as_str().unwrap_or_default();
    let since = json!({ "since": at_the_beginning(given) });
    let answer = world.block_on(sends(&world, "GET /v1/changes", &since));
    let body = answer.body.unwrap_or_default();
    (answer.status_code != 400).then(|| format!("a forged place is answered: {body}"))
}

/// The place that was given, where nobody had come yet, under the tag that it had.
fn at_the_beginning(given: &str) -> String {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(given).expect("it is base64");
    let (place, tag) = bytes.split_at(bytes.len() - TAG);
    let mut place: Value = serde_json::from_slice(place).expect("a place is JSON");
    for number in place["numbers"].as_array_mut().into_iter().flatten() {
        *number = 0.into();
    }
    let mut forged = serde_json::to_vec(&place).expect("a place is JSON");
    forged.extend(tag);
    BASE64_URL_SAFE_NO_PAD.encode(forged)
}
