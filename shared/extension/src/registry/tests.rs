//! What holds of an extension and of a host whatever happens to them in whichever order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use tenancy::{ExtensionName, TenantId};

use super::{
    Change, CodeAt, Extension, ExtensionState, ExtensionVersion, Host, HostState, NewVersion,
    Refused, Resources, VersionState,
};
use crate::{Manifest, Problem, Version};

const VERSIONS: [&str; 4] = ["1", "2", "3", "4"];

/// Something that is done to an extension.
#[derive(Debug, Clone, Copy)]
enum Act {
    Activate(usize),
    RollBack,
    Disable,
    Enable,
    Remove,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..VERSIONS.len()).prop_map(Act::Activate),
        3 => Just(Act::RollBack),
        2 => Just(Act::Disable),
        2 => Just(Act::Enable),
        1 => Just(Act::Remove),
    ]
}

fn names() -> (TenantId, ExtensionName) {
    ("acme".parse().unwrap(), "greeter".parse().unwrap())
}

fn change(request: &str) -> Change<'_> {
    Change {
        by: "operator",
        request,
        at: Timestamp::from_second(1_768_467_600).unwrap(),
    }
}

fn manifest(version: &str) -> Manifest {
    let text = format!(
        "name = \"greeter\"\nversion = \"{version}\"\nkind = \"wasm\"\ncode = \"greeter.wasm\"\n\
         events = [\"com.acme.seen.v1\"]\n"
    );
    Manifest::parse(&text).unwrap()
}

fn begun(version: &str) -> ExtensionVersion {
    let (tenant, name) = names();
    let new = NewVersion {
        tenant: &tenant,
        name: &name,
        manifest: &manifest(version),
        digest: "00",
        package_key: "packages/acme/greeter/00.zip",
        upload: "upl_1",
    };
    ExtensionVersion::begun(&new, None, change("upl_1"))
}

fn ready(version: &str) -> ExtensionVersion {
    begun(version).ready(CodeAt::Wasm {
        module_sha256: "00".to_owned(),
        code_key: "code/acme/greeter/00.wasm".to_owned(),
        compiled_key: "compiled/acme/greeter/00-x.cwasm".to_owned(),
    })
}

/// What becomes of an extension; `None` if nothing does.
fn acted(extension: &Extension, act: Act) -> Result<Option<Extension>, Refused> {
    match act {
        Act::Activate(n) => extension.activated(&ready(VERSIONS[n]), change("r")),
        Act::RollBack => {
            let back = extension.back_to()?.clone();
            extension.activated(&ready(back.as_str()), change("r"))
        }
        Act::Disable => extension.disabled(change("r")),
        Act::Enable => extension.enabled(change("r")),
        Act::Remove => Ok(extension.removing(change("r"))),
    }
}

fn new() -> Extension {
    let (tenant, name) = names();
    Extension::begun(&tenant, &name, change("r"))
}

proptest! {
    #[test]
    fn whatever_happens_what_runs_is_a_version_and_what_is_gone_back_to_another_one(
        acts in proptest::collection::vec(act(), 0..40),
    ) {
        let mut extension = new();
        for act in acts {
            let before = extension.clone();
            if let Ok(Some(next)) = acted(&extension, act) {
                prop_assert_eq!(next.revision, before.revision + 1);
                extension = next;
            } else { prop_assert_eq!(&extension, &before) }
            let runs = matches!(extension.state, ExtensionState::Active | ExtensionState::Disabled);
            prop_assert!(!runs || extension.active.is_some());
            prop_assert!(extension.previous.is_none() || extension.previous != extension.active);
            prop_assert_eq!(extension.active.is_some(), extension.kind.is_some());
            prop_assert!(extension.told <= extension.revision);
            if before.state == ExtensionState::Removing {
                prop_assert_eq!(extension.state, ExtensionState::Removing);
            }
            if before.state == ExtensionState::Disabled && !matches!(act, Act::Enable | Act::Remove) {
                prop_assert_eq!(extension.state, ExtensionState::Disabled);
            }
        }
    }

    #[test]
    fn going_back_twice_is_where_one_was(acts in proptest::collection::vec(act(), 0..20)) {
        let mut extension = new();
        for act in acts {
            if let Ok(Some(next)) = acted(&extension, act) {
                extension = next;
            }
        }
        if let Ok(Some(back)) = acted(&extension, Act::RollBack) {
            let again = acted(&back, Act::RollBack).unwrap().unwrap();
            prop_assert_eq!((again.active, again.previous), (extension.active, extension.previous));
        }
    }

    #[test]
    fn a_host_is_there_for_as_many_as_came_and_did_not_go(comings in proptest::collection::vec(any::<bool>(), 0..40)) {
        let mut host = Host::begun(&names().0);
        let mut there = 1_u32;
        for is_coming in comings {
            if is_coming {
                if let Some(next) = host.with_one_more() {
                    there += 1;
                    host = next;
                } else { prop_assert_eq!(there, 0) }
            } else if there > 0 {
                there -= 1;
                host = host.with_one_less();
            }
            prop_assert_eq!(host.extensions, there);
            prop_assert_eq!(host.state == HostState::Removing, there == 0);
        }
    }

    #[test]
    fn a_row_reads_back_as_it_was_written(acts in proptest::collection::vec(act(), 0..10)) {
        let mut extension = new();
        for act in acts {
            if let Ok(Some(next)) = acted(&extension, act) {
                extension = next;
            }
        }
        let row = serde_json::to_value(&extension).unwrap();
        prop_assert_eq!(serde_json::from_value::<Extension>(row).unwrap(), extension);
    }
}

#[test]
fn only_what_is_ready_runs() {
    let extension = new();
    for version in [begun("1"), begun("1").refused(vec![Problem::new("", "x")])] {
        assert_eq!(
            extension.activated(&version, change("r")),
            Err(Refused::NotReady)
        );
    }
    assert_eq!(extension.enabled(change("r")), Err(Refused::NothingReady));
    assert_eq!(extension.back_to(), Err(Refused::NoPrevious));
}

#[test]
fn a_version_reads_back_with_its_manifest() {
    let version = ready("1");
    let row = serde_json::to_value(&version).unwrap();
    assert!(row["manifest"].is_string());
    assert_eq!(
        serde_json::from_value::<ExtensionVersion>(row).unwrap(),
        version
    );
    assert_eq!(version.state, VersionState::Ready);
}

#[test]
fn a_host_that_is_on_its_way_out_becomes_ready_by_no_means() {
    let host = Host::begun(&names().0).with_one_less();
    let resources = Resources {
        queue_url: String::new(),
        queue_arn: String::new(),
        fifo_url: None,
        fifo_arn: None,
        dead_letters_url: String::new(),
        dead_letters_arn: String::new(),
        function_arn: String::new(),
        role_arn: String::new(),
    };
    assert_eq!(host.ready(resources.clone(), "x".to_owned()), None);
    let ready = Host::begun(&names().0)
        .ready(resources.clone(), "x".to_owned())
        .unwrap();
    assert_eq!(ready.ready(resources.clone(), "x".to_owned()), None);
    assert!(ready.ready(resources, "y".to_owned()).is_some());
    let row = serde_json::to_value(&ready).unwrap();
    let keys: BTreeMap<String, serde_json::Value> = serde_json::from_value(row.clone()).unwrap();
    assert!(keys.contains_key("queue_url"), "{keys:?}");
    assert_eq!(serde_json::from_value::<Host>(row).unwrap(), ready);
    assert_eq!("1".parse::<Version>().unwrap().as_str(), "1");
}
