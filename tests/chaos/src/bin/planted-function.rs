//! Any of the functions, with a bug planted if one is named. Each is wired as in its own `main.rs`.

use fairlead_chaos::executables::{BUG, FUNCTION};
use lambda_kit::{BoxError, Start, aws::CallBudget, planted::plant, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // It is planted for as long as the process lives.
    let bug = std::env::var(BUG).ok();
    plant(bug.map(|bug| -> &'static str { bug.leak() }));
    match std::env::var(FUNCTION)?.as_str() {
        "partner-ingest" => ingest().await,
        "event-stream" => stream().await,
        "event-sweep" => sweep().await,
        "event-router" => route().await,
        other => Err(format!("{other} is none of the functions").into()),
    }
}

async fn ingest() -> Result<(), BoxError> {
    use partner_ingest::{App, handle};
    let Start {
        environment,
        sdk,
        clock,
        ids,
    } = start(&CallBudget::HTTP)?;
    let app = App::new(&environment, &sdk, clock, ids)?;
    run("partner-ingest", async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}

async fn stream() -> Result<(), BoxError> {
    use event_stream::{App, handle};
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock)?;
    run("event-stream", async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}

async fn sweep() -> Result<(), BoxError> {
    use event_sweep::{App, handle};
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock)?;
    run("event-sweep", async |_, invocation| {
        handle(&app, invocation).await
    })
    .await
}

async fn route() -> Result<(), BoxError> {
    use event_router::{App, handle};
    let Start {
        environment,
        sdk,
        clock,
        ids,
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock, ids)?;
    run("event-router", async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
