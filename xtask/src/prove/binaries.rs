//! What a function's release build costs before its first event.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::Workshop;
use crate::build::{self, Profile};

/// How often each function is started; the middle counts.
const STARTS: usize = 9;

/// How long a function may take to ask for its first event.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the functions read beside what Lambda sets. Nobody is called before the first event.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("API_ORIGIN", "https://portal.example"),
    ("AUDIENCES_TABLE", "audiences"),
    ("CERTIFICATES_BUCKET", "certificates"),
    ("CLAIMS_BUCKET", "claims"),
    ("CONFIG_TABLE", "config"),
    (
        "CONFIGURATION_CHANGES_TOPIC_ARN",
        "arn:aws:sns:eu-central-1:000000000000:configuration-changes",
    ),
    ("CONTACT_PARTNER", "contact-centre"),
    ("CONTACT_TENANT", "harbour"),
    ("DELIVERIES_TABLE", "deliveries"),
    ("DIRECTORY_TABLE", "directory"),
    ("ERASURES_TABLE", "erasures"),
    ("ERASURE_DEADLINE_SECONDS", "86400"),
    ("ERASURE_GRACE_SECONDS", "3600"),
    (
        "ERASURE_MACHINE_ARN",
        "arn:aws:states:eu-central-1:000000000000:stateMachine:erasure",
    ),
    ("ERASURE_REMINDER_SECONDS", "28800"),
    ("EVENTS_BUCKET", "events"),
    ("EVENTS_TABLE", "events"),
    ("EVENT_BUS_NAME", "fairlead"),
    (
        "EXTENSION_MAC_KEY",
        "arn:aws:kms:eu-central-1:000000000000:key/mac",
    ),
    ("EXTENSIONS_BUCKET", "extensions"),
    ("EXPORTS_BUCKET", "exports"),
    (
        "EXTENSION_BACKLOG_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/extension-backlog",
    ),
    ("EXTENSION_RUNS_PER_DAY", "1000000"),
    (
        "MAC_KEY_ARN",
        "arn:aws:kms:eu-central-1:000000000000:key/mac",
    ),
    ("TENANT", "harbour"),
    (
        "TENANT_DEAD_LETTERS_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/extension-of-harbour-dead",
    ),
    ("TENANT_ISOLATION", "false"),
    (
        "TENANT_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/extension-of-harbour",
    ),
    ("EXTENSION_COMPILE_FUNCTION", "extension-compile"),
    (
        "EXTENSION_HOSTS",
        r#"{"sqs_arn":"arn:aws:sqs:eu-central-1:000000000000"}"#,
    ),
    ("EXTENSION_LOGS", "/fairlead/measured"),
    ("EXTENSION_PREFIX", "fairlead-measured-"),
    (
        "EXTENSION_UPLOADS_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/extension-uploads",
    ),
    ("FANOUT_PARTNERS", "[]"),
    (
        "FANOUT_TOPICS",
        "arn:aws:sns:eu-central-1:000000000000:fairlead-measured-fan-out-",
    ),
    ("HOOK_SECRETS", "fairlead/measured/hooks"),
    ("HOUSE_NAMES", "{}"),
    ("IDENTIFIERS_TABLE", "identifiers"),
    ("IDENTIFIER_KEY", "measured-secret-of-the-identifiers"),
    ("LEDGER_TABLE", "ledger"),
    ("LEGACY_DIRECTORY_SECRET", "measured-secret"),
    ("LEGACY_DIRECTORY_URL", "https://directory.example.com"),
    (
        "NOTIFICATION_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/notification",
    ),
    (
        "NOTIFICATIONS_TOPIC_ARN",
        "arn:aws:sns:eu-central-1:000000000000:notifications",
    ),
    (
        "ON_CALL_TOPIC_ARN",
        "arn:aws:sns:eu-central-1:000000000000:on-call",
    ),
    ("OPERATORS_CLIENT_IDS", "2operators"),
    (
        "PARKING_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/parking",
    ),
    ("PROFILES_TABLE", "profiles"),
    ("QUARANTINE_TABLE", "quarantine"),
    ("QUEUES_WITH", "[]"),
    ("QUEUE_PREFIX", "fairlead-measured-"),
    ("RECEIPTS_BUCKET", "receipts"),
    ("RECEIPTS_TABLE", "receipts"),
    (
        "SALESFORCE_CONFIG_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/salesforce-config",
    ),
    (
        "RETRY_FUNCTION_ARN",
        "arn:aws:lambda:eu-central-1:000000000000:function:salesforce-flow-repair",
    ),
    (
        "RETRY_ROLE_ARN",
        "arn:aws:iam::000000000000:role/salesforce-flow-retries",
    ),
    ("RETRY_SCHEDULE_GROUP", "salesforce-flows"),
    ("LOGIN_ORIGIN", "https://login.example"),
    ("PORTAL_CLIENT_ID", "1measured0000000000000000"),
    ("PORTAL_OPERATORS_CLIENT_ID", "2measured0000000000000000"),
    ("LINKING_PROVIDERS", "COGNITO"),
    ("PORTAL_ORIGIN", "https://portal.example"),
    ("SESSION_KEY_SECRET", "session-key"),
    (
        "SALESFORCE_FLOWS",
        r#"{"prefix":"","profile":"salesforce","instance_url":"https://example.my.salesforce.com","credentials_arn":"none","event_source":"none","events_bucket":"events","changes":{},"outcomes":{"name":"outcomes","object":"Fairlead_Outcome__c","bucket":"outcomes","errors_bucket":"errors","schedule":"rate(1minutes)"}}"#,
    ),
    ("SALESFORCE_FLOW_NAMES", r#"{"in":[],"out":[]}"#),
    ("SALESFORCE_OUTCOMES_BUCKET", "salesforce-outcomes"),
    ("SALESFORCE_SECRET", "salesforce"),
    ("SALESFORCE_URL", "https://measured.my.salesforce.com"),
    ("SALESFORCE_EVENTS_BUCKET", "salesforce-events"),
    (
        "SALESFORCE_REREAD_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/salesforce-reread",
    ),
    (
        "SMS_MESSAGES_TOPIC_ARN",
        "arn:aws:sns:eu-central-1:000000000000:sms-messages",
    ),
    (
        "SUPPORT_TOPIC_ARN",
        "arn:aws:sns:eu-central-1:000000000000:support",
    ),
    ("SUBSCRIPTIONS_TABLE", "subscriptions"),
    (
        "TOKEN_ISSUER",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Measured",
    ),
    ("USER_POOL_ID", "eu-central-1_Measured"),
    ("WEB_CLIENT_IDS", "1measured0000000000000000"),
    ("WAITING_TABLE", "waiting"),
    ("WEB_CLIENT_ID", "1measured0000000000000000"),
    (
        "WEBHOOKS_QUEUE_URL",
        "https://sqs.eu-central-1.amazonaws.com/000000000000/webhooks",
    ),
    ("WEBHOOK_REACH", "internet"),
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
];

/// What Lambda sets. In the folder lies what a function has beside its executable.
const LAMBDA: [(&str, &str); 7] = [
    (
        "LAMBDA_TASK_ROOT",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/testkit/src/engine"),
    ),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "measured"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "measured"),
];

/// One start, measured.
#[derive(Clone, Copy)]
struct Start {
    to_first_next: Duration,
    resident_bytes: u64,
}

/// One function, measured.
struct Measured {
    name: String,
    artefact_bytes: u64,
    start: Start,
}

pub(super) fn run(workshop: &Workshop) -> Result<()> {
    let names = build::functions(workshop, Profile::Release)?;
    let built = workshop.checkout.target().join("release");
    let task = workshop.console.begin("start each function");
    let mut all = Vec::new();
    for name in names {
        task.note(&name);
        workshop.stop.check()?;
        all.push(measure(name, &built)?);
    }
    task.done(&format!("{STARTS} times each; the middle counts"));
    workshop
        .console
        .say("\n  function                           size    first /next    resident");
    for function in &all {
        workshop.console.say(format_args!(
            "  {:<30} {:>5.2} MB    {:>8.1} ms    {:>5.1} MB",
            function.name,
            megabytes(function.artefact_bytes),
            milliseconds(function.start.to_first_next),
            megabytes(function.start.resident_bytes),
        ));
    }
    workshop.console.say(format_args!("\n{}", figure(&all)?));
    Ok(())
}

/// The worst of each, over all functions.
fn figure(all: &[Measured]) -> Result<String> {
    let size = all
        .iter()
        .map(|function| function.artefact_bytes)
        .max()
        .context("there are functions")?;
    let first = all
        .iter()
        .map(|function| function.start.to_first_next)
        .max()
        .unwrap_or_default();
    let resident = all
        .iter()
        .map(|function| function.start.resident_bytes)
        .max()
        .unwrap_or_default();
    Ok(format!(
        "binaries: {}; largest {:.2} MB; slowest to first /next {:.1} ms; most resident {:.1} MB",
        all.len(),
        megabytes(size),
        milliseconds(first),
        megabytes(resident)
    ))
}

fn measure(name: String, built: &Path) -> Result<Measured> {
    let path = built.join(&name);
    let artefact_bytes = fs::metadata(&path)
        .with_context(|| format!("{} is not there", path.display()))?
        .len();
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start_once(&path).with_context(|| format!("{name} cannot be measured"))?);
    }
    starts.sort_by_key(|start| start.to_first_next);
    let start = *starts.get(STARTS / 2).context("there is a middle")?;
    Ok(Measured {
        name,
        artefact_bytes,
        start,
    })
}

/// Starts a function under a Runtime API that never has an event for it.
fn start_once(path: &Path) -> Result<Start> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?.to_string();
    let (sender, asked) = channel();
    thread::spawn(move || {
        drop(sender.send(first_request(&listener).map(|held| (Instant::now(), held))));
    });
    let started = Instant::now();
    let mut child = Command::new(path)
        .env_clear()
        .envs(ENVIRONMENT.iter().copied())
        .envs(LAMBDA)
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("it cannot be started")?;
    let measured = match asked.recv_timeout(PATIENCE) {
        Ok(Ok((at, _held))) => resident_bytes(&child).map(|resident_bytes| Start {
            to_first_next: at - started,
            resident_bytes,
        }),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(anyhow::anyhow!(
            "it did not ask for an event within {} s",
            PATIENCE.as_secs()
        )),
    };
    child.kill().context("it cannot be ended")?;
    child.wait().context("it cannot be waited for")?;
    measured
}

/// Waits for the request for an event; the connection stays open as long as what is given lives.
fn first_request(listener: &TcpListener) -> Result<TcpStream> {
    let (stream, _) = listener.accept().context("nobody connects")?;
    let mut line = String::new();
    BufReader::new(&stream)
        .read_line(&mut line)
        .context("no request can be read")?;
    if !line.contains("/runtime/invocation/next") {
        bail!(
            "its first request is `{}` instead of one for an event",
            line.trim()
        );
    }
    Ok(stream)
}

/// Resident memory: from `/proc` where there is one, else from `ps`.
fn resident_bytes(child: &Child) -> Result<u64> {
    let kilobytes = resident_by_proc(child.id()).or_else(|| resident_by_ps(child.id()));
    Ok(kilobytes.context("its memory cannot be read")? * 1024)
}

fn resident_by_proc(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    resident.split_whitespace().next()?.parse().ok()
}

fn resident_by_ps(process: u32) -> Option<u64> {
    let mut ps = Command::new("ps");
    let output = ps
        .args(["-o", "rss=", "-p", &process.to_string()])
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "it is printed with two digits")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_asks_for_an_event_is_measured() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("function");
        let script = "#!/usr/bin/env -S PATH=/usr/bin:/bin bash\n\
            exec 3<>/dev/tcp/127.0.0.1/${AWS_LAMBDA_RUNTIME_API#*:}\n\
            printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n\\r\\n' >&3; read -r line <&3\n";
        fs::write(&program, script).unwrap();
        fs::set_permissions(
            &program,
            std::os::unix::fs::PermissionsExt::from_mode(0o755),
        )
        .unwrap();
        let start = start_once(&program).unwrap();
        assert!(start.resident_bytes > 0);
    }

    #[test]
    fn the_figure_is_the_worst_of_each() {
        let measured = |name: &str, size, milliseconds, resident_bytes| Measured {
            name: name.to_owned(),
            artefact_bytes: size,
            start: Start {
                to_first_next: Duration::from_millis(milliseconds),
                resident_bytes,
            },
        };
        let all = [
            measured("a", 5_000_000, 7, 9_000_000),
            measured("b", 4_000_000, 9, 8_000_000),
        ];
        let expected =
            "binaries: 2; largest 5.00 MB; slowest to first /next 9.0 ms; most resident 9.0 MB";
        assert_eq!(figure(&all).unwrap(), expected);
    }
}
