use std::time::Duration;

use lambda_kit::aws::CallBudget;
use partner_api::App;
use serde_json::{Value, json};
use testkit::{Fault, World, tokens::Token};

use crate::{
    JANE, app, assert_problem, batch, by_id, posted, receipts, resolve, send, send_to, world,
};

fn limit(world: &World, requests_per_minute: u32) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "partner#chandlery",
            "display_name": "The Chandlery",
            "requests_per_minute": requests_per_minute,
        }),
    );
}

fn people(n: usize) -> Value {
    vec![json!({ "profile_id": JANE }); n].into()
}

#[test]
fn a_partner_at_its_limit_is_told_when_to_come_again_and_nothing_is_decided() {
    let world = world(1);
    limit(&world, 100);
    let app = app(&world);
    world.advance(Duration::from_secs(15));
    let answer = send_to(&app, &world, &batch(&world, &people(99)));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(
        answer["headers"]["ratelimit-policy"],
        "\"partner\";q=100;w=60"
    );
    assert_eq!(answer["headers"]["ratelimit"], "\"partner\";r=1;t=45");
    let last = send_to(&app, &world, &by_id(&world, JANE));
    assert_eq!(last["headers"]["ratelimit"], "\"partner\";r=0;t=45");
    let (before, decided) = (world.trace().len(), receipts(&world).len());
    for request in [
        by_id(&world, JANE),
        resolve(&world, &json!({ "email": "jane@example.com" })),
        batch(&world, &people(2)),
    ] {
        let refused = send_to(&app, &world, &request);
        assert_problem(&refused, 429, "rate-limited", None);
        assert_eq!(refused["headers"]["retry-after"], "45");
    }
    assert_eq!(
        (world.trace().len(), receipts(&world).len()),
        (before, decided)
    );
    world.advance(Duration::from_secs(45));
    let answer = send_to(&app, &world, &by_id(&world, JANE));
    assert_eq!(answer["statusCode"], 200);
}

#[test]
fn however_many_processes_there_are_they_keep_the_limit_together() {
    let world = world(1);
    limit(&world, 200);
    let processes: Vec<App> = (0..20).map(|_| app(&world)).collect();
    let mut answered = 0;
    for round in 0..30 {
        for app in &processes {
            let answer = send_to(app, &world, &by_id(&world, JANE));
            answered += u32::from(answer["statusCode"] == 200);
        }
        assert!(answered <= 200, "after round {round}");
    }
    // What they hold back from each other is at most a share for each of them.
    assert!(answered > 200 - 20 * 4, "{answered}");
}

#[test]
fn a_steady_partner_asks_the_ledger_seldom() {
    let world = world(1);
    let app = app(&world);
    for _ in 0..600 {
        send_to(&app, &world, &by_id(&world, JANE));
    }
    let calls = world
        .trace()
        .into_iter()
        .map(|traced| traced.call.to_string());
    let leases = calls.filter(|call| call.starts_with("dynamodb:UpdateItem ledger"));
    assert_eq!(leases.count(), 4);
}

#[test]
fn another_partner_has_a_limit_of_its_own() {
    let world = world(1);
    limit(&world, 100);
    let app = app(&world);
    send_to(&app, &world, &batch(&world, &people(100)));
    world.put_row("directory", Token::client_row("harbour", "shop", "letters"));
    let mut of_another = by_id(&world, JANE);
    let token = Token::machine(world.clock().now(), "harbour", "shop", "letters");
    of_another["headers"]["authorization"] = token.scope("fairlead/profile.read").bearer().into();
    assert_eq!(send_to(&app, &world, &of_another)["statusCode"], 403);
    assert_eq!(
        send_to(&app, &world, &by_id(&world, JANE))["statusCode"],
        429
    );
}

#[test]
fn what_can_not_be_read_does_not_count() {
    let world = world(1);
    limit(&world, 100);
    for _ in 0..200 {
        let request = posted(&world, "POST /v1/profiles/batch", "{}");
        assert_eq!(send(&world, &request)["statusCode"], 400);
    }
    assert!(world.rows("ledger").is_empty());
}

#[test]
fn while_the_ledger_is_down_partners_are_served_a_share_at_a_time() {
    let world = world(1);
    limit(&world, 100);
    let app = app(&world);
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string().contains("ledger")
    });
    for _ in 0..150 {
        assert_eq!(
            send_to(&app, &world, &by_id(&world, JANE))["statusCode"],
            200
        );
    }
    world.faults().heal();
    assert_eq!(
        send_to(&app, &world, &by_id(&world, JANE))["statusCode"],
        200
    );
}

#[test]
fn a_share_whose_acknowledgement_is_lost_is_taken_once() {
    let world = world(1);
    limit(&world, 100);
    world.faults().once(Fault::LoseAcknowledgement, |call| {
        call.to_string().contains("ledger")
    });
    send(&world, &batch(&world, &people(60)));
    assert_eq!(world.rows("ledger")[0]["taken"], 60);
    assert_eq!(send(&world, &batch(&world, &people(40)))["statusCode"], 200);
    assert_eq!(send(&world, &by_id(&world, JANE))["statusCode"], 429);
}

#[test]
fn a_partner_whose_row_says_nothing_of_it_has_the_usual_limit() {
    let world = world(1);
    let answer = send(&world, &by_id(&world, JANE));
    let usual = "\"partner\";q=3000;w=60";
    assert_eq!(answer["headers"]["ratelimit-policy"], usual);
}

#[test]
fn a_partner_whose_row_can_not_be_read_has_the_usual_limit_too() {
    let world = world(1);
    limit(&world, 5);
    let answer = send(&world, &by_id(&world, JANE));
    let usual = "\"partner\";q=3000;w=60";
    assert_eq!(answer["headers"]["ratelimit-policy"], usual);
}

#[test]
fn processes_that_ask_at_once_keep_the_limit() {
    for seed in 1..=10 {
        let world = world(seed);
        limit(&world, 100);
        let apps: Vec<App> = (0..8)
            .map(|_| {
                let sdk = world.sdk_config(&CallBudget::HTTP);
                App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap()
            })
            .collect();
        let request = serde_json::value::to_raw_value(&batch(&world, &people(30))).unwrap();
        let answers = apps.iter().map(|app| {
            partner_api::handle(app, &request, world.invocation(Duration::from_secs(10)))
        });
        let answers = world.block_on(futures_util::future::join_all(answers));
        let granted = answers
            .into_iter()
            .filter(|answer| answer.as_ref().unwrap().status_code == 200);
        assert_eq!(granted.count(), 3, "seed {seed}");
        assert_eq!(world.rows("ledger")[0]["taken"], 90);
    }
}
