//! The pages in a real browser: what a person and an operator do there, and what each page looks like.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::Workshop;
use crate::build;
use crate::install::BROWSER;
use crate::job;

/// What the browser is called: by Debian, by others, and by its maker.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Names the browser to use, if it is none of these.
const VARIABLE: &str = "CHROMIUM";

/// Walks through the pages; says how many journeys there were.
pub(crate) fn run(workshop: &Workshop) -> Result<u64> {
    BROWSER.install(workshop)?;
    let browser = browser(workshop)?;
    let pages = build::proof(workshop, "serve-pages")?;
    let task = workshop
        .console
        .begin("walk through the pages in a browser");
    let folder = workshop.checkout.root().join("tests/portal/browser");
    let pictures = pictures(workshop.checkout.target());
    let mut journeys = Command::new("node");
    journeys
        .arg("journeys.mjs")
        .arg(pages.get_program())
        .arg(&pictures)
        .current_dir(folder)
        .env(VARIABLE, browser);
    let finished = job::run(workshop, &task, "pages", &mut journeys)?.expect_success()?;
    let figures = finished
        .lines
        .iter()
        .rev()
        .find(|line| line.starts_with('{'));
    let figures: Value = serde_json::from_str(figures.context("the journeys print figures")?)?;
    let figure = |name: &str| {
        figures
            .get(name)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    };
    task.done(&format!(
        "{} pages without a violation, the largest of {} bytes; pictures in {}",
        figure("pages"),
        figure("longest"),
        pictures.display(),
    ));
    Ok(figure("journeys"))
}

/// Where the pictures are kept.
fn pictures(target: &Path) -> PathBuf {
    target.join("fairlead").join("pages")
}

/// The browser to use. Where there is none, Debian's is installed by whoever may do that.
fn browser(workshop: &Workshop) -> Result<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE) {
        return Ok(named.into());
    }
    if let Some(found) = found() {
        return Ok(found);
    }
    if !rustix::process::geteuid().is_root() {
        bail!(
            "Chromium is not on the PATH: install it (on Debian, `apt-get install chromium`), or name one by {VARIABLE}"
        );
    }
    let task = workshop.console.begin("install Chromium");
    for arguments in [
        &["update"][..],
        &["install", "--yes", "--no-install-recommends", "chromium"],
    ] {
        let mut apt = Command::new("apt-get");
        apt.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        job::run(workshop, &task, "apt-get", &mut apt)?.expect_success()?;
    }
    task.done("as Debian has it");
    found().context("Debian's package brings no `chromium`")
}

fn found() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut candidates = NAMES
        .into_iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|candidate| candidate.is_file())
}
