//! What the roles of hosts open: the calls that a host made, and those that another tenant's made.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{
    Call, Service,
    engine::{ACCOUNT, EXTENSION_MAC_KEY, REGION},
};

use crate::{
    cast::TENANTS,
    policy::{Asked, Policy},
};

/// What a host is made of, for each tenant: the file that is deployed.
const TEMPLATE: &str = include_str!("../../../cdk/extension-host.json");

/// What is done for the host by those who poll its queue and keep its logs.
const NOT_BY_THE_HOST: [&str; 5] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

/// What every host may do alike: nothing in it is a tenant's.
const OF_ALL: [&str; 2] = ["events:PutEvents", "kms:VerifyMac"];

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

/// What the role of `tenant`'s host opens.
#[must_use]
pub fn of(tenant: &str) -> Policy {
    let queue = format!("fairlead-simulated-extension-{tenant}");
    let values = [
        ("tenant", tenant.to_owned()),
        ("logs_arn", format!("arn:aws:logs:{REGION}:{ACCOUNT}")),
        (
            "log_group",
            format!("/fairlead/simulated/extension-host-{tenant}"),
        ),
        ("sqs_arn", format!("arn:aws:sqs:{REGION}:{ACCOUNT}")),
        ("queue", queue.clone()),
        ("fifo", format!("{queue}.fifo")),
        ("dead_letters", format!("{queue}-dead")),
        ("fifo_dead_letters", format!("{queue}-dead.fifo")),
        ("extensions", "arn:aws:s3:::extensions".to_owned()),
        ("bodies", "arn:aws:s3:::events".to_owned()),
        ("mac_key", EXTENSION_MAC_KEY.to_owned()),
        ("directory", arn("dynamodb", "table/directory")),
        ("ledger", arn("dynamodb", "table/ledger")),
        ("lambda_arn", format!("arn:aws:lambda:{REGION}:{ACCOUNT}")),
        ("functions", format!("fairlead-simulated-x-{tenant}_")),
        ("bus", arn("events", "event-bus/fairlead")),
    ];
    let template: Value = serde_json::from_str(TEMPLATE).expect("extension-host.json is JSON");
    let mut text = template["host"]["policy"].to_string();
    for (name, value) in values {
        text = text.replace(&format!("${{{name}}}"), &value);
    }
    assert!(
        !text.contains("${"),
        "a place of the template is not filled: {text}"
    );
    Policy::read(&serde_json::from_str(&text).expect("a policy is JSON"))
}

/// What a call asks of IAM: one question for each row of a transaction.
///
/// # Panics
/// If a host makes calls that nobody has thought of.
#[must_use]
pub fn asked(call: &Call) -> Vec<Asked> {
    let input = &call.input;
    let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
    let one = |action: &str, resource: String, context: &[(&str, String)]| {
        let context = context.iter();
        vec![Asked {
            action: action.to_owned(),
            resource,
            context: context
                .map(|(key, value)| ((*key).to_owned(), vec![value.clone()]))
                .collect(),
        }]
    };
    match (call.service, call.operation.as_str()) {
        (Service::DynamoDb, "TransactWriteItems") => {
            let items = input["TransactItems"].as_array().into_iter().flatten();
            items.map(of_transaction).collect()
        }
        (Service::DynamoDb, operation) => vec![of_row(operation, input)],
        (Service::Sqs, operation) => {
            let url = text("QueueUrl");
            let queue = url.rsplit('/').next().unwrap_or_default();
            one(&format!("sqs:{operation}"), arn("sqs", queue), &[])
        }
        (Service::S3, operation) => {
            let resource = format!("arn:aws:s3:::{}/{}", text("Bucket"), text("Key"));
            one(&format!("s3:{operation}"), resource, &[])
        }
        (Service::Lambda, "Invoke") => one("lambda:InvokeFunction", text("FunctionName"), &[]),
        (Service::EventBridge, "PutEvents") => {
            let entries = input["Entries"].as_array().into_iter().flatten();
            entries
                .flat_map(|entry| {
                    let source = entry["Source"].as_str().unwrap_or_default().to_owned();
                    one(
                        "events:PutEvents",
                        arn("events", "event-bus/fairlead"),
                        &[("events:source", source)],
                    )
                })
                .collect()
        }
        (service, operation) => panic!("a host called {service}:{operation}"),
    }
}

fn of_transaction(item: &Value) -> Asked {
    let (kind, input) = item
        .as_object()
        .and_then(|item| item.iter().next())
        .expect("an item of a transaction has a kind");
    of_row(&format!("{kind}Item"), input)
}

/// A question about one row.
fn of_row(operation: &str, input: &Value) -> Asked {
    let table = input["TableName"].as_str().unwrap_or_default();
    let row = input.get("Key").or_else(|| input.get("Item"));
    let key = ["tenant", "key", "profile_id"].iter();
    let mut key = key.filter_map(|name| row?.get(name)?.get("S")?.as_str());
    let leading = key.next().map(str::to_owned).into_iter().collect();
    Asked {
        action: format!("dynamodb:{operation}"),
        resource: arn("dynamodb", &format!("table/{table}")),
        context: BTreeMap::from([("dynamodb:LeadingKeys".to_owned(), leading)]),
    }
}

/// What came of holding roles to calls.
#[derive(Debug, Default, Clone)]
pub struct Held {
    /// How many questions of others were put to a role.
    pub refused: usize,
    /// What a role refuses that its own host asked, or opens that it must not.
    pub violations: Vec<String>,
}

/// Holds the role of each tenant's host to what the host asked, and to what all others did.
#[must_use]
pub fn hold(asked: &BTreeMap<usize, BTreeSet<Asked>>) -> Held {
    let mut held = Held::default();
    let mut exercised: BTreeSet<(usize, String)> = BTreeSet::new();
    for (number, tenant) in TENANTS.iter().enumerate() {
        let role = of(tenant);
        for (whose, all) in asked {
            for one in all {
                let is_allowed = role.allows(one);
                if *whose == number {
                    if is_allowed {
                        exercised.extend(role.by(one).into_iter().map(|n| (n, one.action.clone())));
                    } else {
                        held.violations
                            .push(format!("{tenant}'s own host may not {one:?}"));
                    }
                } else if !OF_ALL.contains(&one.action.as_str()) {
                    held.refused += 1;
                    if is_allowed {
                        held.violations.push(format!(
                            "{tenant}'s host may {one:?} of {}",
                            TENANTS[*whose]
                        ));
                    }
                }
            }
        }
        for one in outside(tenant) {
            held.refused += 1;
            if role.allows(&one) {
                held.violations.push(format!("{tenant}'s host may {one:?}"));
            }
        }
    }
    let granted = of(TENANTS[0]).granted();
    let unused = granted.iter().filter(|(number, action)| {
        let is_known = NOT_BY_THE_HOST.contains(&action.as_str()) || is_seldom(action);
        !is_known && !exercised.contains(&(*number, action.clone()))
    });
    held.violations.extend(unused.map(|(number, action)| {
        format!("nothing needs {action} of statement {number}, or no history comes to it")
    }));
    held
}

/// What a history without modules does not come to: reading and opening compiled code.
fn is_seldom(action: &str) -> bool {
    matches!(action, "kms:VerifyMac" | "sqs:SendMessage")
}

/// What no host may ask, whoever's it is: of others whose names begin alike, of tables of people, and of everything
/// at once.
fn outside(tenant: &str) -> Vec<Asked> {
    let row = |operation: &str, table: &str, key: Option<&str>| Asked {
        action: format!("dynamodb:{operation}"),
        resource: arn("dynamodb", &format!("table/{table}")),
        context: BTreeMap::from([(
            "dynamodb:LeadingKeys".to_owned(),
            key.map(str::to_owned).into_iter().collect(),
        )]),
    };
    let plain = |action: &str, resource: String| Asked {
        action: action.to_owned(),
        resource,
        context: BTreeMap::new(),
    };
    let from = |source: &str| Asked {
        context: BTreeMap::from([("events:source".to_owned(), vec![source.to_owned()])]),
        ..plain("events:PutEvents", arn("events", "event-bus/fairlead"))
    };
    let longer = format!("{tenant}-b");
    vec![
        row(
            "GetItem",
            "ledger",
            Some(&format!("extension-run#{longer}#greeter#1")),
        ),
        row(
            "UpdateItem",
            "ledger",
            Some(&format!("extension-usage#{longer}#greeter#2026-01-15")),
        ),
        row("PutItem", "ledger", Some("idempotency#ff")),
        row("GetItem", "directory", Some(&longer)),
        row("GetItem", "directory", Some("*")),
        row("PutItem", "directory", Some(tenant)),
        row("Scan", "ledger", None),
        row("Query", "directory", None),
        row("GetItem", "profiles", Some("prf_1")),
        row("GetItem", "receipts", Some("prf_1")),
        plain(
            "s3:GetObject",
            format!("arn:aws:s3:::extensions/compiled/{longer}/greeter/1.cwasm"),
        ),
        plain(
            "s3:GetObject",
            format!("arn:aws:s3:::extensions/packages/{tenant}/greeter/1.zip"),
        ),
        plain(
            "s3:PutObject",
            format!("arn:aws:s3:::extensions/compiled/{tenant}/greeter/1.cwasm"),
        ),
        plain(
            "s3:GetObject",
            format!("arn:aws:s3:::events/events/{longer}/1/2"),
        ),
        plain("s3:ListBucket", "arn:aws:s3:::extensions".to_owned()),
        plain(
            "sqs:ReceiveMessage",
            arn("sqs", &format!("fairlead-simulated-extension-{longer}")),
        ),
        plain(
            "sqs:SendMessage",
            arn("sqs", "fairlead-simulated-extension-intake"),
        ),
        plain(
            "lambda:InvokeFunction",
            arn(
                "lambda",
                &format!("function:fairlead-simulated-x-{longer}_greeter"),
            ),
        ),
        plain(
            "lambda:InvokeFunction",
            arn("lambda", "function:fairlead-simulated-profile-api"),
        ),
        plain("kms:GenerateMac", EXTENSION_MAC_KEY.to_owned()),
        plain("kms:VerifyMac", arn("kms", "key/other")),
        plain("iam:PassRole", "*".to_owned()),
        plain("sts:AssumeRole", "*".to_owned()),
        from("dev.fairlead.profile"),
        from("partner:harbour/crm"),
    ]
}
