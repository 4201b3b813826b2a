use std::time::Duration;

use serde_json::json;
use testkit::{Fault, Service, engine::EXPORTS_BUCKET};

use super::{JANE, LIMIT, put, request, send, send_within, world};

#[test]
fn without_the_scope_or_a_profile_there_is_nothing() {
    let world = world();
    let changes = [
        ("scope", json!("fairlead/profile.write"), 403),
        ("fairlead:profile", json!(null), 403),
    ];
    for (claim, value, status) in changes {
        let mut request = request();
        let claims = &mut request["requestContext"]["authorizer"]["jwt"]["claims"];
        claims.as_object_mut().unwrap().remove(claim);
        if !value.is_null() {
            claims[claim] = value;
        }
        assert_eq!(send(&world, &request).0, status, "{claim}");
    }
    assert_eq!(world.trace().len(), 0);
}

#[test]
fn who_was_erased_or_is_being_merged_has_no_export() {
    let world = world();
    put(&world, JANE, "profile", json!({ "closed": "erased" }));
    assert_eq!(send(&world, &request()).0, 404);
    put(&world, JANE, "profile", json!({ "closed": "settling" }));
    let (status, problem) = send(&world, &request());
    assert_eq!(
        (status, &problem["type"]),
        (503, &json!("https://fairlead.dev/problems/settling"))
    );
    assert_eq!(world.objects(EXPORTS_BUCKET), []);
}

#[test]
fn what_can_not_be_stored_or_read_is_not_answered() {
    for service in [Service::S3, Service::DynamoDb, Service::Cognito] {
        let world = world();
        let login = json!({ "value": "6b1f0e2a", "at": "2025-06-01T00:00:00Z" });
        put(&world, JANE, "identifier#cognito_sub#a1", login);
        world.faults().down(service);
        let (status, problem) = send(&world, &request());
        assert_eq!(status, 503);
        assert_eq!(problem["type"], "https://fairlead.dev/problems/unavailable");
        assert_eq!(world.objects(EXPORTS_BUCKET), []);
    }
}

#[test]
fn what_takes_too_long_is_no_export() {
    let world = world();
    let value = "x".repeat(300_000);
    for n in 0..8 {
        put(
            &world,
            JANE,
            &format!("dataset-value#a#{n}"),
            json!({ "value": value }),
        );
    }
    let (status, problem) = send_within(&world, &request(), Duration::from_secs(4));
    assert_eq!(status, 503);
    assert_eq!(
        problem["type"],
        "https://fairlead.dev/problems/export-too-large"
    );
    assert_eq!(world.objects(EXPORTS_BUCKET), []);
}

#[test]
fn no_kept_link_is_given_to_who_was_erased_or_asked_for_it() {
    for closed in ["erasing", "erased"] {
        let world = world();
        let mut request = request();
        request["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
        assert_eq!(send(&world, &request).0, 201);
        put(&world, JANE, "profile", json!({ "closed": closed }));
        assert_eq!(send(&world, &request).0, 404);
        put(&world, JANE, "profile", crate::profile());
        assert_eq!(send(&world, &request).0, 201);
        assert_eq!(world.objects(EXPORTS_BUCKET).len(), 1);
    }
}

#[test]
fn a_repetition_waits_for_as_long_as_the_function_is_given_and_no_longer() {
    let world = world();
    let mut request = request();
    request["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    world
        .faults()
        .always(Fault::Unavailable, |call| call.operation == "UpdateItem");
    let limit = Duration::from_mins(2);
    assert_eq!(send_within(&world, &request, limit).0, 201);
    world.faults().heal();
    world.advance(Duration::from_mins(1));
    assert_eq!(send_within(&world, &request, limit).0, 409);
    world.advance(Duration::from_mins(1));
    assert_eq!(send_within(&world, &request, limit).0, 201);
}

#[test]
fn as_long_as_the_first_one_may_be_at_work_a_repetition_makes_no_other_archive() {
    let world = world();
    let mut request = request();
    request["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    // The first one can't put on record that it is done.
    world
        .faults()
        .always(Fault::Unavailable, |call| call.operation == "UpdateItem");
    assert_eq!(send(&world, &request).0, 201);
    world.faults().heal();
    world.advance(Duration::from_secs(15));
    let (status, problem) = send(&world, &request);
    assert_eq!(
        (status, &problem["type"]),
        (
            409,
            &json!("https://fairlead.dev/problems/request-under-way")
        )
    );
    assert_eq!(world.objects(EXPORTS_BUCKET).len(), 1);
    world.advance(LIMIT);
    assert_eq!(send(&world, &request).0, 201);
}
