//! The CDK app: synthesising it, and deploying it to the local stack.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use fairlead_end_to_end::aws::Aws;
use fairlead_end_to_end::http::Http;
use serde_json::Value;

use crate::Workshop;
use crate::job;
use crate::local_stack::{ACCOUNT, LocalStack, REGION};

/// The stage that the local stack is.
const STAGE: &str = "local";

/// A command of the CDK's own.
pub(crate) fn command(workshop: &Workshop, arguments: &[&str]) -> Command {
    let cdk = workshop.checkout.cdk();
    let mut command = Command::new("node");
    command
        .arg(
            cdk.join("node_modules")
                .join("aws-cdk")
                .join("bin")
                .join("cdk"),
        )
        .args(arguments)
        .current_dir(cdk)
        // It would report to its makers.
        .env("CDK_DISABLE_CLI_TELEMETRY", "true");
    command
}

/// Prepares the local stack for being deployed to.
pub(crate) fn bootstrap(workshop: &Workshop, stack: &LocalStack) -> Result<()> {
    let task = workshop.console.begin("prepare the local account");
    let environment = format!("aws://{ACCOUNT}/{REGION}");
    // Without an app, it does not synthesise one first.
    let mut bootstrap = command(workshop, &["bootstrap", &environment, "--app", ""]);
    job::run(
        workshop,
        &task,
        "cdk-bootstrap",
        stack.point(&mut bootstrap),
    )?
    .expect_success()?;
    // The bucket for assets takes TLS alone, and the local stack has none.
    let aws = Aws::new(Http::new(), stack.describe(BTreeMap::new()));
    aws.delete_bucket_policy(&format!("cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"))?;
    task.done(&environment);
    Ok(())
}

/// Synthesises the app for the local stack, with a Salesforce and with pages at those addresses.
pub(crate) fn synthesise(
    workshop: &Workshop,
    stack: &LocalStack,
    [salesforce, pages]: [&str; 2],
) -> Result<()> {
    let task = workshop.console.begin("synthesise the CDK app");
    let assembly = stack.instance().assembly();
    if assembly.exists() {
        fs::remove_dir_all(&assembly)
            .with_context(|| format!("{} cannot be removed", assembly.display()))?;
    }
    let stage = format!("stage={STAGE}");
    let mut synthesise = command(
        workshop,
        // The functions stay where they were built: together they are more than a gigabyte.
        &[
            "synth",
            "--quiet",
            "--no-staging",
            "--context",
            &stage,
            "--output",
        ],
    );
    synthesise
        .arg(assembly)
        .env("FAIRLEAD_SALESFORCE", salesforce)
        .env("FAIRLEAD_PAGES", pages);
    job::run(workshop, &task, "cdk-synth", stack.point(&mut synthesise))?.expect_success()?;
    task.done(&format!("stage {STAGE}"));
    Ok(())
}

/// Deploys what was synthesised; gives the outputs of all stacks.
pub(crate) fn deploy(workshop: &Workshop, stack: &LocalStack) -> Result<BTreeMap<String, String>> {
    let task = workshop.console.begin("deploy the CDK app");
    let instance = stack.instance();
    let mut deploy = command(
        workshop,
        &[
            "deploy",
            "--all",
            "--require-approval",
            "never",
            "--concurrency",
            "4",
        ],
    );
    deploy
        .args(["--progress", "events", "--app"])
        .arg(instance.assembly());
    deploy.arg("--outputs-file").arg(instance.outputs());
    job::run(workshop, &task, "cdk-deploy", stack.point(&mut deploy))?.expect_success()?;
    let (stacks, outputs) = read_outputs(&instance.outputs())?;
    task.done(&format!("{stacks} stacks"));
    Ok(outputs)
}

/// How many stacks there are, and their outputs by name; the names are unique in the app.
fn read_outputs(path: &Path) -> Result<(usize, BTreeMap<String, String>)> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let stacks: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_slice(&text)
        .with_context(|| format!("{} does not hold a CDK app's outputs", path.display()))?;
    let count = stacks.len();
    let outputs = stacks.into_values().flatten();
    let outputs = outputs
        .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
        .collect();
    Ok((count, outputs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_of_all_stacks_are_one_map() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outputs.json");
        fs::write(
            &path,
            r#"{"a":{"ApiUrl":"http://x"},"b":{"UserPoolId":"p","Other":"o"}}"#,
        )
        .unwrap();
        let (stacks, outputs) = read_outputs(&path).unwrap();
        assert_eq!(stacks, 2);
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        assert_eq!(names, ["ApiUrl", "Other", "UserPoolId"]);
    }
}
