//! Idempotency keys on a simulated DynamoDB: a request under its key is answered once, also after
//! crashes and lost answers, and who has the table alone can read no answer.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod histories;
mod whose;

use std::{cell::RefCell, time::Duration};

use lambda_kit::{
    aws::CallBudget,
    http::{Request, Response},
    idempotency::{AnswerStore, Key},
    problem::Problem,
};
use serde_json::{Value, json};
use testkit::{Fault, World};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const LEASE: Duration = Duration::from_secs(10);
const DAY: Duration = Duration::from_hours(24);

fn store(world: &World) -> AnswerStore {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    AnswerStore::new(&sdk, "ledger", world.clock(), world.ids())
}

fn request(key: Option<&str>, body: &str) -> Request {
    let mut headers = json!({ "content-type": "application/json" });
    if let Some(key) = key {
        headers["idempotency-key"] = key.into();
    }
    let request = json!({
        "routeKey": "POST /v1/letters",
        "headers": headers,
        "requestContext": { "requestId": "request-1" },
        "body": body,
    });
    serde_json::from_value(request).unwrap()
}

/// A route that notes under which id it was called, and answers with a number of its own.
#[derive(Default)]
struct Route {
    calls: RefCell<Vec<String>>,
}

impl Route {
    fn answer(&self, request: &Request, status: u16) -> Response {
        let mut calls = self.calls.borrow_mut();
        calls.push(request.id().to_owned());
        let body = json!({ "letter": calls.len(), "to": "jane@example.com" });
        let answer = Response::json(status, "application/json", &body);
        answer.header("etag", "\"1\"")
    }

    fn calls(&self) -> usize {
        self.calls.borrow().len()
    }

    fn send(&self, world: &World, holder: &str, request: &Request) -> Response {
        self.send_and_get(world, holder, request, 200)
    }

    fn send_and_get(
        &self,
        world: &World,
        holder: &str,
        request: &Request,
        status: u16,
    ) -> Response {
        let store = store(world);
        let answer = store.once(request, holder, async |request: &Request| {
            Ok::<_, Problem>(self.answer(request, status))
        });
        world.block_on(answer).unwrap_or_else(Response::from)
    }

    /// The world ends for this request once its route has done its work.
    fn send_and_die(&self, world: &World, request: &Request) {
        let store = store(world);
        let answer = store.once(request, "jane", async |request: &Request| {
            self.answer(request, 200);
            std::future::pending::<Result<Response, Problem>>().await
        });
        let cut_off = world.block_on(async {
            tokio::time::timeout(Duration::from_secs(1), answer)
                .await
                .is_err()
        });
        assert!(cut_off);
    }
}

fn kind(response: &Response) -> String {
    let problem: Value = serde_json::from_str(response.body.as_deref().unwrap()).unwrap();
    let kind = problem["type"].as_str().unwrap_or("none");
    kind.rsplit('/').next().unwrap().to_owned()
}

#[test]
fn without_a_key_it_costs_no_call() {
    let (world, route) = (World::new(1), Route::default());
    route.send(&world, "jane", &request(None, "{}"));
    route.send(&world, "jane", &request(None, "{}"));
    assert_eq!((route.calls(), world.trace().len()), (2, 0));
    assert_eq!(*route.calls.borrow(), ["request-1", "request-1"]);
}

#[test]
fn the_same_request_gets_the_first_answer_again() {
    let (world, route) = (World::new(1), Route::default());
    let first = route.send(&world, "jane", &request(Some(KEY), "{}"));
    assert_eq!(world.trace().len(), 2);
    world.advance(Duration::from_hours(23));
    let again = route.send(&world, "jane", &request(Some(KEY), "{}"));
    assert_eq!(world.trace().len(), 3);
    let quoted = format!("\"{KEY}\"");
    let quoted = route.send(&world, "jane", &request(Some(&quoted), "{}"));
    assert_eq!(again, first.header("idempotency-replayed", "true"));
    assert_eq!(quoted, again);
    assert_eq!(route.calls(), 1);
}

#[test]
fn after_a_day_it_is_a_new_request() {
    let (world, route) = (World::new(1), Route::default());
    route.send(&world, "jane", &request(Some(KEY), "{}"));
    world.advance(DAY);
    route.send(&world, "jane", &request(Some(KEY), "other"));
    assert_eq!(route.calls(), 2);
}

#[test]
fn another_request_under_the_key_is_refused_whatever_became_of_the_first() {
    let (world, route) = (World::new(1), Route::default());
    let mine = request(Some(KEY), "{}");
    let other = request(Some(KEY), "{ }");
    route.send_and_die(&world, &mine);
    assert_eq!(
        kind(&route.send(&world, "jane", &other)),
        "idempotency-key-reused"
    );
    world.advance(LEASE);
    assert_eq!(
        kind(&route.send(&world, "jane", &other)),
        "idempotency-key-reused"
    );
    route.send(&world, "jane", &mine);
    let refused = route.send(&world, "jane", &other);
    assert_eq!(refused.status_code, 422);
    assert_eq!(route.calls(), 2);
}

#[test]
fn a_key_is_its_holders_own() {
    let (world, route) = (World::new(1), Route::default());
    for holder in ["jane", "joan"] {
        let answer = route.send(&world, holder, &request(Some(KEY), "{}"));
        assert_eq!(answer.status_code, 200);
    }
    assert_eq!(route.calls(), 2);
}

#[test]
fn what_is_no_key_is_refused_before_anything_is_done() {
    let (world, route) = (World::new(1), Route::default());
    let answer = route.send(&world, "jane", &request(Some("short"), "{}"));
    assert_eq!(answer.status_code, 400);
    assert_eq!(kind(&answer), "invalid-idempotency-key");
    assert_eq!((route.calls(), world.trace().len()), (0, 0));
}

#[test]
fn while_the_first_is_under_way_the_second_is_told_when_to_come_again() {
    let (world, route) = (World::new(1), Route::default());
    let request = request(Some(KEY), "{}");
    let (store, other) = (store(&world), store(&world));
    let slow = store.once(&request, "jane", async |request: &Request| {
        tokio::time::sleep(Duration::from_secs(3)).await;
        Ok::<_, Problem>(route.answer(request, 200))
    });
    let (first, second) = world.block_on(async {
        let impatient = async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            other
                .once(&request, "jane", async |request: &Request| {
                    Ok::<_, Problem>(route.answer(request, 200))
                })
                .await
        };
        tokio::join!(slow, impatient)
    });
    assert_eq!(first.unwrap().status_code, 200);
    let second = Response::from(second.unwrap_err());
    assert_eq!(second.status_code, 409);
    assert_eq!(kind(&second), "request-under-way");
    assert_eq!(second.headers["retry-after"], "9");
    assert_eq!(route.calls(), 1);
}

#[test]
fn of_many_at_once_one_is_answered() {
    for seed in 1..=20 {
        let (world, route) = (World::new(seed), Route::default());
        let request = request(Some(KEY), "{}");
        let stores = [(); 4].map(|()| store(&world));
        let answers = world.block_on(futures_util::future::join_all(stores.iter().map(|store| {
            store.once(&request, "jane", async |request: &Request| {
                Ok::<_, Problem>(route.answer(request, 200))
            })
        })));
        let answered = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(answered >= 1, "seed {seed}");
        assert_eq!(route.calls(), 1, "seed {seed}");
    }
}

#[test]
fn a_request_whose_process_died_is_taken_over_under_the_same_id() {
    let (world, route) = (World::new(1), Route::default());
    let request = request(Some(KEY), "{}");
    route.send_and_die(&world, &request);
    assert_eq!(route.send(&world, "jane", &request).status_code, 409);
    world.advance(LEASE);
    assert_eq!(route.send(&world, "jane", &request).status_code, 200);
    let again = route.send(&world, "jane", &request);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let calls = route.calls.borrow();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0], calls[1]);
    assert!(calls[0].starts_with("idempotent-"), "{}", calls[0]);
}

#[test]
fn who_was_overtaken_changes_nothing_about_the_answer_that_is_kept() {
    let (world, route) = (World::new(1), Route::default());
    let request = request(Some(KEY), "{}");
    let (late, prompt) = (store(&world), store(&world));
    let late = late.once(&request, "jane", async |request: &Request| {
        tokio::time::sleep(LEASE * 2).await;
        Ok::<_, Problem>(route.answer(request, 200))
    });
    let prompt = async {
        tokio::time::sleep(LEASE).await;
        prompt
            .once(&request, "jane", async |request: &Request| {
                Ok::<_, Problem>(route.answer(request, 200))
            })
            .await
    };
    let (late, prompt) = world.block_on(async { tokio::join!(late, prompt) });
    assert!(late.is_ok());
    let again = route.send(&world, "jane", &request);
    assert_eq!(again.body, prompt.unwrap().body);
}

#[test]
fn an_answer_that_blames_us_is_not_kept_and_any_other_is() {
    for (status, calls) in [(503, 2), (500, 2), (404, 1), (409, 1), (204, 1)] {
        let (world, route) = (World::new(1), Route::default());
        let request = request(Some(KEY), "{}");
        for _ in 0..2 {
            let answer = route.send_and_get(&world, "jane", &request, status);
            assert_eq!(answer.status_code, status);
        }
        assert_eq!(route.calls(), calls, "{status}");
    }
}

#[test]
fn an_answer_too_long_to_keep_is_made_anew_under_the_same_id() {
    let world = World::new(1);
    let calls = RefCell::new(Vec::new());
    for length in [40_000, 60_000] {
        calls.borrow_mut().clear();
        let request = request(Some(KEY), &length.to_string());
        let store = store(&world);
        for _ in 0..2 {
            let answer = store.once(&request, "jane", async |request: &Request| {
                calls.borrow_mut().push(request.id().to_owned());
                let answer = Response::json(409, "application/json", &"x".repeat(length));
                Ok::<_, Problem>(answer)
            });
            assert_eq!(world.block_on(answer).unwrap().status_code, 409);
        }
        let calls = calls.borrow();
        if length == 40_000 {
            assert_eq!(calls.len(), 1);
        } else {
            assert_eq!((calls.len(), &calls[0]), (2, &calls[1]));
        }
        world.advance(DAY);
    }
}

#[test]
fn a_lost_acknowledgement_makes_no_difference() {
    for call in 1..=2 {
        let (world, route) = (World::new(1), Route::default());
        world.faults().at(call, Fault::LoseAcknowledgement);
        let request = request(Some(KEY), "{}");
        let first = route.send(&world, "jane", &request);
        let again = route.send(&world, "jane", &request);
        assert_eq!(again.body, first.body);
        assert_eq!(route.calls(), 1);
    }
}

#[test]
fn without_the_ledger_nothing_is_done_and_an_answer_that_can_not_be_kept_is_given() {
    let (world, route) = (World::new(1), Route::default());
    let request = request(Some(KEY), "{}");
    world.faults().always(Fault::Unavailable, |_| true);
    let answer = route.send(&world, "jane", &request);
    assert_eq!((answer.status_code, route.calls()), (503, 0));
    world.faults().heal();
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string().contains("UpdateItem")
    });
    let answer = route.send(&world, "jane", &request);
    assert_eq!((answer.status_code, route.calls()), (200, 1));
}

#[test]
fn a_row_that_no_code_of_ours_wrote_answers_nothing() {
    let (world, route) = (World::new(1), Route::default());
    let request = request(Some(KEY), "{}");
    route.send(&world, "jane", &request);
    for (column, value) in [
        ("answer", json!("AAAA")),
        ("answer", json!(7)),
        ("state", json!("somehow")),
        ("owner", json!("somebody")),
    ] {
        let mut row = world.rows("ledger").pop().unwrap();
        row[column] = value;
        let (other, route) = (World::new(2), Route::default());
        other.put_row("ledger", row);
        let answer = route.send(&other, "jane", &request);
        assert_eq!((answer.status_code, route.calls()), (503, 0), "{column}");
    }
}

#[test]
fn what_repetitions_agree_on_is_what_the_first_one_made_until_one_has_to_change_it() {
    let world = World::new(1);
    let (store, request) = (store(&world), request(Some(KEY), "{}"));
    let key = Key::of(&request, "chandlery").unwrap().unwrap();
    let agree = |made: u32, changes: bool| {
        let agreed = store.agree(
            &key,
            made,
            |agreed, made| if changes { *made } else { agreed },
        );
        world.block_on(agreed).unwrap()
    };
    assert_eq!(agree(1, false), 1);
    assert_eq!(agree(2, false), 1);
    assert_eq!(agree(3, true), 3);
    assert_eq!(agree(4, false), 3);
    assert_eq!(world.trace().len(), 5);
}

#[test]
fn many_at_once_agree() {
    for seed in 1..=20 {
        let world = World::new(seed);
        let request = request(Some(KEY), "{}");
        let key = Key::of(&request, "chandlery").unwrap().unwrap();
        let stores = [(); 4].map(|()| store(&world));
        let agreed = stores.iter().enumerate();
        let agreed = agreed.map(|(n, store)| store.agree(&key, n, |agreed, _| agreed));
        let agreed = world.block_on(futures_util::future::join_all(agreed));
        let first = agreed[0].as_ref().unwrap();
        assert!(agreed.iter().all(|each| each.as_ref().unwrap() == first));
    }
}
