//! What an extension costs: the same code as WebAssembly in our sandbox, and as functions in Python and Node.js under
//! the Runtime API; cold and warm. `cargo xtask test extensions` builds and installs what this runs. The last line is the
//! figure.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use fairlead_bench::extensions::{Module, Times, resident};
use serde_json::Value;
use testkit::runtime_host::RuntimeHost;

/// Measures extensions, one line each.
#[derive(Parser)]
struct Arguments {
    /// The top of the checkout.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// How often each is begun anew, and how many events it gets when it is warm, in tens.
    #[arg(long, default_value_t = 50)]
    runs: usize,
}

fn main() -> Result<()> {
    let Arguments { root, runs } = Arguments::parse();
    let examples = root.join("examples/extensions");
    let event = fs::read(examples.join("order.json")).context("the examples are there")?;
    let right: Value = serde_json::from_slice(&fs::read(examples.join("answer.json"))?)?;
    println!(
        "{:34} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "extension", "cold p50", "cold p99", "warm p50", "warm p99", "memory"
    );
    let mut cold = Duration::ZERO;
    for (language, package) in [
        ("Rust", "rust/greeter"),
        ("Zig", "zig/package"),
        ("AssemblyScript", "assemblyscript/package"),
    ] {
        let package = examples.join(package).join("greeter.wasm");
        let module = fs::read(&package).with_context(|| {
            format!(
                "{}: `cargo xtask test extensions` builds it",
                package.display()
            )
        })?;
        let module = Module::new(&module)?;
        let times = module.measure(&event, &right, runs)?;
        cold = cold.max(times.cold(99));
        line(&format!("WebAssembly, {language}"), &times, resident());
    }
    let python = python(&root)?;
    let managed = [
        ("Lambda, Python (awslambdaric)", python),
        ("Lambda, Node.js", node(&root)?),
    ];
    for (name, bootstrap) in managed {
        let (times, memory) = managed_runtime(&bootstrap, &event, &right, runs)?;
        line(name, &times, memory);
    }
    let overhead = Module::empty()?.overhead(runs * 200)?;
    println!(
        "extensions: a call of WebAssembly costs {:.1} µs beside the bare function; cold {:.2} ms at the 99th percentile",
        overhead.as_secs_f64() * 1e6,
        cold.as_secs_f64() * 1e3,
    );
    Ok(())
}

fn line(name: &str, times: &Times, memory: u64) {
    let milliseconds = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    println!(
        "{name:34} {:>10} {:>10} {:>10} {:>10} {:>6} MiB",
        milliseconds(times.cold(50)),
        milliseconds(times.cold(99)),
        milliseconds(times.warm(50)),
        milliseconds(times.warm(99)),
        memory / 1024 / 1024,
    );
}

/// From the process's start until its first answer, and then one event after the other.
fn managed_runtime(
    bootstrap: &Path,
    event: &[u8],
    right: &Value,
    runs: usize,
) -> Result<(Times, u64)> {
    let event: Value = serde_json::from_slice(event)?;
    let mut times = Times::default();
    let mut memory = 0;
    // A process is slow to begin: fewer of them do.
    for run in 0..runs.div_ceil(5) {
        let began = Instant::now();
        let path = ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default());
        let host = RuntimeHost::start(bootstrap, [path])?;
        ensure!(
            host.invoke(&event)? == *right,
            "{} answers something else",
            bootstrap.display()
        );
        times.colds.push(began.elapsed());
        let warm = if run == 0 { runs * 10 } else { 0 };
        for _ in 0..warm {
            let began = Instant::now();
            host.invoke(&event)?;
            times.warms.push(began.elapsed());
        }
        memory = memory.max(host.resident_memory().unwrap_or_default());
    }
    Ok((times, memory))
}

fn python(root: &Path) -> Result<PathBuf> {
    let interpreter = root
        .canonicalize()?
        .join(".fairlead/python/extensions/bin/python");
    let folder = root.canonicalize()?.join("examples/extensions/python");
    bootstrap(
        "python",
        &format!(
            "cd {} && LAMBDA_TASK_ROOT=$PWD _HANDLER=main.handle exec {} -m awslambdaric main.handle",
            folder.display(),
            interpreter.display()
        ),
    )
}

fn node(root: &Path) -> Result<PathBuf> {
    let folder = root.canonicalize()?.join("bench/extensions");
    let folder = folder.display();
    bootstrap(
        "node",
        &format!("exec node {folder}/node-client.mjs {folder}/greeter.mjs"),
    )
}

/// What Lambda would call `bootstrap`: a program without arguments.
fn bootstrap(name: &str, command: &str) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("fairlead-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\n{command}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(file)
}
