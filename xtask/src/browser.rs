//! The pages in a real browser: what a person and an operator do there, and what each page looks like.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use fairlead_end_to_end::running::Running;
use fairlead_end_to_end::seed;
use serde_json::{Value, json};

use crate::Workshop;
use crate::build;
use crate::install::BROWSER;
use crate::job;

/// What the browser is called: by Debian, by others, and by its maker.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Names the browser to use, if it is none of these.
const VARIABLE: &str = "CHROMIUM";

/// Walks through the pages over a simulated AWS; says how many journeys there were.
pub(crate) fn run(workshop: &Workshop) -> Result<u64> {
    let pages = build::proof(workshop, "serve-pages")?;
    let mut journeys = Command::new("node");
    journeys.arg("journeys.mjs").arg(pages.get_program());
    walk(workshop, "pages", &mut journeys)
}

/// Walks through the pages of a running stack, from its hosted login on; says how many journeys there were.
pub(crate) fn on(workshop: &Workshop, running: &Running) -> Result<u64> {
    let (people, operator) = (seed::people(), seed::operator());
    let pages = json!({
        "pages": running.pages,
        "people": people.map(|person| person.email),
        "operator": operator.email,
        "password": operator.password,
    });
    let mut journeys = Command::new("node");
    journeys
        .arg("hosted.mjs")
        .env("FAIRLEAD_PAGES", pages.to_string());
    walk(workshop, "hosted-pages", &mut journeys)
}

fn walk(workshop: &Workshop, log: &str, journeys: &mut Command) -> Result<u64> {
    let browser = installed(workshop)?;
    let task = workshop
        .console
        .begin("walk through the pages in a browser");
    let pictures = pictures(workshop.checkout.target());
    journeys
        .arg(&pictures)
        .current_dir(workshop.checkout.root().join("tests/portal/browser"))
        .env(VARIABLE, browser);
    let finished = job::run(workshop, &task, log, journeys)?.expect_success()?;
    let mut lines = finished.lines.iter().rev();
    let figures = lines.find(|line| line.starts_with('{'));
    let figures: Value = serde_json::from_str(figures.context("the journeys print figures")?)?;
    let figure = |name: &str| {
        let figure = figures.get(name).and_then(Value::as_u64);
        figure.with_context(|| format!("the journeys print no figure `{name}`"))
    };
    task.done(&format!(
        "{} pages without a violation, the largest of {} bytes, 99 of 100 answers within {} ms; pictures in {}",
        figure("pages")?,
        figure("longest")?,
        figure("p99")?,
        pictures.display(),
    ));
    figure("journeys")
}

/// What the journeys need, and the browser to use. Two stages may want it at the same time, and neither npm nor Debian's
/// packages are installed twice at once.
fn installed(workshop: &Workshop) -> Result<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    BROWSER.install(workshop)?;
    browser(workshop)
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
