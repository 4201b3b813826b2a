//! What the resources are called.

/// The simulated account.
pub const ACCOUNT: &str = "111122223333";
/// The simulated region.
pub const REGION: &str = "eu-central-1";
/// The bus that domain events go to.
pub const EVENT_BUS: &str = "fairlead";
/// The queue for stream records that can't be processed.
pub const PARKING_QUEUE: &str = "parking";
/// The queue of webhooks that are to be sent.
pub const WEBHOOKS_QUEUE: &str = "webhooks";
/// How the names of the queues begin, on AWS by their stage.
pub const QUEUE_PREFIX: &str = "fairlead-simulated-";
/// The queue from which people are notified.
pub const NOTIFICATION_QUEUE: &str = "notification";
/// The bucket that holds what people export.
pub const EXPORTS_BUCKET: &str = "exports";
/// The bucket that holds receipts which have left their table.
pub const RECEIPTS_BUCKET: &str = "receipts";
/// The bucket that holds certificates of erasures.
pub const CERTIFICATES_BUCKET: &str = "certificates";
/// The bucket that holds what of partners' events no row holds.
pub const EVENTS_BUCKET: &str = "events";
/// The bucket that holds what partners fetch.
pub const CLAIMS_BUCKET: &str = "claims";
/// The bucket that holds events of Salesforce that are too large for the bus.
pub const SALESFORCE_EVENTS_BUCKET: &str = "salesforce-events";
/// The bucket that holds what Salesforce is told.
pub const SALESFORCE_OUTCOMES_BUCKET: &str = "salesforce-outcomes";
/// The bucket that holds tenants' own code.
pub const EXTENSIONS_BUCKET: &str = "extensions";
/// The bucket that holds functions as they were built, under `extension-host.zip` that of tenants' hosts.
pub const ARTEFACTS_BUCKET: &str = "artefacts";
/// The queue of packages that were uploaded, and of what else is to be done about extensions.
pub const EXTENSION_UPLOADS_QUEUE: &str = "extension-uploads";
/// The queue of what happened to tenants of whom more did than their share.
pub const EXTENSION_BACKLOG_QUEUE: &str = "extension-backlog";
/// The function that compiles tenants' modules.
pub const EXTENSION_COMPILE: &str = "fairlead-simulated-extension-compile";
/// The queue of what happened to configuration in Salesforce.
pub const SALESFORCE_CONFIG_QUEUE: &str = "salesforce-config";
/// The queue of records that are to be read from Salesforce again.
pub const SALESFORCE_REREAD_QUEUE: &str = "salesforce-reread";
/// The key by which compiled code is sealed.
pub const EXTENSION_MAC_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/mac";
/// All buckets.
pub const BUCKETS: [&str; 9] = [
    EXPORTS_BUCKET,
    RECEIPTS_BUCKET,
    CERTIFICATES_BUCKET,
    EVENTS_BUCKET,
    CLAIMS_BUCKET,
    SALESFORCE_EVENTS_BUCKET,
    SALESFORCE_OUTCOMES_BUCKET,
    EXTENSIONS_BUCKET,
    ARTEFACTS_BUCKET,
];
/// What every process signs its requests with.
pub const SECRET_ACCESS_KEY: &str = "simulated";
/// The topic that notifications go to.
pub const NOTIFICATIONS_TOPIC: &str = "notifications";
/// The topic that what became of changes of configuration goes to.
pub const CONFIGURATION_TOPIC: &str = "configuration-changes";
/// The topic by which the support team is told of flows.
pub const SUPPORT_TOPIC: &str = "support";
/// The group of schedules that run once.
pub const SCHEDULE_GROUP: &str = "salesforce-flows";
/// The secret by which AppFlow reaches Salesforce.
pub(super) const SALESFORCE_GRANT: &str =
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:fairlead/simulated/salesforce";
/// What it holds.
pub(super) const GRANTED: &str =
    r#"{"clientId":"client","clientSecret":"simulated","refreshToken":"granted"}"#;
/// The flows that there have to be.
const SALESFORCE_FLOWS: &str = include_str!("salesforce-flows.json");
/// Where the file lies beside operations-api that says what the house is made of: that of the CDK app, for a
/// stage of this name with all that there is.
const HOUSE_FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/engine");
/// What has its name only once it is deployed.
const HOUSE_NAMES: &str =
    r#"{"bus/salesforce":"aws.partner/appflow/salesforce.com/111122223333/fairlead-simulated"}"#;
/// What those flows are called, by the way that each goes.
const SALESFORCE_FLOW_NAMES: &str = r#"{"in":["fairlead-simulated-salesforce-holiday-changes","fairlead-simulated-salesforce-routing-changes"],"out":["fairlead-simulated-salesforce-outcomes"]}"#;
/// The partner that takes events by a topic: `<tenant>_<partner>`.
pub(super) const FANOUT_PARTNER: &str = "harbour_chandlery";
/// The topic to which the events of `harbour` for its partner `chandlery` are published.
pub const FANOUT_TOPIC: &str = "fairlead-simulated-fan-out-harbour_chandlery";
/// The topic by which whoever is on call gets text messages.
pub const ON_CALL_TOPIC: &str = "on-call";
/// The topic to which goes what text messages say that people sent.
pub const SMS_TOPIC: &str = "sms-messages";
/// The user pool.
pub const USER_POOL: &str = "eu-central-1_Simulated";
/// Who issues its tokens.
pub const TOKEN_ISSUER: &str =
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Simulated";
/// The app client that people sign in with.
pub const WEB_CLIENT: &str = "1webclient0000000000000000";
/// The app client that operators sign in with.
pub const OPERATORS_CLIENT: &str = "2operators0000000000000000";

/// The state machine that erases.
pub const ERASURE_MACHINE: &str = "arn:aws:states:eu-central-1:111122223333:stateMachine:erasure";

/// How the names of the secrets begin that webhooks are signed with.
pub const HOOK_SECRETS: &str = "fairlead/simulated/hooks";

/// The secret that Salesforce knows its reader by.
pub const SALESFORCE_SECRET: &str = "fairlead/simulated/salesforce";

/// The secret under which identifiers are hashed.
pub const IDENTIFIER_KEY: &str = "simulated-secret-of-the-identifiers";

/// What the directory that people are brought over from knows a caller by.
pub(super) const LEGACY_DIRECTORY_SECRET: &str = "simulated-secret-of-the-legacy-directory";

/// Where the queue is that is called `name`.
#[must_use]
pub fn queue_url(name: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE_PREFIX}{name}")
}

/// What a function finds in its environment: every resource's variable, the region and
/// credentials that open nothing.
#[must_use]
pub fn resource_environment() -> Vec<(String, String)> {
    let mut all: Vec<_> = of_people().into();
    all.extend(of_operators());
    all.extend(of_extensions());
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What is kept of people, and told to partners.
fn of_people() -> [(&'static str, String); 41] {
    [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
        ("PROFILES_TABLE", "profiles".to_owned()),
        ("IDENTIFIERS_TABLE", "identifiers".to_owned()),
        ("DIRECTORY_TABLE", "directory".to_owned()),
        ("LEDGER_TABLE", "ledger".to_owned()),
        ("IDENTIFIER_KEY", IDENTIFIER_KEY.to_owned()),
        ("TOKEN_ISSUER", TOKEN_ISSUER.to_owned()),
        ("WEB_CLIENT_IDS", WEB_CLIENT.to_owned()),
        ("OPERATORS_CLIENT_IDS", OPERATORS_CLIENT.to_owned()),
        ("RECEIPTS_TABLE", "receipts".to_owned()),
        ("ERASURES_TABLE", "erasures".to_owned()),
        ("ERASURE_MACHINE_ARN", ERASURE_MACHINE.to_owned()),
        ("ERASURE_GRACE_SECONDS", "3600".to_owned()),
        ("ERASURE_DEADLINE_SECONDS", "86400".to_owned()),
        ("ERASURE_REMINDER_SECONDS", "28800".to_owned()),
        ("AUDIENCES_TABLE", "audiences".to_owned()),
        ("EXPORTS_BUCKET", EXPORTS_BUCKET.to_owned()),
        ("RECEIPTS_BUCKET", RECEIPTS_BUCKET.to_owned()),
        ("CERTIFICATES_BUCKET", CERTIFICATES_BUCKET.to_owned()),
        ("EVENTS_TABLE", "events".to_owned()),
        ("EVENTS_BUCKET", EVENTS_BUCKET.to_owned()),
        ("CLAIMS_BUCKET", CLAIMS_BUCKET.to_owned()),
        ("WAITING_TABLE", "waiting".to_owned()),
        ("QUARANTINE_TABLE", "quarantine".to_owned()),
        ("HOOK_SECRETS", HOOK_SECRETS.to_owned()),
        ("SUBSCRIPTIONS_TABLE", "subscriptions".to_owned()),
        ("DELIVERIES_TABLE", "deliveries".to_owned()),
        ("WEBHOOK_REACH", "internet".to_owned()),
        ("EVENT_BUS_NAME", EVENT_BUS.to_owned()),
        ("USER_POOL_ID", USER_POOL.to_owned()),
        (
            "LEGACY_DIRECTORY_URL",
            "https://legacy-directory.example.com".to_owned(),
        ),
        (
            "LEGACY_DIRECTORY_SECRET",
            LEGACY_DIRECTORY_SECRET.to_owned(),
        ),
        ("PARKING_QUEUE_URL", queue_url(PARKING_QUEUE)),
        ("WEBHOOKS_QUEUE_URL", queue_url(WEBHOOKS_QUEUE)),
        ("QUEUE_PREFIX", QUEUE_PREFIX.to_owned()),
        ("NOTIFICATION_QUEUE_URL", queue_url(NOTIFICATION_QUEUE)),
        (
            "NOTIFICATIONS_TOPIC_ARN",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:{NOTIFICATIONS_TOPIC}"),
        ),
        ("FANOUT_PARTNERS", format!(r#"["{FANOUT_PARTNER}"]"#)),
        (
            "FANOUT_TOPICS",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:fairlead-simulated-fan-out-"),
        ),
    ]
}

/// What operators edit, and by which they are told.
fn of_operators() -> [(&'static str, String); 28] {
    [
        ("API_ORIGIN", "https://api.example".to_owned()),
        ("LOGIN_ORIGIN", "https://login.example".to_owned()),
        ("PORTAL_CLIENT_ID", WEB_CLIENT.to_owned()),
        ("PORTAL_OPERATORS_CLIENT_ID", OPERATORS_CLIENT.to_owned()),
        ("LINKING_PROVIDERS", "COGNITO,Google".to_owned()),
        ("PORTAL_ORIGIN", "https://portal.example".to_owned()),
        ("SESSION_KEY_SECRET", "fairlead/test/session-key".to_owned()),
        ("CONFIG_TABLE", "config".to_owned()),
        (
            "SALESFORCE_EVENTS_BUCKET",
            SALESFORCE_EVENTS_BUCKET.to_owned(),
        ),
        (
            "SALESFORCE_OUTCOMES_BUCKET",
            SALESFORCE_OUTCOMES_BUCKET.to_owned(),
        ),
        (
            "SALESFORCE_CONFIG_QUEUE_URL",
            queue_url(SALESFORCE_CONFIG_QUEUE),
        ),
        (
            "SALESFORCE_REREAD_QUEUE_URL",
            queue_url(SALESFORCE_REREAD_QUEUE),
        ),
        ("SALESFORCE_FLOWS", SALESFORCE_FLOWS.to_owned()),
        (
            "SUPPORT_TOPIC_ARN",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:{SUPPORT_TOPIC}"),
        ),
        ("RETRY_SCHEDULE_GROUP", SCHEDULE_GROUP.to_owned()),
        (
            "RETRY_FUNCTION_ARN",
            format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:salesforce-flow-repair"),
        ),
        (
            "RETRY_ROLE_ARN",
            format!("arn:aws:iam::{ACCOUNT}:role/salesforce-flow-retries"),
        ),
        (
            "CONFIGURATION_CHANGES_TOPIC_ARN",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:{CONFIGURATION_TOPIC}"),
        ),
        (
            "SALESFORCE_URL",
            "https://harbour.my.salesforce.com".to_owned(),
        ),
        ("SALESFORCE_SECRET", SALESFORCE_SECRET.to_owned()),
        (
            "ON_CALL_TOPIC_ARN",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:{ON_CALL_TOPIC}"),
        ),
        (
            "SMS_MESSAGES_TOPIC_ARN",
            format!("arn:aws:sns:{REGION}:{ACCOUNT}:{SMS_TOPIC}"),
        ),
        ("CONTACT_TENANT", "harbour".to_owned()),
        ("CONTACT_PARTNER", "contact-centre".to_owned()),
        ("QUEUES_WITH", r#"["salesforce"]"#.to_owned()),
        ("LAMBDA_TASK_ROOT", HOUSE_FOLDER.to_owned()),
        ("HOUSE_NAMES", HOUSE_NAMES.to_owned()),
        ("SALESFORCE_FLOW_NAMES", SALESFORCE_FLOW_NAMES.to_owned()),
    ]
}

/// What tenants' own code is kept in and run by.
fn of_extensions() -> [(&'static str, String); 15] {
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    let values = serde_json::json!({
        "bodies": format!("arn:aws:s3:::{EVENTS_BUCKET}"),
        "bodies_name": EVENTS_BUCKET,
        "boundary": format!("arn:aws:iam::{ACCOUNT}:policy/fairlead-simulated-extension-boundary"),
        "bus": arn("events", &format!("event-bus/{EVENT_BUS}")),
        "bus_name": EVENT_BUS,
        "directory": arn("dynamodb", "table/directory"),
        "directory_name": "directory",
        "ledger": arn("dynamodb", "table/ledger"),
        "ledger_name": "ledger",
        "mac_key": EXTENSION_MAC_KEY,
        "extensions": format!("arn:aws:s3:::{EXTENSIONS_BUCKET}"),
        "extensions_name": EXTENSIONS_BUCKET,
        "host_code_bucket": ARTEFACTS_BUCKET,
        "host_code_key": "extension-host.zip",
        "lambda_arn": arn("lambda", "").trim_end_matches(':'),
        "logs_arn": arn("logs", "").trim_end_matches(':'),
        "sqs_arn": arn("sqs", "").trim_end_matches(':'),
        "architecture": "arm64",
    });
    [
        ("EXTENSIONS_BUCKET", EXTENSIONS_BUCKET.to_owned()),
        (
            "EXTENSION_UPLOADS_QUEUE_URL",
            queue_url(EXTENSION_UPLOADS_QUEUE),
        ),
        ("EXTENSION_COMPILE_FUNCTION", EXTENSION_COMPILE.to_owned()),
        ("EXTENSION_HOSTS", values.to_string()),
        ("EXTENSION_PREFIX", QUEUE_PREFIX.to_owned()),
        ("EXTENSION_LOGS", "/fairlead/simulated".to_owned()),
        (
            "EXTENSION_BACKLOG_QUEUE_URL",
            queue_url(EXTENSION_BACKLOG_QUEUE),
        ),
        ("EXTENSION_RUNS_PER_DAY", "1000".to_owned()),
        ("MAC_KEY_ARN", EXTENSION_MAC_KEY.to_owned()),
        ("EXTENSION_MAC_KEY", EXTENSION_MAC_KEY.to_owned()),
        ("TENANT_ISOLATION", "false".to_owned()),
        ("TENANT", "harbour".to_owned()),
        ("TENANT_QUEUE_URL", queue_url("extension-harbour")),
        ("TENANT_FIFO_URL", queue_url("extension-harbour.fifo")),
        (
            "TENANT_DEAD_LETTERS_URL",
            queue_url("extension-harbour-dead"),
        ),
    ]
}

/// These of a function's variables, by name.
///
/// # Panics
/// If there is no resource behind a name.
#[must_use]
pub fn variables<const N: usize>(names: [&str; N]) -> Vec<(String, String)> {
    let all = resource_environment();
    names
        .map(|name| {
            let found = all.iter().find(|(known, _)| known == name);
            found
                .cloned()
                .unwrap_or_else(|| panic!("testkit has no resource for the variable {name}"))
        })
        .into()
}
