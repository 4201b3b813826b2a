//! What is left of what is removed: nothing.

use serde_json::json;

use super::{
    rows,
    scene::{Kind, Scene},
};

fn remove(scene: &Scene, tenant: &str, name: &str) {
    scene.edit(tenant, &format!("extension#{name}"), |row| {
        row["state"] = "removing".into();
        row["revision"] = (row["revision"].as_u64().unwrap() + 1).into();
    });
    let task = json!({ "task": "remove", "tenant": tenant, "extension": name });
    assert_eq!(scene.done(&task), json!({ "batchItemFailures": [] }));
}

#[test]
fn of_the_last_extension_of_a_tenant_nothing_is_left_and_of_others_everything() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1", Kind::Lambda);
    scene.push("acme", "counter", "1", Kind::Ordered);
    scene.push("acme-north", "greeter", "1", Kind::Lambda);
    let engines = scene.world.engines();
    remove(&scene, "acme", "greeter");
    let of_acme = |rows: Vec<serde_json::Value>| {
        rows.into_iter()
            .filter(|row| row["tenant"] == "acme")
            .collect::<Vec<_>>()
    };
    assert_eq!(of_acme(rows(&scene, "extension#")).len(), 1);
    assert_eq!(of_acme(rows(&scene, "extension-host"))[0]["extensions"], 1);
    remove(&scene, "acme", "counter");
    assert!(of_acme(rows(&scene, "extension")).is_empty());
    assert!(
        scene.keys().iter().all(|key| !key.contains("/acme/")),
        "{:?}",
        scene.keys()
    );
    assert_eq!(rows(&scene, "extension-tenant#").len(), 1);
    let all = format!(
        "{:?} {:?} {:?} {:?}",
        engines.roles(),
        engines.made_queues(),
        engines.functions().described(),
        engines.log_groups()
    );
    assert!(
        !all.contains("host-acme\"") && !all.contains("x-acme_") && !all.contains("of-acme\""),
        "{all}"
    );
    assert_eq!((engines.roles().len(), engines.made_queues().len()), (2, 2));
    let removed = scene.world.published_events();
    let removed = removed
        .iter()
        .filter(|event| event.detail["data"]["state"] == "removed");
    assert_eq!(removed.count(), 2);
}

#[test]
fn what_nobody_wants_removed_stays() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1", Kind::Wasm);
    let before = scene.world.rows("directory");
    let tasks = [
        json!({ "task": "remove", "tenant": "acme", "extension": "greeter" }),
        json!({ "task": "remove", "tenant": "harbour", "extension": "greeter" }),
        json!({ "task": "sweep", "tenant": "acme", "extension": "greeter" }),
    ];
    for task in tasks {
        assert_eq!(scene.done(&task), json!({ "batchItemFailures": [] }));
    }
    assert_eq!(scene.world.rows("directory"), before);
    assert_eq!(scene.world.engines().roles().len(), 1);
}

#[test]
fn a_tenant_comes_back_after_all_of_it_was_removed() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1", Kind::Wasm);
    remove(&scene, "acme", "greeter");
    scene.push("acme", "greeter", "1", Kind::Wasm);
    assert_eq!(rows(&scene, "extension#")[0]["state"], "active");
    assert_eq!(scene.world.engines().made_queues().len(), 2);
}

#[test]
fn what_is_of_nobody_goes() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1", Kind::Lambda);
    for part in ["extension-host", "extension#greeter"] {
        scene.forget("acme", part);
    }
    for task in [
        json!({ "task": "sweep", "tenant": "acme", "extension": "greeter" }),
        json!({ "task": "mend", "tenant": "acme" }),
    ] {
        assert_eq!(scene.done(&task), json!({ "batchItemFailures": [] }));
    }
    let engines = scene.world.engines();
    assert!(engines.roles().is_empty() && engines.made_queues().is_empty());
    assert!(engines.functions().described().is_empty() && engines.log_groups().is_empty());
}
