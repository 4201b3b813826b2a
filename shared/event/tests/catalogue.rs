//! Schemas, samples and Rust types of the event catalogue say the same.
#![allow(clippy::unwrap_used, reason = "a test stops at once")]

use std::{fs, path::PathBuf};

use event::{
    Cause, Changed, CloudEvent, Data, Decision, ExtensionState, Finished, Pause, RunOutcome,
    Surface, Withdrawal,
};
use identity::{ErasureId, IdentifierKind, MergeId, ProfileId};
use jiff::Timestamp;
use jsonschema::Validator;
use lambda_kit::{clock::Clock, ids::IdSource};
use proptest::prelude::*;
use serde_json::Value;
use tenancy::LegalBasis;
use uuid::Uuid;

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

fn profile_id() -> impl Strategy<Value = ProfileId> {
    any::<u128>().prop_map(|bits| ProfileId::new(Uuid::from_u128(bits)))
}

fn merge_id() -> impl Strategy<Value = MergeId> {
    any::<u128>().prop_map(|bits| MergeId::new(Uuid::from_u128(bits)))
}

fn decision() -> impl Strategy<Value = Decision> {
    let surface = prop::sample::select(vec![Surface::SelfService, Surface::GlobalPrivacyControl]);
    let names = ("[a-z][a-z0-9-]{0,20}", "[a-z][a-z0-9-]{0,20}");
    (
        profile_id(),
        1_u64..1000,
        names,
        "[A-Za-z0-9._-]{1,64}",
        surface,
        since_the_first_form(),
    )
        .prop_map(
            |(profile_id, version, (tenant, purpose), text_version, surface, later)| {
                let (decision_id, legal_basis, language, expires_at, text_sha256) = later;
                Decision {
                    profile_id,
                    version,
                    tenant_id: tenant.parse().unwrap(),
                    purpose: purpose.parse().unwrap(),
                    text_version,
                    text_sha256,
                    surface,
                    decision_id,
                    legal_basis,
                    language,
                    expires_at: expires_at.map(|second| Timestamp::from_second(second).unwrap()),
                    overrides_gpc: false,
                }
            },
        )
}

/// A decision's id, legal basis, language, end and the digest of its text.
type Later = (
    Option<String>,
    Option<LegalBasis>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

/// The members that decisions have had since the second form of their events.
fn since_the_first_form() -> impl Strategy<Value = Later> {
    (
        prop::option::of("dec_[0-9a-f]{32}"),
        prop::option::of(prop::sample::select(&LegalBasis::ALL)),
        prop::option::of("[a-z]{2}-[A-Z]{2}"),
        prop::option::of(0_i64..4_000_000_000),
        prop::option::of("[0-9a-f]{64}"),
    )
}

/// A grant, in spite of a signal or not.
fn grant() -> impl Strategy<Value = Decision> {
    (decision(), any::<bool>()).prop_map(|(decision, overrides_gpc)| Decision {
        overrides_gpc,
        ..decision
    })
}

/// The end of a grant, which has all that its event tells.
fn end() -> impl Strategy<Value = Decision> {
    (decision(), "dec_[0-9a-f]{32}", 0_i64..4_000_000_000).prop_map(|(decision, id, second)| {
        Decision {
            surface: Surface::Expiry,
            decision_id: Some(id),
            legal_basis: Some(LegalBasis::Consent),
            expires_at: Some(Timestamp::from_second(second).unwrap()),
            ..decision
        }
    })
}

fn erasure() -> impl Strategy<Value = Data> {
    let erasure = || (profile_id(), any::<[u8; 16]>().prop_map(ErasureId::new));
    let time = || (0_i64..4_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap());
    let name = || "[a-z][a-z0-9-]{0,20}";
    let because = prop::sample::select(vec![Withdrawal::Person, Withdrawal::Failure]);
    prop_oneof![
        erasure().prop_map(|(profile_id, erasure_id)| Data::ProfileErased {
            profile_id,
            erasure_id,
        }),
        (erasure(), time()).prop_map(|((profile_id, erasure_id), removal_at)| {
            Data::ErasureRequested {
                profile_id,
                erasure_id,
                removal_at,
            }
        }),
        (erasure(), because).prop_map(|((profile_id, erasure_id), because)| {
            Data::ErasureWithdrawn {
                profile_id,
                erasure_id,
                because,
            }
        }),
        (erasure(), name(), name(), time()).prop_map(
            |((profile_id, erasure_id), tenant, partner, acknowledge_by)| Data::ErasureTold {
                profile_id,
                erasure_id,
                tenant_id: tenant.parse().unwrap(),
                partner_id: partner.parse().unwrap(),
                acknowledge_by,
            }
        ),
        (erasure(), name(), name(), time()).prop_map(
            |((profile_id, erasure_id), tenant, partner, acknowledge_by)| Data::ErasureReminded {
                profile_id,
                erasure_id,
                tenant_id: tenant.parse().unwrap(),
                partner_id: partner.parse().unwrap(),
                acknowledge_by,
            }
        ),
        (erasure(), 0_u64..9, 0_u64..9).prop_map(
            |((profile_id, erasure_id), told, acknowledged)| {
                Data::ErasureCompleted {
                    profile_id,
                    erasure_id,
                    told,
                    acknowledged,
                }
            }
        ),
    ]
}

fn finished() -> impl Strategy<Value = Data> {
    let name = || "[a-z][a-z0-9-]{0,63}";
    let outcome = vec![RunOutcome::Success, RunOutcome::Error, RunOutcome::Withheld];
    let said = (
        prop::option::of("[a-z][a-z-]{0,20}"),
        prop::option::of("[A-Za-z0-9+/]{0,99}"),
    );
    (
        (name(), name(), prop::option::of("[A-Za-z0-9._-]{1,32}")),
        (
            "[A-Za-z0-9_-]{1,64}",
            "[a-z.]{1,40}\\.v1",
            prop::option::of(profile_id()),
        ),
        (prop::sample::select(outcome), said),
        (
            any::<u64>(),
            prop::option::of(any::<u64>()),
            prop::option::of(any::<u64>()),
        ),
    )
        .prop_map(
            |(who, on, (outcome, (error, answer)), (duration_ms, fuel, memory_bytes))| {
                Data::ExtensionFinished(Box::new(Finished {
                    tenant_id: who.0.parse().unwrap(),
                    extension: who.1.parse().unwrap(),
                    version: who.2,
                    event_id: on.0,
                    event_type: on.1,
                    profile_id: on.2,
                    outcome,
                    error,
                    answer,
                    duration_ms,
                    fuel,
                    memory_bytes,
                }))
            },
        )
}

fn extension() -> impl Strategy<Value = Data> {
    let name = || "[a-z][a-z0-9-]{0,63}";
    let pause = || {
        (name(), name(), 0_i64..4_000_000_000, "[a-z][a-z-]{0,20}").prop_map(
            |(tenant, extension, second, cause)| Pause {
                tenant_id: tenant.parse().unwrap(),
                extension: extension.parse().unwrap(),
                since: Timestamp::from_second(second).unwrap(),
                cause,
            },
        )
    };
    let version = || prop::option::of("[A-Za-z0-9._-]{1,32}");
    let states = vec![
        ExtensionState::Registering,
        ExtensionState::Active,
        ExtensionState::Disabled,
        ExtensionState::Removing,
        ExtensionState::Removed,
    ];
    let changed = (
        (name(), name()),
        prop::sample::select(states),
        (version(), version()),
        1..u64::MAX,
    );
    prop_oneof![
        finished(),
        pause().prop_map(Data::ExtensionPaused),
        pause().prop_map(Data::ExtensionResumed),
        changed.prop_map(
            |((tenant, extension), state, (active, previous), revision)| {
                Data::ExtensionChanged(Changed {
                    tenant_id: tenant.parse().unwrap(),
                    extension: extension.parse().unwrap(),
                    state,
                    active,
                    previous,
                    revision,
                })
            }
        ),
    ]
}

fn data() -> impl Strategy<Value = Data> {
    let tenant = || prop::option::of("[a-z][a-z0-9-]{0,20}".prop_map(|name| name.parse().unwrap()));
    let kinds = || {
        prop::collection::btree_set(
            prop::sample::select(vec![
                IdentifierKind::Email,
                IdentifierKind::Phone,
                IdentifierKind::CognitoSub,
                IdentifierKind::Social,
                IdentifierKind::External,
                IdentifierKind::Anonymous,
            ]),
            0..3,
        )
    };
    let fields = || {
        prop::collection::btree_set(
            prop::sample::select(vec!["email", "locale", "country", "notices_by_sms"]),
            1..3,
        )
    };
    let more = prop::collection::btree_set(Just(IdentifierKind::External), 1..2);
    prop_oneof![
        (profile_id(), 2_u64..1000, tenant(), more, fields()).prop_map(
            |(profile_id, version, tenant_id, identifiers, fields)| Data::ProfileIdentified {
                profile_id,
                version,
                tenant_id,
                identifiers,
                changed: fields.into_iter().map(str::to_owned).collect(),
            }
        ),
        (profile_id(), tenant(), kinds()).prop_map(|(profile_id, tenant_id, identifiers)| {
            Data::ProfileCreated {
                profile_id,
                version: 1,
                tenant_id,
                identifiers,
            }
        }),
        (profile_id(), 2_u64..1000, tenant(), fields(), any::<bool>()).prop_map(
            |(profile_id, version, tenant_id, fields, with_traits)| {
                let traits = with_traits.then_some(event::TRAITS);
                let changed = fields
                    .into_iter()
                    .chain(traits)
                    .map(str::to_owned)
                    .collect();
                Data::ProfileUpdated {
                    profile_id,
                    version,
                    tenant_id,
                    changed,
                }
            }
        ),
        (profile_id(), tenant()).prop_map(|(profile_id, tenant_id)| {
            Data::ProfileSignedIn {
                profile_id,
                tenant_id,
            }
        }),
        (profile_id(), 2_u64..1000, profile_id(), merge_id()).prop_map(
            |(profile_id, version, absorbed_id, merge_id)| Data::ProfileMerged {
                profile_id,
                version,
                absorbed_id,
                merge_id,
            }
        ),
        (profile_id(), 2_u64..1000, profile_id(), merge_id()).prop_map(
            |(profile_id, version, restored_id, merge_id)| Data::ProfileSplit {
                profile_id,
                version,
                restored_id,
                merge_id,
            }
        ),
        (profile_id(), merge_id()).prop_map(|(profile_id, merge_id)| Data::ProfileSettling {
            profile_id,
            merge_id,
        }),
        erasure(),
        grant().prop_map(Data::ConsentGranted),
        decision().prop_map(Data::ConsentWithdrawn),
        end().prop_map(Data::ConsentExpired),
        extension(),
    ]
}

proptest! {
    #[test]
    fn whatever_the_types_can_say_their_schema_accepts(
        data in data(), seed in any::<u64>(), hops in prop::option::of(1_u8..9),
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
