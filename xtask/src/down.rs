//! `cargo xtask down`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use fairlead_end_to_end::wait;

use crate::Workshop;
use crate::instance::Instance;
use crate::local_stack::tidy_up;
use crate::lock::{Holder, holder};
use crate::processes::{ask_to_end, end_group};
use crate::up;

/// How long `up` may take to end: its own patience with the local stack, and some.
const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Args)]
pub(crate) struct Options {
    /// What `up` was given as its folder [default: .fairlead/up]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    end(workshop, &up::instance(workshop, options.folder.as_ref())?)
}

/// Ends an instance.
pub(crate) fn end(workshop: &Workshop, instance: &Instance) -> Result<()> {
    let task = workshop.console.begin("end Fairlead");
    let was_up = end_up(instance)?;
    let was_left = end_local_stack(instance)?;
    tidy_up(instance)?;
    task.done(match (was_up, was_left) {
        (true, _) => "it is down",
        (false, true) => "it is down; an `up` that was killed had left the local stack behind",
        (false, false) => "it was not up",
    });
    Ok(())
}

/// Lets a running `up` end itself and all that it started.
fn end_up(instance: &Instance) -> Result<bool> {
    match holder(&instance.lock())? {
        Holder::None => Ok(false),
        Holder::Process(None) => bail!("Fairlead is just starting: run this again in a moment"),
        Holder::Process(Some(id)) => {
            ask_to_end(id)?;
            wait::until(&format!("process {id} to end"), PATIENCE, || {
                Ok((holder(&instance.lock())? == Holder::None).then_some(()))
            })?;
            Ok(true)
        }
    }
}

/// Ends a local stack whose `up` was killed.
fn end_local_stack(instance: &Instance) -> Result<bool> {
    match holder(&instance.local_stack_lock())? {
        Holder::None | Holder::Process(None) => Ok(false),
        Holder::Process(Some(leader)) => {
            end_group(leader, || {
                Ok(holder(&instance.local_stack_lock())? == Holder::None)
            })?;
            Ok(true)
        }
    }
}
