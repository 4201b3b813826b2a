//! `cargo xtask test`: everything that CI runs. A stage that fails does not keep the next from
//! running, so that one run tells all that is wrong.

mod count;
mod end_to_end;
mod openapi;
mod stages;

use std::panic::resume_unwind;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};
use console::style;

use crate::Workshop;
use crate::preflight;
use crate::stop::{Failed, Stopped};
use count::Count;

#[derive(Args)]
pub(crate) struct Options {
    /// Only these stages
    stages: Vec<Stage>,
    /// Run the long forms too
    #[arg(long)]
    nightly: bool,
}

/// What CI runs, in its order; but what is on the local stack, which waits more than it works, beside the proofs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, ValueEnum)]
enum Stage {
    Format,
    Lints,
    Dependencies,
    Rust,
    Documentation,
    Openapi,
    CdkTypes,
    Cdk,
    CrashPoints,
    MergeProof,
    ErasureProof,
    AudienceProof,
    IsolationProof,
    DeliveryProof,
    SalesforceProof,
    SandboxProof,
    Extensions,
    Pages,
    Chaos,
    AccessProof,
    Fuzz,
    EndToEnd,
    Schemathesis,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lints => "lints",
            Self::Dependencies => "dependencies",
            Self::Rust => "Rust tests",
            Self::Documentation => "documentation tests",
            Self::Openapi => "API description",
            Self::CdkTypes => "CDK types",
            Self::Cdk => "CDK tests",
            Self::CrashPoints => "crash points",
            Self::MergeProof => "merge proof",
            Self::ErasureProof => "erasure proof",
            Self::AudienceProof => "audience proof",
            Self::IsolationProof => "isolation proof",
            Self::DeliveryProof => "delivery proof",
            Self::SalesforceProof => "Salesforce proof",
            Self::SandboxProof => "sandbox proof",
            Self::Extensions => "examples of extensions",
            Self::Pages => "pages in a browser",
            Self::Chaos => "chaos",
            Self::AccessProof => "access proof",
            Self::Fuzz => "fuzz",
            Self::EndToEnd => "end to end",
            Self::Schemathesis => "schemathesis",
        }
    }

    fn run(self, workshop: &Workshop, nightly: bool) -> Result<Count> {
        match self {
            Self::Format => stages::format(workshop),
            Self::Lints => stages::lints(workshop),
            Self::Dependencies => stages::dependencies(workshop),
            Self::Rust => stages::rust_tests(workshop),
            Self::Documentation => stages::documentation_tests(workshop),
            Self::Openapi => openapi::description(workshop),
            Self::CdkTypes => stages::cdk_types(workshop),
            Self::Cdk => stages::cdk_tests(workshop),
            Self::CrashPoints => stages::crash_points(workshop, nightly),
            Self::MergeProof => stages::merge_proof(workshop, nightly),
            Self::ErasureProof => stages::erasure_proof(workshop),
            Self::AudienceProof => stages::audience_proof(workshop, nightly),
            Self::IsolationProof => stages::isolation_proof(workshop, nightly),
            Self::DeliveryProof => stages::delivery_proof(workshop, nightly),
            Self::SalesforceProof => stages::salesforce_proof(workshop, nightly),
            Self::SandboxProof => stages::sandbox_proof(workshop),
            Self::Extensions => stages::extensions(workshop),
            Self::Pages => stages::pages(workshop),
            Self::Chaos => stages::chaos(workshop, nightly),
            Self::AccessProof => stages::access_proof(workshop, nightly),
            Self::Fuzz => stages::fuzz(workshop, nightly),
            Self::EndToEnd => end_to_end::run(workshop),
            Self::Schemathesis => openapi::schemathesis(workshop),
        }
    }

    /// Whether it is run when nobody asks for it by name.
    fn is_asked_for(self, options: &Options) -> bool {
        if options.stages.is_empty() {
            return options.nightly || self != Self::Schemathesis;
        }
        options.stages.contains(&self)
    }
}

/// How a stage ended.
struct Ended {
    stage: Stage,
    took: Duration,
    count: Count,
}

pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    preflight::node()?;
    preflight::python()?;
    let started = Instant::now();
    let asked = Stage::value_variants().iter().copied();
    let asked: Vec<Stage> = asked.filter(|stage| stage.is_asked_for(options)).collect();
    let (tests, others) =
        asked.split_at(asked.partition_point(|stage| *stage < Stage::CrashPoints));
    let (proofs, on_the_stack) =
        others.split_at(others.partition_point(|stage| *stage < Stage::EndToEnd));
    let mut ended = run_stages(workshop, tests, options.nightly)?;
    let (proven, tried) = thread::scope(|scope| {
        let tried = scope.spawn(|| run_stages(workshop, on_the_stack, options.nightly));
        let proven = run_stages(workshop, proofs, options.nightly);
        (proven, tried.join())
    });
    ended.extend(proven?);
    ended.extend(tried.unwrap_or_else(|panic| resume_unwind(panic))?);
    if report(workshop, &ended, started.elapsed()).failed > 0 {
        return Err(Failed.into());
    }
    Ok(())
}

fn run_stages(workshop: &Workshop, stages: &[Stage], nightly: bool) -> Result<Vec<Ended>> {
    let stages = stages.iter();
    stages
        .map(|stage| run_stage(workshop, *stage, nightly))
        .collect()
}

fn run_stage(workshop: &Workshop, stage: Stage, nightly: bool) -> Result<Ended> {
    let started = Instant::now();
    let count = match stage.run(workshop, nightly) {
        Ok(count) => count,
        Err(error) if error.is::<Stopped>() => return Err(error),
        Err(error) => {
            workshop
                .console
                .fail(&error.context(format!("the stage \"{}\" failed", stage.name())));
            Count::failure()
        }
    };
    Ok(Ended {
        stage,
        took: started.elapsed(),
        count,
    })
}

/// Prints the table and, as the last line, the figure.
fn report(workshop: &Workshop, all: &[Ended], took: Duration) -> Count {
    let mut total = Count::default();
    workshop
        .console
        .say("\n  stage                       time    passed  failed");
    for ended in all {
        let mark = if ended.count.failed > 0 {
            style("✗").red()
        } else {
            style("✓").green()
        };
        workshop.console.say(row(
            &mark.to_string(),
            ended.stage.name(),
            ended.took,
            ended.count,
        ));
        total.add(ended.count);
    }
    workshop.console.say(row(" ", "all", took, total));
    workshop.console.say(format_args!(
        "\n{} passed, {} failed",
        total.passed, total.failed
    ));
    total
}

fn row(mark: &str, name: &str, took: Duration, count: Count) -> String {
    let seconds = took.as_secs();
    format!(
        "{mark} {name:<22} {:>4} m {:02} s  {:>8} {:>7}",
        seconds / 60,
        seconds % 60,
        count.passed,
        count.failed
    )
}
