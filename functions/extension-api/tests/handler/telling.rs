//! What operators are told of their tenant's code.

use serde_json::{Value, json};
use testkit::Call;

use super::{Asking, EXTENSION, EXTENSIONS, is, world};

#[test]
fn an_extension_is_shown_with_its_versions_and_what_is_wrong_with_them() {
    let world = world();
    let breaker = json!({
        "key": "extension-breaker#harbour#greeter", "circuit": { "state": "open" },
        "paused": { "since": "2026-01-15T08:59:00Z", "cause": "out of fuel" }, "expires_at": 1_900_000_000,
    });
    world.put_row("ledger", breaker);
    let (status, shown) = Asking::of(&world).get(EXTENSION);
    assert_eq!(status, 200, "{shown}");
    let versions: Vec<&Value> = shown["versions"].as_array().unwrap().iter().collect();
    let names: Vec<&Value> = versions.iter().map(|version| &version["version"]).collect();
    assert_eq!(names, [&json!("3"), &json!("2"), &json!("1")]);
    assert_eq!(
        versions[0]["problems"][0]["problem"],
        "it imports env.sneak"
    );
    assert_eq!(shown["paused"]["cause"], "out of fuel");
    let (_, list) = Asking::of(&world).get(EXTENSIONS);
    assert_eq!(list["extensions"][0]["active"], "2");
    let absent = super::World::new(1);
    is(Asking::of(&absent).get(EXTENSION), 404, "no-such-extension");
}

#[test]
fn usage_is_told_by_the_day_and_all_together() {
    let world = world();
    for (day, events) in [("2026-01-14", 10), ("2026-01-15", 30)] {
        world.put_row(
            "ledger",
            json!({
                "key": format!("extension-usage#harbour#greeter#{day}"), "events": events, "errors": 1,
                "withheld": 2, "duration_ms": 500, "fuel": 1_000,
                "memory_bytes_ms": 1_073_741_824_000_u64, "expires_at": 1_900_000_000,
            }),
        );
    }
    let (status, used) = Asking::of(&world).get(&format!("{EXTENSION}/usage"));
    assert_eq!(status, 200, "{used}");
    assert_eq!(
        (&used["from"], &used["to"]),
        (&json!("2026-01-09"), &json!("2026-01-15"))
    );
    assert_eq!(
        (&used["total"]["events"], &used["total"]["gigabyte_seconds"]),
        (&json!(40), &json!(2.0))
    );
    assert_eq!(used["days"][1]["day"], "2026-01-15");
    let cost = used["total"]["estimated_usd"].as_f64().unwrap();
    assert!(
        (cost - (2.0 * 0.000_013_333_4 + 40.0 * 0.000_000_2)).abs() < 1e-12,
        "{cost}"
    );
    let days = |from: &str, to: &str| {
        let query = json!({ "from": from, "to": to });
        Asking::of(&world)
            .query(query)
            .get(&format!("{EXTENSION}/usage"))
    };
    assert_eq!(days("2026-01-15", "2026-01-15").1["total"]["events"], 30);
    for (from, to) in [
        ("2026-01-16", "2026-01-15"),
        ("2025-01-15", "2026-01-15"),
        ("canary", "2026-01-15"),
    ] {
        is(days(from, to), 400, "invalid-parameter");
    }
}

#[test]
fn logs_are_those_of_this_extension_the_last_ones_and_no_others() {
    let world = world();
    let (status, told) = Asking::of(&world).get(&format!("{EXTENSION}/logs"));
    assert_eq!((status, &told["lines"]), (200, &json!([])));
    let group = "/fairlead/simulated/extension-host-harbour";
    let create = Call {
        service: testkit::Service::Logs,
        operation: "CreateLogGroup".to_owned(),
        input: json!({ "logGroupName": group }),
    };
    assert_eq!(world.engines().perform(&create).status(), 200);
    for (n, extension) in ["greeter", "counter", "greeter", "greeter"]
        .into_iter()
        .enumerate()
    {
        let line = json!({
            "extension_log": true, "extension": extension, "version": "2", "event_id": format!("evt_{n}"),
            "outcome": "success", "message": format!("line {n}"),
        });
        world
            .engines()
            .write_log(group, world.clock().now(), &line.to_string());
    }
    world
        .engines()
        .write_log(group, world.clock().now(), "START RequestId: 1");
    let asking = Asking::of(&world).query(json!({ "limit": "2" }));
    let (_, told) = asking.get(&format!("{EXTENSION}/logs"));
    let messages: Vec<&Value> = told["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["message"])
        .collect();
    assert_eq!(messages, [&json!("line 2"), &json!("line 3")]);
    let asking = Asking::of(&world).query(json!({ "since": "2026-01-15T10:00:00Z" }));
    assert_eq!(
        asking.get(&format!("{EXTENSION}/logs")).1["lines"],
        json!([])
    );
    for query in [json!({ "limit": "0" }), json!({ "since": "yesterday" })] {
        is(
            Asking::of(&world)
                .query(query)
                .get(&format!("{EXTENSION}/logs")),
            400,
            "invalid-parameter",
        );
    }
}
