//! Reading records of a simulated Salesforce: by which token, and what is told of refusals.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use lambda_kit::{
    Retry,
    aws::CallBudget,
    config::{ConfigError, Environment},
};
use salesforce::{BUDGET, Page, RecordReader, RestError, Selection};
use serde_json::json;
use testkit::{
    Fault, World,
    engine::{SALESFORCE_SECRET, Salesforce, resource_environment},
};

const HOLIDAY: &str = "a015f00000AbCdEAAV";

/// A world with a holiday in Salesforce, whose secret it knows.
fn world() -> World {
    let world = World::new(1);
    let engines = world.engines();
    engines.put_secret(SALESFORCE_SECRET, &Salesforce::secret());
    let record = json!({
        "Id": HOLIDAY,
        "IsDeleted": false,
        "SystemModstamp": "2026-01-15T08:59:30.000+0000",
        "LastModifiedById": "0055f000005mc66AAA",
        "Name": "Harbour day",
    });
    engines.salesforce().put("Holiday__c", &record);
    world
}

fn reader_with(world: &World, environment: &Environment) -> Result<RecordReader, ConfigError> {
    let aws = world.sdk_config(&CallBudget::BATCH);
    let outside = world.sdk_config(&BUDGET);
    RecordReader::new(environment, &aws, &outside, world.clock())
}

fn reader(world: &World) -> RecordReader {
    reader_with(world, &world.environment()).unwrap()
}

fn read(world: &World, reader: &RecordReader) -> Result<Page, RestError> {
    let selection = Selection::new("Holiday__c", ["Name"]);
    world.block_on(reader.by_ids(&selection, &[HOLIDAY]))
}

#[test]
fn a_token_serves_until_it_is_not_taken_any_more() {
    let world = world();
    let reader = reader(&world);
    let salesforce = world.engines().salesforce();
    for _ in 0..3 {
        assert_eq!(read(&world, &reader).unwrap().records.len(), 1);
    }
    assert_eq!(salesforce.tokens(), 1);
    salesforce.expire_tokens();
    assert_eq!(read(&world, &reader).unwrap().records.len(), 1);
    assert_eq!(salesforce.tokens(), 2);
}

#[test]
fn a_secret_that_is_changed_serves_with_the_next_token() {
    let world = world();
    let reader = reader(&world);
    let engines = world.engines();
    let wrong = json!({ "clientId": "another", "clientSecret": "another" });
    engines.put_secret(SALESFORCE_SECRET, &wrong.to_string());
    let error = read(&world, &reader).unwrap_err();
    let RestError::Service(error) = error else {
        panic!("Salesforce does not know us")
    };
    assert_eq!(error.to_string(), "salesforce:Token failed: Status400");
    // Whoever repairs it does so while the work waits.
    assert_eq!(error.retry, Retry::MayHelp);
    engines.put_secret(SALESFORCE_SECRET, &Salesforce::secret());
    assert!(read(&world, &reader).is_ok());
}

#[test]
fn a_token_that_is_refused_at_once_is_replaced_once() {
    let world = world();
    let reader = reader(&world);
    read(&world, &reader).unwrap();
    world.engines().salesforce().expire_tokens();
    // The new one is not given out.
    world
        .faults()
        .always(Fault::Unavailable, |call| call.operation == "Token");
    assert!(read(&world, &reader).is_err());
    let asked = world.trace().into_iter();
    let asked = asked.filter(|call| call.call.operation == "Token");
    assert_eq!(asked.count(), 2);
}

#[test]
fn of_a_refusal_the_code_alone_is_told() {
    let world = world();
    let reader = reader(&world);
    let selection = Selection::new("Holiday__c", ["Name"]);
    let none = world.block_on(reader.by_ids(&selection, &["no id"]));
    assert!(matches!(none, Err(RestError::Query(_))));
    read(&world, &reader).unwrap();
    world
        .faults()
        .always(Fault::Throttle, |call| call.operation == "QueryAll");
    let RestError::Service(error) = read(&world, &reader).unwrap_err() else {
        panic!("Salesforce has too much to do")
    };
    assert_eq!(error.retry, Retry::MayHelp);
    assert!(!error.to_string().contains(HOLIDAY), "{error}");
}

#[test]
fn the_secret_goes_nowhere_without_tls() {
    let world = world();
    for url in [
        "http://harbour.my.salesforce.com",
        "harbour.my.salesforce.com",
        "ftp://x",
    ] {
        let pairs = resource_environment().into_iter().map(|(name, value)| {
            let is_url = name == "SALESFORCE_URL";
            (name, if is_url { url.to_owned() } else { value })
        });
        let refused = reader_with(&world, &Environment::from_pairs(pairs));
        assert!(
            matches!(
                refused,
                Err(ConfigError::Invalid {
                    name: "SALESFORCE_URL",
                    ..
                })
            ),
            "{url}"
        );
    }
}

#[test]
fn neither_the_secret_nor_a_token_is_shown() {
    let world = world();
    let reader = reader(&world);
    read(&world, &reader).unwrap();
    let shown = format!("{reader:?}");
    for secret in ["simulated-token", "simulated-secret-of-salesforce"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}
