//! Code that keeps failing, and code that was stopped.

use serde_json::json;

use crate::scene::Scene;

#[test]
fn what_keeps_failing_is_paused_its_events_wait_and_it_runs_again_by_itself() {
    let scene = Scene::new();
    scene.fails();
    for id in ["1", "2"] {
        assert_eq!(scene.brings(&[scene.message(id)]), 0);
    }
    let paused = scene.told("paused");
    assert_eq!(paused.len(), 1, "the tenant is told once");
    assert_eq!(paused[0].detail["data"]["cause"], "failed");
    scene.answers(&json!({}));
    assert_eq!(scene.brings(&[scene.message("3")]), 0, "its events wait");
    assert_eq!(scene.told("resumed").len(), 1);
    let last = scene.told("finished").pop().unwrap();
    assert_eq!(last.detail["data"]["outcome"], "success");
    assert_eq!(scene.dead_letters().len(), 2);
}

#[test]
fn what_was_stopped_waits_and_no_code_runs() {
    let scene = Scene::new();
    scene.does(|_| panic!("it was stopped"));
    scene.is_registered("disabled");
    assert_eq!(
        scene.brings(&[scene.message("1")]),
        1,
        "it stays in the queue"
    );
    assert!(scene.told("finished").is_empty() && scene.dead_letters().is_empty());
}
