//! The examples of tenants' own code: built as their developers would, and run as `fairlead extension test` runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::Workshop;
use crate::build;
use crate::install;
use crate::job;

/// Where the examples are.
const EXAMPLES: &str = "examples/extensions";

/// What Rust builds for.
const TARGET: &str = "wasm32-wasip1";

/// Builds the examples and holds what each answers to what all of them have to; says how many there are.
pub(crate) fn run(workshop: &Workshop) -> Result<u64> {
    let folder = workshop.checkout.root().join(EXAMPLES);
    build_all(workshop, &folder)?;
    let program = build::proof(workshop, "fairlead")?;
    let right = read(&folder.join("answer.json"))?;
    let task = workshop.console.begin("run the examples of extensions");
    let mut ran = 0;
    for name in ["rust", "zig", "assemblyscript"] {
        let report = run_example(&program, &folder, &folder.join(name).join("package"))?;
        let answer = report.get("answer");
        ensure!(
            answer == Some(&right),
            "the example in {name} answers {report}"
        );
        ran += 1;
    }
    let report = run_example(&program, &folder, &folder.join("python"))?;
    ensure!(
        report.get("wanted") == Some(&Value::Bool(true)),
        "the example in Python says {report}"
    );
    ran += 1;
    task.done(&format!("{ran} of them, in as many languages"));
    Ok(ran)
}

/// Builds those that are built, each by its own tool.
fn build_all(workshop: &Workshop, folder: &Path) -> Result<()> {
    let rust = folder.join("rust");
    let built = workshop.checkout.target().join("extensions");
    let mut cargo = workshop.checkout.cargo();
    cargo
        .args([
            "build",
            "--release",
            "--locked",
            "--target",
            TARGET,
            "--target-dir",
        ])
        .arg(&built)
        .current_dir(&rust);
    step(
        workshop,
        "build the extension in Rust",
        "extension-rust",
        &mut cargo,
    )?;
    let module = built.join(TARGET).join("release").join("greeter.wasm");
    let package = package(&rust);
    fs::copy(&module, &package)
        .with_context(|| format!("{} cannot be written", package.display()))?;

    let tools = install::EXTENSIONS.install(workshop)?;
    let zig = folder.join("zig");
    let caches = workshop.checkout.state().join("zig");
    let mut command = Command::new(tools.program("python"));
    command
        .args([
            "-m",
            "ziglang",
            "build-exe",
            "greeter.zig",
            "-target",
            "wasm32-wasi",
            "-O",
            "ReleaseSmall",
            "--stack",
            "262144",
        ])
        .arg(format!("-femit-bin={}", self::package(&zig).display()))
        .arg("--cache-dir")
        .arg(&caches)
        .arg("--global-cache-dir")
        .arg(&caches)
        .current_dir(&zig);
    step(
        workshop,
        "build the extension in Zig",
        "extension-zig",
        &mut command,
    )?;

    install::ASSEMBLYSCRIPT.install(workshop)?;
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "build"])
        .current_dir(folder.join("assemblyscript"));
    step(
        workshop,
        "build the extension in AssemblyScript",
        "extension-assemblyscript",
        &mut npm,
    )
}

fn package(example: &Path) -> PathBuf {
    example.join("package").join("greeter.wasm")
}

fn step(workshop: &Workshop, what: &str, log: &str, command: &mut Command) -> Result<()> {
    let task = workshop.console.begin(what);
    job::run(workshop, &task, log, command)?.expect_success()?;
    task.done("built");
    Ok(())
}

fn run_example(program: &Command, folder: &Path, package: &Path) -> Result<Value> {
    let output = Command::new(program.get_program())
        .args(["extension", "test", "--output", "json"])
        .arg(package)
        .arg("--event")
        .arg(folder.join("order.json"))
        .output()
        .context("fairlead cannot be run")?;
    ensure!(
        output.status.success(),
        "{}: {}",
        package.display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("fairlead prints JSON")
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", file.display()))
}
