use serde_json::{Value, json};

use crate::{JANE, assert_problem, by_id, every_route, receipts, request, send, world};

fn altered(change: impl Fn(&mut Value)) -> Vec<(testkit::World, Value)> {
    let routes = every_route(&world(1)).len();
    (0..routes)
        .map(|route| {
            let world = world(1);
            let mut request = every_route(&world)[route].clone();
            change(&mut request);
            (world, request)
        })
        .collect()
}

#[test]
fn a_read_names_a_purpose_that_the_tenant_defined() {
    for (world, asked) in altered(|request| {
        let headers = request["headers"].as_object_mut().unwrap();
        headers.remove("fairlead-purpose");
    }) {
        assert_problem(&send(&world, &asked), 400, "purpose-needed", None);
        assert!(receipts(&world).is_empty());
    }
    for purpose in ["", "Newsletter", "unheard-of", "newsletter, survey"] {
        for (world, asked) in
            altered(|request| request["headers"]["fairlead-purpose"] = purpose.into())
        {
            let answer = send(&world, &asked);
            assert_problem(&answer, 400, "unknown-purpose", Some("Fairlead-Purpose"));
            assert!(receipts(&world).is_empty());
        }
    }
}

#[test]
fn a_reason_is_short_and_printable() {
    for reason in ["", "  ", "a\u{7}b", "größer", &"x".repeat(129)] {
        for (world, asked) in
            altered(|request| request["headers"]["fairlead-reason"] = reason.into())
        {
            let answer = send(&world, &asked);
            assert_problem(&answer, 400, "invalid-field", Some("Fairlead-Reason"));
            assert!(receipts(&world).is_empty());
        }
    }
}

#[test]
fn groups_of_fields_go_by_their_names() {
    for fields in ["", "names,", "email", "names contacts", "NAMES"] {
        for (world, asked) in
            altered(|request| request["queryStringParameters"] = json!({ "fields": fields }))
        {
            let answer = send(&world, &asked);
            assert_problem(&answer, 400, "invalid-field", Some("fields"));
            assert!(receipts(&world).is_empty());
        }
    }
}

#[test]
fn an_id_that_can_be_nobodys_is_refused_before_it_costs_anything() {
    let world = world(1);
    for id in ["jane", "prf_", "me", &JANE.to_uppercase()] {
        let answer = send(&world, &by_id(&world, id));
        assert_problem(&answer, 400, "invalid-field", Some("profile_id"));
    }
    let tables = world.trace().into_iter();
    let tables = tables.filter(|traced| traced.call.service == testkit::Service::DynamoDb);
    assert_eq!(tables.count(), 0);
}

#[test]
fn a_body_is_json_of_a_reasonable_size() {
    let world = world(1);
    for asked in &every_route(&world)[1..] {
        let mut text = asked.clone();
        text["headers"]["content-type"] = "text/plain".into();
        assert_problem(&send(&world, &text), 415, "media-type", None);
        let mut large = asked.clone();
        large["body"] = " ".repeat(65_537).into();
        assert_problem(&send(&world, &large), 413, "body-too-large", None);
        let mut broken = asked.clone();
        broken["isBase64Encoded"] = true.into();
        broken["body"] = "%".into();
        assert_problem(&send(&world, &broken), 400, "malformed-body", None);
    }
}

#[test]
fn any_other_route_is_not_found() {
    let world = world(1);
    for route in [
        "GET /v1/profiles",
        "PUT /v1/profiles/{profile_id}",
        "$default",
    ] {
        let mut asked = request(&world, "GET /v1/profiles");
        asked["routeKey"] = route.into();
        assert_problem(&send(&world, &asked), 404, "no-such-route", None);
    }
}
