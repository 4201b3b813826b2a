//! Requests in any order, as they may come again.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use proptest::prelude::*;
use serde_json::json;
use testkit::World;

use crate::{LEASE, Route, store};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However often, and with whatever going wrong between, requests are sent: each is done once
    /// under its key unless its process died, and always answered by what was kept first.
    #[test]
    fn whatever_is_sent_again_in_any_order_is_answered_by_what_was_kept_first(
        sends in proptest::collection::vec((0..3_usize, 0..3_usize, any::<bool>()), 1..12),
    ) {
        let world = World::new(1);
        let routes: [Route; 3] = Default::default();
        let mut kept: [Option<(usize, Response)>; 3] = [None, None, None];
        for (key, body, dies) in sends {
            let text = format!("key number {key} of the test");
            let request = crate::request(Some(&format!("\"{text}\"")), &body.to_string());
            let route = &routes[key];
            let before = route.calls();
            if let Some((first, answer)) = &kept[key] {
                let again = route.send(&world, "jane", &request);
                if *first == body {
                    prop_assert_eq!(&again.body, &answer.body);
                } else {
                    prop_assert_eq!(again.status_code, 422);
                }
                prop_assert_eq!(route.calls(), before);
            } else if dies && before == 0 {
                route.send_and_die(&world, &request);
                // Its owner is dead, and only the same request may take over.
                world.advance(LEASE);
                kept[key] = None;
                let other = crate::request(Some(&format!("\"{text}\"")), "another");
                prop_assert_eq!(route.send(&world, "jane", &other).status_code, 422);
                let answer = route.send(&world, "jane", &request);
                prop_assert_eq!(answer.status_code, 200);
                kept[key] = Some((body, answer));
            } else {
                let answer = route.send(&world, "jane", &request);
                prop_assert_eq!(answer.status_code, 200);
                kept[key] = Some((body, answer));
            }
        }
    }

    /// No part of the key, of the question or of the answer stands in the table.
    #[test]
    fn who_has_the_table_alone_reads_nothing(secret in "[a-z]{16}", name in "[A-Z]{12}") {
        let world = World::new(1);
        let store = store(&world);
        let request = crate::request(Some(&secret), &name);
        let holder = format!("holder {name}");
        let answer = store.once(&request, &holder, async |_: &Request| {
            Ok::<_, Problem>(Response::json(200, "application/json", &name))
        });
        world.block_on(answer).unwrap();
        let table = json!(world.rows("ledger")).to_string();
        prop_assert!(!table.contains(&secret) && !table.contains(&name));
    }
}
