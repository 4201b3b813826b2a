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

/// What Rust builds for.
const TARGET: &str = "wasm32-wasip1";

/// What is built of the example in Rust, each into the package of its name.
const IN_RUST: [&str; 3] = ["greeter", "cohort", "endless"];

/// Where the examples are.
pub(crate) fn folder(workshop: &Workshop) -> PathBuf {
    workshop.checkout.root().join("examples").join("extensions")
}

/// Builds the examples and holds what each answers to what all of them have to; says how many there are.
pub(crate) fn run(workshop: &Workshop) -> Result<u64> {
    let folder = folder(workshop);
    build_rust(workshop)?;
    build_zig(workshop, &folder.join("zig"))?;
    build_assemblyscript(workshop, &folder.join("assemblyscript"))?;
    let program = build::proof(workshop, "fairlead")?;
    let right = read(&folder.join("answer.json"))?;
    let task = workshop.console.begin("run the examples of extensions");
    let modules = ["rust/greeter", "zig/package", "assemblyscript/package"];
    for package in modules {
        let report = run_example(&program, &folder, package)?;
        let answer = report.get("answer");
        ensure!(
            answer == Some(&right),
            "the example in {package} answers {report}"
        );
    }
    let report = run_example(&program, &folder, "python")?;
    ensure!(
        report.get("wanted") == Some(&Value::Bool(true)),
        "the example in Python says {report}"
    );
    task.done("four of them, in as many languages");
    Ok(4)
}

/// Builds those in Rust, for which the toolchain needs a target that it does not come with.
pub(crate) fn build_rust(workshop: &Workshop) -> Result<()> {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        .current_dir(workshop.checkout.root());
    let what = "let the toolchain build for WebAssembly";
    step(workshop, what, "rustup-target", &mut rustup)?;
    let crate_folder = folder(workshop).join("rust");
    let built = workshop.checkout.target().join("extensions");
    let mut cargo = workshop.checkout.cargo();
    cargo
        .args(["build", "--release", "--locked", "--target", TARGET])
        .arg("--target-dir")
        .arg(&built)
        .current_dir(&crate_folder);
    let what = "build the extensions in Rust";
    step(workshop, what, "extension-rust", &mut cargo)?;
    for name in IN_RUST {
        let file = format!("{name}.wasm");
        let module = built.join(TARGET).join("release").join(&file);
        let package = crate_folder.join(name).join(&file);
        fs::copy(&module, &package)
            .with_context(|| format!("{} cannot be written", package.display()))?;
    }
    Ok(())
}

fn build_zig(workshop: &Workshop, folder: &Path) -> Result<()> {
    let tools = install::EXTENSIONS.install(workshop)?;
    let caches = workshop.checkout.state().join("zig");
    let module = folder.join("package").join("greeter.wasm");
    let mut command = Command::new(tools.program("python"));
    command
        .args(["-m", "ziglang", "build-exe", "greeter.zig"])
        .args(["-target", "wasm32-wasi", "-O", "ReleaseSmall"])
        .args(["--stack", "262144"])
        .arg(format!("-femit-bin={}", module.display()))
        .arg("--cache-dir")
        .arg(&caches)
        .arg("--global-cache-dir")
        .arg(&caches)
        .current_dir(folder);
    let what = "build the extension in Zig";
    step(workshop, what, "extension-zig", &mut command)
}

fn build_assemblyscript(workshop: &Workshop, folder: &Path) -> Result<()> {
    install::ASSEMBLYSCRIPT.install(workshop)?;
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "build"]).current_dir(folder);
    let what = "build the extension in AssemblyScript";
    step(workshop, what, "extension-assemblyscript", &mut npm)
}

fn step(workshop: &Workshop, what: &str, log: &str, command: &mut Command) -> Result<()> {
    let task = workshop.console.begin(what);
    job::run(workshop, &task, log, command)?.expect_success()?;
    task.done("done");
    Ok(())
}

fn run_example(program: &Command, folder: &Path, package: &str) -> Result<Value> {
    let output = Command::new(program.get_program())
        .args(["extension", "test", "--output", "json"])
        .arg(folder.join(package))
        .arg("--event")
        .arg(folder.join("order.json"))
        .output()
        .context("fairlead cannot be run")?;
    ensure!(
        output.status.success(),
        "{package}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    serde_json::from_slice(&output.stdout).context("fairlead prints JSON")
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", file.display()))
}
