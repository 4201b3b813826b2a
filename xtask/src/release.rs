//! `cargo xtask deploy`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::Workshop;
use crate::tools::path_with;
use crate::{build, cdk, install, job, preflight};

/// What the functions run on.
const TARGET: &str = "aarch64-unknown-linux-gnu";

#[derive(Args)]
pub(crate) struct Options {
    /// Which deployment: `development`, or any other name for one that keeps its data
    #[arg(long)]
    stage: String,
    /// Only synthesise and check, without building the functions and without an account
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    if options.stage == "local" {
        bail!("the stage `local` is this machine: `cargo xtask up` deploys it");
    }
    preflight::node()?;
    preflight::python()?;
    install::CDK.install(workshop)?;
    if options.dry_run {
        check(workshop, &options.stage)
    } else {
        deploy(workshop, &options.stage)
    }
}

/// Synthesises with placeholders for the functions, which holds the templates against cdk-nag, and
/// lets the SAM CLI and cfn-lint read what comes out.
fn check(workshop: &Workshop, stage: &str) -> Result<()> {
    let assembly = workshop.checkout.state().join("dry-run.cdk.out");
    let task = workshop.console.begin("synthesise the CDK app");
    let context = format!("stage={stage}");
    let mut synthesise = cdk::command(workshop, &["synth", "--quiet", "--context", &context]);
    synthesise
        .args(["--context", "placeholders=true", "--output"])
        .arg(&assembly);
    job::run(workshop, &task, "dry-run-synth", &mut synthesise)?.expect_success()?;
    let templates = templates(&assembly)?;
    task.done(&format!("{} templates, clean by cdk-nag", templates.len()));

    let sam = install::SAM.install(workshop)?;
    let task = workshop.console.begin("check the templates");
    for template in &templates {
        let mut validate = Command::new(sam.program("sam"));
        validate
            .args(["validate", "--region", "eu-central-1", "--template"])
            .arg(template);
        validate
            .env("SAM_CLI_TELEMETRY", "0")
            .current_dir(workshop.checkout.root());
        job::run(workshop, &task, "sam-validate", &mut validate)?.expect_success()?;
    }
    let mut lint = Command::new(sam.program("cfn-lint"));
    lint.args([
        "--non-zero-exit-code",
        "error",
        "--regions",
        "eu-central-1",
        "--",
    ])
    .args(&templates);
    job::run(workshop, &task, "cfn-lint", &mut lint)?.expect_success()?;
    task.done("valid by the SAM CLI, without errors by cfn-lint");
    workshop.console.say(format_args!(
        "\nThe stage {stage} can be deployed. Nothing was."
    ));
    Ok(())
}

fn templates(assembly: &PathBuf) -> Result<Vec<PathBuf>> {
    let mut templates = Vec::new();
    for entry in fs::read_dir(assembly)
        .with_context(|| format!("{} cannot be listed", assembly.display()))?
    {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".template.json") {
            templates.push(path);
        }
    }
    templates.sort_unstable();
    Ok(templates)
}

fn deploy(workshop: &Workshop, stage: &str) -> Result<()> {
    build_for_arm64(workshop)?;
    let context = format!("stage={stage}");
    // In the foreground: it asks before it widens permissions.
    let status = cdk::command(workshop, &["deploy", "--all", "--context", &context])
        .status()
        .context("the CDK cannot be started")?;
    ensure!(
        status.success(),
        "the CDK did not deploy ({status}); what it printed above tells why"
    );
    Ok(())
}

/// Builds every function for arm64 where the CDK app looks for it: `target/lambda/<function>/bootstrap`.
fn build_for_arm64(workshop: &Workshop) -> Result<()> {
    let tools = install::RELEASE.install(workshop)?;
    let names = workshop.checkout.functions()?;
    let task = workshop.console.begin("build the functions for arm64");
    let mut add = Command::new("rustup");
    add.args(["target", "add", TARGET])
        .current_dir(workshop.checkout.root());
    job::run(workshop, &task, "rustup-target", &mut add)
        .with_context(|| {
            format!("the Rust target {TARGET} is needed; rustup, from https://rustup.rs, adds it")
        })?
        .expect_success()?;
    for together in build::apart(&names) {
        let mut build = Command::new(tools.program("cargo-lambda"));
        build
            .args(["lambda", "build", "--release", "--arm64"])
            .args(["--output-format", "binary", "--lambda-dir"])
            .arg(workshop.checkout.root().join("target").join("lambda"));
        for name in together {
            build.args(["--package", name]);
        }
        // The linker comes as a Python package beside cargo-lambda.
        build
            .env("PATH", path_with(&tools.programs())?)
            .current_dir(workshop.checkout.root());
        job::run(workshop, &task, "build-arm64", &mut build)?.expect_success()?;
    }
    task.done(&format!("{} of them", names.len()));
    Ok(())
}
