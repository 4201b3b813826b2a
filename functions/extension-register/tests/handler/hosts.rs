//! What runs a tenant's extensions.

use serde_json::{Value, json};

use super::{
    rows,
    scene::{Kind, Scene},
};

const HOST: &str = "fairlead-simulated-extension-host-acme";

fn named<'a>(all: &'a [Value], name: &str) -> &'a Value {
    all.iter().find(|each| each["name"] == name).unwrap()
}

#[test]
fn a_host_is_the_tenants_alone_and_its_role_stays_within_the_boundary() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    let engines = scene.world.engines();
    let roles = engines.roles();
    let role = named(&roles, HOST);
    assert!(
        role["boundary"]
            .as_str()
            .unwrap()
            .ends_with(":policy/fairlead-simulated-extension-boundary")
    );
    assert_eq!(role["tags"], json!({ "fairlead:tenant": "acme" }));
    let policy = role["policies"]["extension"].to_string();
    assert!(!policy.contains("${"), "{policy}");
    for theirs in [
        "compiled/acme/*",
        ":fairlead-simulated-extension-of-acme\"",
        "extension-run#acme#*",
        "function:fairlead-simulated-x-acme_*",
    ] {
        assert!(policy.contains(theirs), "{theirs} is not in {policy}");
    }
    let functions = engines.functions().described();
    let function = named(&functions, HOST);
    assert_eq!(
        function["configuration"]["Environment"]["Variables"]["TENANT"],
        "acme"
    );
    assert_eq!(
        function["configuration"]["LoggingConfig"]["LogGroup"],
        "/fairlead/simulated/extension-host-acme"
    );
    assert_eq!(function["tags"], json!({ "fairlead:tenant": "acme" }));
    let queues = engines.made_queues();
    assert_eq!(queues.len(), 2);
    let redrive = named(&queues, "extension-of-acme")["attributes"]["RedrivePolicy"]
        .as_str()
        .unwrap();
    assert!(
        redrive.contains("fairlead-simulated-extension-of-acme-dead"),
        "{redrive}"
    );
    let mappings = engines.functions().mappings();
    assert_eq!(mappings.len(), 1);
    assert_eq!(
        mappings[0]["settings"]["FunctionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
    assert_eq!(
        named(
            &engines.log_groups(),
            "/fairlead/simulated/extension-host-acme"
        )["days"],
        3
    );
}

#[test]
fn a_queue_in_order_comes_with_the_first_that_asks_for_it_and_stays() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    scene.push("acme", "greeter", "1.1.0", Kind::Ordered);
    scene.push("acme", "greeter", "1.2.0", Kind::Wasm);
    let engines = scene.world.engines();
    let queues = engines.made_queues();
    assert_eq!(
        named(&queues, "extension-of-acme.fifo")["attributes"]["FifoQueue"],
        "true"
    );
    assert_eq!((queues.len(), engines.functions().mappings().len()), (4, 2));
    let host = &rows(&scene, "extension-host")[0];
    assert!(
        host["fifo_url"]
            .as_str()
            .unwrap()
            .strip_suffix(".fifo")
            .is_some()
    );
    let functions = engines.functions().described();
    let told =
        &named(&functions, HOST)["configuration"]["Environment"]["Variables"]["TENANT_FIFO_URL"];
    assert_eq!(*told, host["fifo_url"]);
}

#[test]
fn a_tenant_has_one_host_however_many_extensions_and_no_other_tenants() {
    let scene = Scene::new();
    for (tenant, name) in [
        ("acme", "greeter"),
        ("acme", "counter"),
        ("acme-north", "greeter"),
    ] {
        scene.push(tenant, name, "1", Kind::Wasm);
    }
    let engines = scene.world.engines();
    assert_eq!((engines.roles().len(), engines.made_queues().len()), (2, 4));
    let hosts = rows(&scene, "extension-host");
    let counts: Vec<&Value> = hosts.iter().map(|host| &host["extensions"]).collect();
    assert_eq!(counts, [&json!(2), &json!(1)]);
    let roles = engines.roles();
    let policy = named(&roles, HOST)["policies"]["extension"].to_string();
    assert!(!policy.contains("acme-north"), "{policy}");
}

#[test]
fn code_with_a_function_of_its_own_can_do_nothing_but_write_its_logs() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Lambda);
    let engines = scene.world.engines();
    let name = "fairlead-simulated-x-acme_greeter";
    let functions = engines.functions().described();
    let function = named(&functions, name);
    let configuration = &function["configuration"];
    assert_eq!(
        (
            &configuration["Runtime"],
            &configuration["Handler"],
            &configuration["Timeout"],
            &configuration["MemorySize"]
        ),
        (
            &json!("python3.13"),
            &json!("main.handle"),
            &json!(3),
            &json!(256)
        )
    );
    assert_eq!(function["reserved"], 2);
    assert_eq!(
        function["tags"],
        json!({ "fairlead:tenant": "acme", "fairlead:extension": "greeter" })
    );
    let roles = engines.roles();
    let statements = &named(&roles, name)["policies"]["extension"]["Statement"];
    assert_eq!(statements.as_array().unwrap().len(), 1);
    assert_eq!(
        statements[0]["Action"],
        json!(["logs:CreateLogStream", "logs:PutLogEvents"])
    );
    let version = &rows(&scene, "extension-version#")[0];
    let arn = version["code"]["lambda"]["function_arn"].as_str().unwrap();
    assert!(
        arn.ends_with(":function:fairlead-simulated-x-acme_greeter:1"),
        "{arn}"
    );
}

#[test]
fn each_version_of_a_function_stays_as_it_was_published() {
    let scene = Scene::new();
    for version in ["1", "2"] {
        scene.push("acme", "greeter", version, Kind::Lambda);
    }
    let versions = rows(&scene, "extension-version#");
    let arns: Vec<&str> = versions
        .iter()
        .map(|row| row["code"]["lambda"]["function_arn"].as_str().unwrap())
        .collect();
    assert!(
        arns[0].ends_with(":1") && arns[1].ends_with(":2"),
        "{arns:?}"
    );
}

#[test]
fn what_is_gone_or_changed_of_a_host_is_made_as_it_was() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Lambda);
    let engines = scene.world.engines();
    let as_it_was = || {
        let functions = engines.functions();
        (
            functions.described(),
            functions.mappings(),
            engines.roles(),
            engines.made_queues(),
        )
    };
    let before = as_it_was();
    engines.functions().change(HOST, "Timeout", 1.into());
    engines.functions().unmap(HOST);
    engines
        .functions()
        .remove("fairlead-simulated-x-acme_greeter");
    engines.put_role_policy(HOST, "extension", None);
    engines.remove_queue("extension-of-acme-dead");
    engines.set_queue("extension-of-acme", "VisibilityTimeout", "1");
    let mend = json!({ "task": "mend", "tenant": "acme" });
    assert_eq!(scene.done(&mend), json!({ "batchItemFailures": [] }));
    assert_eq!(as_it_was(), before);
}
