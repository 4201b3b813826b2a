//! What events can say, made at random.

use event::{
    Changed, Data, Decision, ExtensionState, Finished, Pause, RunOutcome, Surface, Withdrawal,
};
use identity::{ErasureId, IdentifierKind, MergeId, ProfileId};
use jiff::Timestamp;
use proptest::prelude::*;
use tenancy::LegalBasis;
use uuid::Uuid;

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

/// Whatever an event of ours can say.
pub(crate) fn data() -> impl Strategy<Value = Data> {
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
        (profile_id(), "[a-z][a-z0-9-]{0,20}").prop_map(|(profile_id, tenant)| {
            Data::ProfileNoticeTested {
                profile_id,
                tenant_id: tenant.parse().unwrap(),
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
