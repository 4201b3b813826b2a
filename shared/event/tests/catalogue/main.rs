//! Schemas, samples and Rust types of the event catalogue say the same.
#![allow(clippy::unwrap_used, reason = "a test stops at once")]

mod told;

use std::{fs, path::PathBuf};

use event::{Cause, CloudEvent, Data};
use jiff::Timestamp;
use jsonschema::Validator;
use lambda_kit::{clock::Clock, ids::IdSource};
use proptest::prelude::*;
use serde_json::Value;

struct EventType {
    name: String,
    schema: Validator,
    samples: Vec<Value>,
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn catalogue() -> Vec<EventType> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let folders = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // What operators edit in Salesforce is no event of ours: `shared/configuration` holds that.
        .filter(|path| path.is_dir() && !path.ends_with("salesforce"));
    let event_type = |folder: PathBuf| EventType {
        name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
        schema: jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&read(folder.join("schema.json")))
            .unwrap(),
        samples: fs::read_dir(folder.join("samples"))
            .unwrap()
            .map(|entry| read(entry.unwrap().path()))
            .collect(),
    };
    folders.map(event_type).collect()
}

fn schema(kind: &str) -> Validator {
    let found = catalogue()
        .into_iter()
        .find(|event_type| event_type.name == kind);
    found
        .unwrap_or_else(|| panic!("events/{kind} is missing"))
        .schema
}

#[test]
fn every_type_has_samples_that_its_schema_accepts() {
    for event_type in catalogue() {
        assert!(
            !event_type.samples.is_empty(),
            "{} has no sample",
            event_type.name
        );
        for sample in event_type.samples {
            let errors: Vec<String> = event_type
                .schema
                .iter_errors(&sample)
                .map(|error| error.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", event_type.name);
            assert_eq!(sample["type"], event_type.name);
        }
    }
}

#[test]
fn every_sample_reads_as_its_rust_type_and_writes_back_the_same() {
    for event_type in catalogue() {
        for sample in event_type.samples {
            let event: CloudEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            assert_eq!(sample["source"], event.data.source());
        }
    }
}

#[test]
fn a_schema_refuses_what_does_not_belong_there() {
    for event_type in catalogue() {
        let mut sample = event_type.samples.first().unwrap().clone();
        sample["data"]["email"] = "jane@example.com".into();
        assert!(
            !event_type.schema.is_valid(&sample),
            "{} lets personal data in",
            event_type.name
        );
    }
}

proptest! {
    #[test]
    fn whatever_the_types_can_say_their_schema_accepts(
        data in told::data(), seed in any::<u64>(), hops in prop::option::of(1_u8..9),
    ) {
        let clock = Clock::from_fn(|| Timestamp::from_second(1_768_467_600).unwrap());
        let ids = IdSource::seeded(seed, clock.clone());
        let may_be_caused = matches!(data, Data::ProfileUpdated { .. } | Data::ExtensionFinished(_));
        let event = CloudEvent::new(data, &Cause { request_id: "r-1".to_owned() }, &clock, &ids);
        let event = match hops {
            Some(hops) if may_be_caused => event.caused_by(hops, "greeter,other".to_owned()),
            _ => event,
        };
        let json: Value = serde_json::from_str(&event.to_json()).unwrap();
        let schema = schema(json["type"].as_str().unwrap());
        prop_assert!(schema.is_valid(&json), "{json}");
        prop_assert_eq!(serde_json::from_value::<CloudEvent>(json).unwrap(), event);
    }
}
