//! How many events extension-dispatch gives to tenants' code, and with how much of a processor; and what a host has
//! resident. The handlers on the simulated engines, in real time; what the engines take is told apart.

use std::time::{Duration, Instant};

use lambda_kit::{Invocation, aws::CallBudget, clock::Clock, config::Environment, ids::IdSource};
use serde_json::{Value, json, value::to_raw_value};
use testkit::engine::{Engines, queue_url, resource_environment};

use crate::ingest::{
    SUBJECT,
    direct::{Direct, thread_time},
    resident, runtime,
};

/// As many tenants have code of their own.
const TENANTS: usize = 100;

/// As many messages as a function gets at once.
const BATCH: usize = 10;

/// After as many batches the engines begin anew.
const BATCHES_OF_ENGINES: usize = 50;

/// What is dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Events {
    /// Each is about somebody, wanted by one extension, decided on and on record.
    Given,
    /// Nobody's code wants them.
    Unwanted,
}

/// What it came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    /// Events in a second, with the engines.
    pub events_a_second: f64,
    /// What an event takes of a processor, without the engines.
    pub function: Duration,
    /// And what the engines take for it.
    pub engines: Duration,
}

/// Has `batches` of ten dispatched on one thread.
#[must_use]
pub fn measure(events: Events, batches: usize) -> Measured {
    let clock = Clock::system();
    let direct = Direct::new(scene(&clock));
    let environment = Environment::from_pairs(resource_environment());
    let sdk = direct.sdk_config(&CallBudget::BATCH);
    let ids = IdSource::system(clock.clone());
    let app = extension_dispatch::App::new(&environment, &sdk, clock.clone(), ids);
    let app = app.expect("the environment is whole");
    let runtime = runtime();
    let (mut took, mut processor, mut engines) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for batch in 0..batches + BATCHES_OF_ENGINES {
        if batch % BATCHES_OF_ENGINES == 0 {
            direct.replace(scene(&clock));
        }
        let request = to_raw_value(&records(events, batch)).expect("it is JSON");
        let spent = direct.spent();
        let (start, began) = (Instant::now(), thread_time());
        let answer = runtime.block_on(extension_dispatch::handle(
            &app,
            &request,
            invocation(&clock),
        ));
        let answer = answer.expect("it is a batch");
        assert_eq!(answer.batch_item_failures, [], "a message fails");
        // The first ones warm it.
        if batch >= BATCHES_OF_ENGINES {
            took += start.elapsed();
            processor += thread_time().saturating_sub(began);
            engines += direct.spent().saturating_sub(spent);
        }
    }
    let count = u32::try_from(batches * BATCH).unwrap_or(u32::MAX);
    Measured {
        events_a_second: f64::from(count) / took.as_secs_f64(),
        function: processor.saturating_sub(engines) / count,
        engines: engines / count,
    }
}

/// What a process has resident before a host is made, once it is, and after `batches` of ten were run by functions
/// of their own, in KiB.
#[must_use]
pub fn host_memory(batches: usize) -> [u64; 3] {
    let before = resident();
    let clock = Clock::system();
    let direct = Direct::new(scene(&clock));
    let environment = Environment::from_pairs(resource_environment());
    let sdk = direct.sdk_config(&CallBudget::BATCH);
    let ids = IdSource::system(clock.clone());
    let app = extension_host::App::new(&environment, &sdk, clock.clone(), ids);
    let app = app.expect("the environment is whole");
    let made = resident();
    let runtime = runtime();
    for batch in 0..batches {
        let messages = (0..BATCH).map(|number| {
            json!({ "messageId": number.to_string(), "body": format!("{batch}-{number}") })
        });
        let request = json!({ "Records": messages.collect::<Vec<Value>>() });
        let request = to_raw_value(&request).expect("it is JSON");
        let answer = runtime.block_on(extension_host::handle(&app, &request, invocation(&clock)));
        drop(answer);
    }
    [before, made, resident()]
}

fn invocation(clock: &Clock) -> Invocation {
    Invocation {
        request_id: "request".to_owned(),
        deadline: clock.now() + jiff::SignedDuration::from_secs(30),
    }
}

fn tenant(number: usize) -> String {
    format!("tenant-{}", number % TENANTS)
}

/// A batch of events that nobody brought before, of ten tenants.
fn records(events: Events, batch: usize) -> Value {
    let records = (0..BATCH).map(|number| {
        let number = batch * BATCH + number;
        let kind = match events {
            Events::Given => "dev.fairlead.consent.granted.v1",
            Events::Unwanted => "dev.fairlead.consent.withdrawn.v1",
        };
        let event = json!({
            "specversion": "1.0", "id": format!("evt_{number:032x}"), "source": "dev.fairlead.consent",
            "type": kind, "subject": SUBJECT, "time": "2026-01-15T09:00:00Z",
            "datacontenttype": "application/json", "correlationid": "request",
            "data": {
                "profile_id": SUBJECT, "version": 1, "tenant_id": tenant(number), "purpose": "newsletter",
                "text_version": "2026-01", "surface": "self-service",
            },
        });
        json!({ "messageId": number.to_string(), "body": json!({ "detail": event }).to_string() })
    });
    json!({ "Records": records.collect::<Vec<Value>>() })
}

/// Tenants whose code wants grants, and somebody who agreed to all of them.
fn scene(clock: &Clock) -> Engines {
    let engines = Engines::new(clock);
    let at = "2026-01-01T00:00:00Z";
    for number in 0..TENANTS {
        let tenant = tenant(number);
        let queue = format!("extension-{tenant}");
        engines.make_queue(&queue);
        let url = queue_url(&queue);
        let rows = [
            json!({
                "tenant": tenant, "part": "purpose#newsletter", "display_name": "newsletter",
                "legal_basis": "consent", "text_versions": ["2026-01"],
            }),
            json!({
                "tenant": tenant, "part": "extension-host", "state": "ready", "extensions": 1, "ordered": false,
                "queue_url": url, "queue_arn": "arn", "dead_letters_url": "dead", "dead_letters_arn": "arn",
                "function_arn": "arn", "role_arn": "arn", "revision": 1,
            }),
            json!({
                "tenant": tenant, "part": "extension#greeter", "name": "greeter", "state": "active",
                "active": "1.0.0", "kind": "wasm", "events": ["dev.fairlead.consent.granted.v1"],
                "purpose": "newsletter", "ordered": false, "timeout_ms": 1000, "revision": 2, "told": 2,
                "created_at": at, "changed_at": at, "changed_by": "operator", "last_request": "r-1",
            }),
        ];
        for row in rows {
            engines.put_row("directory", &row);
        }
        let consent = json!({
            "profile_id": SUBJECT, "part": format!("consent#{tenant}#newsletter"), "tenant": tenant,
            "purpose": "newsletter", "ruling": "granted", "text_version": "2026-01",
            "surface": "self-service", "decided_at": at, "version": 1,
        });
        engines.put_row("profiles", &consent);
    }
    let tenants: Vec<String> = (0..TENANTS).map(tenant).collect();
    let profile = json!({
        "profile_id": SUBJECT, "part": "profile", "version": 3, "fields": {}, "tenants": tenants,
        "created_at": at, "updated_at": at, "last_request": "an earlier request",
    });
    engines.put_row("profiles", &profile);
    engines
}
