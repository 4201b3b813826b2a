//! How long Cognito waits for its triggers: the real executables under a Runtime API host, with the
//! local engines behind them. The last line is the figure.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use clap::Parser;
use serde_json::{Value, json};
use testkit::{engine::resource_environment, runtime_host::RuntimeHost};

/// Measures Cognito's triggers, one line each.
#[derive(Parser)]
struct Arguments {
    /// Where the functions' executables are.
    #[arg(long, default_value = "target/release")]
    executables: PathBuf,
    /// How often each trigger is invoked.
    #[arg(long, default_value_t = 1000)]
    invocations: usize,
}

/// A trigger in one situation.
struct Case {
    function: &'static str,
    situation: &'static str,
    /// The event of the n-th invocation.
    event: fn(usize) -> Value,
}

const CASES: [Case; 5] = [
    Case {
        function: "identity-pre-sign-up",
        situation: "a new person",
        event: |n| trigger("PreSignUp_SignUp", n),
    },
    Case {
        function: "identity-post-confirmation",
        situation: "a new person",
        event: |n| trigger("PostConfirmation_ConfirmSignUp", n),
    },
    Case {
        function: "identity-pre-token-generation",
        situation: "a new person",
        event: |n| trigger("TokenGeneration_HostedAuth", n),
    },
    Case {
        function: "identity-pre-token-generation",
        situation: "a returning person",
        event: |_| trigger("TokenGeneration_HostedAuth", 0),
    },
    Case {
        function: "identity-pre-token-generation",
        situation: "a machine",
        event: |_| trigger("TokenGeneration_ClientCredentials", 0),
    },
];

fn trigger(source: &str, n: usize) -> Value {
    json!({
        "version": "3",
        "triggerSource": source,
        "callerContext": { "clientId": "client" },
        "request": {
            "userAttributes": {
                "sub": format!("sub-{n}"),
                "email": format!("person-{n}@example.com"),
                "email_verified": "true",
                "phone_number": format!("+4930{:07}", 1_000_000 + n),
                "phone_number_verified": "true",
                "given_name": "Jane",
            },
        },
        "response": {},
    })
}

fn main() -> Result<()> {
    let Arguments {
        executables,
        invocations,
    } = Arguments::parse();
    println!(
        "{:30} {:20} {:>9} {:>9} {:>9} {:>9}",
        "trigger", "situation", "first", "p50", "p99", "longest"
    );
    let mut slowest = Duration::ZERO;
    for case in &CASES {
        slowest = slowest.max(measure(case, &executables, invocations)?);
    }
    println!(
        "Cognito triggers: {invocations} invocations each; slowest p99 {:.1} ms of the 5 s that Cognito gives",
        millis(slowest)
    );
    Ok(())
}

/// Prints a case's line, and gives its 99th percentile.
fn measure(case: &Case, executables: &Path, invocations: usize) -> Result<Duration> {
    let host = RuntimeHost::start(executables.join(case.function), resource_environment())
        .with_context(|| {
            format!(
                "`cargo build --release --package {}` builds it",
                case.function
            )
        })?;
    let client = json!({
        "tenant": "client#client",
        "part": "client",
        "owner_tenant": "harbour",
        "partner": "chandlery",
        "agreement": "deliveries",
    });
    host.engines().put_row("directory", &client);
    let mut took = Vec::with_capacity(invocations);
    for n in 0..invocations {
        let event = (case.event)(n);
        let start = Instant::now();
        host.invoke(&event)?;
        took.push(start.elapsed());
    }
    let first = took.first().copied().unwrap_or_default();
    took.sort_unstable();
    let percentile = |percent: usize| took.get(took.len() * percent / 100).copied();
    let p99 = percentile(99).unwrap_or_default();
    println!(
        "{:30} {:20} {:>6.2} ms {:>6.2} ms {:>6.2} ms {:>6.2} ms",
        case.function,
        case.situation,
        millis(first),
        millis(percentile(50).unwrap_or_default()),
        millis(p99),
        millis(took.last().copied().unwrap_or_default()),
    );
    Ok(p99)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
