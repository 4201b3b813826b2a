use std::time::Duration;

use serde_json::json;
use testkit::engine::EXPORTS_BUCKET;

use super::{JANE, follow, request, send, world};

#[test]
fn a_link_opens_the_archive_for_five_minutes_and_has_it_kept_as_a_file() {
    let world = world();
    let (_, answer) = send(&world, &request());
    assert_eq!(answer["expires_at"], "2026-01-15T09:05:00Z");
    let link = answer["url"].as_str().unwrap();
    let opened = follow(&world, link);
    assert_eq!(opened.headers()["content-type"], "application/zip");
    let name = format!(
        "attachment; filename=\"{}.zip\"",
        answer["export_id"].as_str().unwrap()
    );
    assert_eq!(opened.headers()["content-disposition"], name.as_str());
    world.advance(Duration::from_mins(5));
    assert_eq!(follow(&world, link).status(), 403);
}

#[test]
fn a_link_opens_no_other_archive() {
    let world = world();
    let (_, first) = send(&world, &request());
    let (_, second) = send(&world, &request());
    let [first_id, second_id] =
        [&first, &second].map(|answer| answer["export_id"].as_str().unwrap());
    assert_ne!(first_id, second_id);
    let keys: Vec<String> = world
        .objects(EXPORTS_BUCKET)
        .into_iter()
        .map(|object| object.key)
        .collect();
    let expected = [first_id, second_id].map(|id| format!("exports/{JANE}/{id}.zip"));
    assert_eq!(json!(keys), json!(expected));
    let link = first["url"].as_str().unwrap();
    assert_eq!(follow(&world, link).status(), 200);
    // Only the path is exchanged: the name that the file is kept under stays.
    let forged = link.replacen(first_id, second_id, 1);
    assert_eq!(follow(&world, &forged).status(), 403);
}
